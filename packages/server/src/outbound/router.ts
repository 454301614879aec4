// The Router: where modules and chat commands live. Its address is the operator's, so no egress guard stands before
// it; everything that it answers is still treated as foreign.
//
// 1. Every attempt of a visit carries the same Idempotency-Key.
// 2. What can be tried again is marked so: no connection, no answer in time, 408, 429 and 5xx. The rest is final.
// 3. Redirects are not followed, and no more than 1 MiB of an answer is read.
import {
  type Answer,
  type Call,
  isJsonObject,
  type Json,
  JsonError,
  type JsonObject,
  type Outside,
} from "@workflow-core/core";
import { Agent } from "undici";
import { type Clock, systemClock } from "../clock.js";
import { aborted, type Failed, failed, ok } from "./answers.js";
import { type Breaker, createBreaker } from "./breaker.js";
import { type Deadline, startDeadline } from "./deadline.js";
import { type Exchanged, exchange, headerOf } from "./exchange.js";
import { encode, headerText } from "./header-text.js";
import { type OutboundLog, silent } from "./log.js";
import { describeNetworkError, isBrokenHttp, isHeaderOverflow } from "./network-error.js";
import { decodeUtf8, readJson } from "./read-json.js";
import { retryAfterSeconds } from "./retry-after.js";
import { BodyTooLarge, BodyUnreadable, unpackBody } from "./unpack-body.js";

const answerBytes = 1024 * 1024;

export interface RouterOptions {
  /** ROUTER_URL; a path in it is kept as a prefix. */
  url: string;
  apiKey: string | undefined;
  clock?: Clock;
  log?: OutboundLog;
  breaker?: Breaker;
}

/** The port, with what shutdown needs. */
export type RouterClient = Outside["router"] & { close(): Promise<void> };

interface HttpAnswer {
  status: number;
  headers: Exchanged["headers"];
  text: string;
}

/** The port to the Router at `url`; connections are kept and reused until `close`. */
export function createRouter({
  url,
  apiKey,
  clock = systemClock,
  log = silent,
  ...options
}: RouterOptions): RouterClient {
  const { breaker = createBreaker(clock, { log }) } = options;
  const agent = new Agent({
    headersTimeout: 0,
    bodyTimeout: 0,
    maxHeaderSize: 16 * 1024,
    connect: { timeout: 10_000 },
  });
  const base = url.replace(/\/+$/, "");
  const { host } = new URL(base);
  const targets = {
    modules: targetOf(`${base}/api/v1/modules/execute`),
    commands: targetOf(`${base}/api/v1/commands/execute`),
  };

  const send = async (
    kind: "modules" | "commands",
    body: JsonObject,
    timeoutSeconds: number,
    call: Call,
  ): Promise<Answer<HttpAnswer>> => {
    const deadline = startDeadline(clock, timeoutSeconds * 1000, call.signal);
    try {
      return ok(await post(agent, targets[kind], headersOf(call, apiKey), body, deadline));
    } catch (error) {
      const failure = failureOf(error, deadline, timeoutSeconds);
      if (failure.failure.code === "ROUTER_UNREACHABLE") log.warn(failure.failure.message);
      return failure;
    } finally {
      deadline.release();
    }
  };
  const router: Outside["router"] = async (kind, body, timeoutSeconds, call) => {
    if (call.signal.aborted) return aborted();
    const answer = await breaker.through(
      { port: "router", community: call.context.community_id, host },
      () => send(kind, body, timeoutSeconds, call),
      ({ status }) => status,
    );
    return answer.ok ? judge(answer.value, clock.now()) : answer;
  };
  return Object.assign(router, { close: () => agent.destroy() });
}

interface PostTarget {
  origin: string;
  path: string;
}

function targetOf(address: string): PostTarget {
  const { origin, pathname, search } = new URL(address);
  return { origin, path: `${pathname}${search}` };
}

async function post(
  agent: Agent,
  target: PostTarget,
  headers: Record<string, string>,
  body: JsonObject,
  deadline: Deadline,
): Promise<HttpAnswer> {
  const request = { ...target, method: "POST" as const, headers, body: JSON.stringify(body) };
  const answer = await exchange(agent, request, answerBytes, deadline.signal);
  const encoding = headerOf(answer.headers, "content-encoding");
  const bytes = await deadline.race(unpackBody(answer.bytes, encoding, answerBytes));
  return { status: answer.statusCode, headers: answer.headers, text: decodeUtf8(bytes) };
}

function headersOf(call: Call, apiKey: string | undefined): Record<string, string> {
  return {
    "content-type": "application/json",
    accept: "application/json",
    "accept-encoding": "gzip, deflate, br",
    "user-agent": "workflow-core",
    ...(apiKey === undefined ? {} : { "x-api-key": apiKey }),
    "x-correlation-id": headerText(call.context.execution_id),
    "idempotency-key": headerText(call.idempotencyKey),
    "x-attempt": String(call.attempt),
    "x-node-id": encode(call.node_id),
    ...(call.traceparent === undefined ? {} : { traceparent: call.traceparent }),
  };
}

function judge({ status, headers, text }: HttpAnswer, now: number): Answer<Json> {
  const { body, useless } = bodyOf(text);
  if (status < 200 || status > 299) {
    const retryable = status === 408 || status === 429 || status >= 500;
    const reason = reasonIn(body);
    return failed("ROUTER_STATUS", `The Router answered ${status}${reason === undefined ? "" : `: ${reason}`}.`, {
      retryable,
      retryAfterSeconds: retryable ? retryAfterSeconds(headerOf(headers, "retry-after"), now) : undefined,
      details: { status },
    });
  }
  if (!isJsonObject(body)) return answerInvalid(useless ?? "it is no JSON object");
  if (body.success === false) return failed("ROUTER_REFUSED", reasonIn(body) ?? "The Router refused the call.");
  return ok(body);
}

/** The value of an answer's body, or why there is none. */
function bodyOf(text: string): { body?: Json; useless?: string } {
  if (text.trim() === "") return { body: {} };
  try {
    const body = readJson(text);
    return body === undefined ? { useless: `it is no JSON: ${text.slice(0, 200)}` } : { body };
  } catch (error) {
    if (error instanceof JsonError) return { useless: error.message };
    throw error;
  }
}

/** The other side's own words on why it said no. */
function reasonIn(body: Json | undefined): string | undefined {
  if (!isJsonObject(body)) return undefined;
  const { error, message } = body;
  const candidates = [
    isJsonObject(error) ? error.message : undefined,
    error,
    message,
    isJsonObject(error) ? error.code : undefined,
  ];
  return candidates.find((each): each is string => typeof each === "string" && each.trim() !== "");
}

function failureOf(error: unknown, deadline: Deadline, timeoutSeconds: number): Failed {
  if (deadline.cause() === "aborted") return aborted();
  if (deadline.cause() === "timeout") {
    return failed("TIMEOUT", `The Router did not answer within ${timeoutSeconds} s.`, { retryable: true });
  }
  if (error instanceof BodyTooLarge) return answerInvalid("it is larger than 1 MiB");
  if (error instanceof BodyUnreadable) return answerInvalid(error.message);
  if (isHeaderOverflow(error)) return answerInvalid("its headers are larger than 16 KiB");
  if (isBrokenHttp(error)) return answerInvalid("it is no HTTP");
  return failed("ROUTER_UNREACHABLE", `The Router could not be reached: ${describeNetworkError(error)}.`, {
    retryable: true,
  });
}

const answerInvalid = (why: string): Failed =>
  failed("ROUTER_ANSWER_INVALID", `The Router's answer cannot be used: ${why}.`);
