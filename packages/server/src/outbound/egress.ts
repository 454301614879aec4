// The one function that makes HTTP calls for workflows. There is no second way out.
//
// 1. The final URL is parsed once; its name is resolved once; every address of it must be allowed.
// 2. Connections go to the checked addresses only. Redirects are not followed: a 3xx is an answer.
// 3. One deadline covers name, connection, headers and body; the body is limited after unpacking.
// 4. What is refused is refused before a packet is sent, and is not tried again.
// 5. A host that is down is left alone by the community that called it (breaker.ts).
import {
  type Answer,
  type Call,
  type HttpRequest,
  type HttpResponse,
  JsonError,
  type Outside,
} from "@workflow-core/core";
import { type Clock, systemClock } from "../clock.js";
import { type AllowRule, addressGuard } from "./addresses.js";
import { aborted, type Failed, failed, ok } from "./answers.js";
import { type Breaker, createBreaker } from "./breaker.js";
import { type Deadline, startDeadline } from "./deadline.js";
import { exchange, headerOf } from "./exchange.js";
import { createKeptClients, type KeptClients } from "./kept-clients.js";
import { describeNetworkError, isBrokenHttp, isHeaderOverflow } from "./network-error.js";
import { readAnswer } from "./read-answer.js";
import { type RequestParts, requestParts } from "./request-parts.js";
import { retryAfterSeconds } from "./retry-after.js";
import { checkTarget, portOf, type Resolve, readUrl, resolveByDns, type Target } from "./target.js";
import { BodyTooLarge, BodyUnreadable, unpackBody } from "./unpack-body.js";

export interface EgressOptions {
  /** What the operator opens beyond the public internet. */
  allow: readonly AllowRule[];
  resolve?: Resolve;
  limits?: { bodyBytes?: number; headerBytes?: number };
  clock?: Clock;
  breaker?: Breaker;
}

interface Limits {
  bodyBytes: number;
  headerBytes: number;
}

/** The port for HTTP calls; `close` ends the connections that are kept. Throws at once when a rule is no range. */
export function createEgress({
  allow,
  resolve = resolveByDns,
  limits,
  clock = systemClock,
  breaker = createBreaker(clock),
}: EgressOptions): Outside["http"] & { close(): void } {
  const allowed = addressGuard(allow);
  const bounds: Limits = { bodyBytes: 2 * 1024 * 1024, headerBytes: 16 * 1024, ...limits };
  const clients = createKeptClients(clock);
  const send = async (url: URL, parts: RequestParts, call: Call, seconds: number): Promise<Answer<HttpResponse>> => {
    const deadline = startDeadline(clock, seconds * 1000, call.signal);
    try {
      const target = await deadline.race(checkTarget(url, resolve, allowed));
      if (isFailed(target)) return target;
      const response = await answerOf(clients, target, call, parts, bounds, deadline);
      const wait = retryAfterSeconds(response.response_headers["retry-after"], clock.now());
      return ok(wait === undefined ? response : { ...response, retryAfterSeconds: wait });
    } catch (error) {
      return failureOf(error, deadline, seconds, bounds);
    } finally {
      deadline.release();
    }
  };
  const http = async (request: HttpRequest, call: Call): Promise<Answer<HttpResponse>> => {
    if (call.signal.aborted) return aborted();
    const url = readUrl(request.url);
    if (isFailed(url)) return url;
    const parts = requestParts(request, call);
    if (isFailed(parts)) return parts;
    const host = request.shownHost ?? `${url.hostname.slice(0, longestHost)}:${portOf(url)}`;
    return breaker.through(
      { port: "http", community: call.context.community_id, host },
      () => send(url, parts, call, request.timeoutSeconds),
      ({ status_code }) => status_code,
    );
  };
  return Object.assign(http, { close: clients.close });
}

/** Of names, as DNS has them; what is longer has no address. */
const longestHost = 253;

const isFailed = (value: object): value is Failed => "ok" in value;

async function answerOf(
  clients: KeptClients,
  target: Target,
  call: Call,
  parts: RequestParts,
  limits: Limits,
  deadline: Deadline,
): Promise<HttpResponse> {
  const { client, release } = clients.borrow(target, call.context.community_id, limits.headerBytes);
  try {
    const { method, headers, body = null } = parts;
    const path = `${target.url.pathname}${target.url.search}`;
    const answer = await exchange(client, { path, method, headers, body }, limits.bodyBytes, deadline.signal);
    const encoding = headerOf(answer.headers, "content-encoding");
    const bytes = await deadline.race(unpackBody(answer.bytes, encoding, limits.bodyBytes));
    return readAnswer(answer, bytes);
  } finally {
    release();
  }
}

function failureOf(error: unknown, deadline: Deadline, timeoutSeconds: number, limits: Limits): Failed {
  if (deadline.cause() === "aborted") return aborted();
  if (deadline.cause() === "timeout") {
    return failed("TIMEOUT", `There was no complete answer within ${timeoutSeconds} s.`, { retryable: true });
  }
  if (error instanceof BodyTooLarge) {
    return failed("RESPONSE_TOO_LARGE", `The answer's body is larger than ${limits.bodyBytes} bytes.`);
  }
  if (isHeaderOverflow(error)) {
    return failed("RESPONSE_TOO_LARGE", `The answer's headers are larger than ${limits.headerBytes} bytes.`);
  }
  if (error instanceof JsonError)
    return failed("RESPONSE_TOO_LARGE", `The answer's JSON is too much: ${error.message}.`);
  if (error instanceof BodyUnreadable)
    return failed("HTTP_ANSWER_INVALID", `The answer cannot be used: ${error.message}.`);
  if (isBrokenHttp(error)) return failed("HTTP_ANSWER_INVALID", "The answer is no HTTP.");
  return failed("HTTP_UNREACHABLE", `The address could not be reached: ${describeNetworkError(error)}.`, {
    retryable: true,
  });
}
