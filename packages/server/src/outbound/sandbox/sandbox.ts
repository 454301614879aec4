// The sandbox: a person's JavaScript or jq runs in a process of its own, inside WebAssembly, on a copy of its data.
//
// 1. Input and result are JSON text; what comes back passes the one gate of core like any foreign value.
// 2. Time, memory and size are limited from inside and again from outside; a broken process is retried once, in a new one.
import {
  type Answer,
  type Call,
  cleanText,
  type GuestCode,
  type Json,
  JsonError,
  type JsonObject,
  type Outside,
  parseJson,
} from "@workflow-core/core";
import { type Clock, systemClock } from "../../clock.js";
import { aborted, type Failed, type FailureOptions, failed, ok } from "../answers.js";
import { type OutboundLog, silent } from "../log.js";
import { createPool, type Pool, type PoolOutcome, type PoolStats } from "./pool.js";
import type { RunMessage } from "./protocol.js";

export interface SandboxOptions {
  /** Processes that work at the same time; one more is kept ready. */
  size?: number;
  /** Runs that may wait for a process. */
  waiting?: number;
  clock?: Clock;
  log?: OutboundLog;
  /** Another program in the place of the real one. */
  program?: URL;
}

export interface Sandbox {
  run: Outside["sandbox"];
  /** Settles when the first process is ready, or none can be started. */
  warm(): Promise<void>;
  stats(): PoolStats;
  /** Process ids of those that have a community. */
  pids(): number[];
  /** Ends all processes; settles when they are gone. Runs that wait are answered. */
  close(): Promise<void>;
}

/** In characters of JSON text: input and variables together. */
const mostInput = 8 * 1024 * 1024;
const longestMilliseconds = 60_000;

type Ran = Answer<{ output: Json; logs: string[] }>;

/** A sandbox without processes yet; the first run, or `warm`, starts them. */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
  const { size = 2, waiting = 1_000, clock = systemClock, log = silent, program } = options;
  const pool = createPool({ size, waiting, clock, log, ...(program === undefined ? {} : { program }) });
  return {
    run: (code, call) => run(pool, code, call),
    warm: pool.warm,
    stats: pool.stats,
    pids: pool.pids,
    close: pool.close,
  };
}

async function run(pool: Pool, code: GuestCode, call: Call): Promise<Ran> {
  const message: RunMessage = {
    do: "run",
    language: code.language,
    source: code.source,
    input: JSON.stringify(code.input),
    // jq sees its input only.
    variables: code.language === "jq" ? "{}" : JSON.stringify(code.variables),
    milliseconds: Math.min(Math.max(1, code.timeoutMs), longestMilliseconds),
  };
  if (message.input.length + message.variables.length + message.source.length > mostInput) {
    return failed("SCRIPT_MEMORY", "The code, its input and the variables are larger than 8 MiB together.");
  }
  const outcome = await pool.run(call.context.community_id, message, call.signal);
  return answerOf(outcome, message.milliseconds);
}

function answerOf(outcome: PoolOutcome, milliseconds: number): Ran {
  switch (outcome.is) {
    case "result":
      return result(outcome.text, outcome.logs.map(cleanText));
    case "failure":
      return scriptFailure(outcome, milliseconds);
    case "timeout":
      return timeout(milliseconds);
    case "aborted":
      return aborted();
    case "crashed":
      return failed("SANDBOX_CRASHED", "The sandbox broke twice while it ran the code.");
    case "full":
      return failed("SANDBOX_BUSY", "Too much code waits to be run already.", { retryable: true });
    case "closed":
      return failed("SANDBOX_BUSY", "The service is stopping.", { retryable: true });
  }
}

function result(text: string, logs: string[]): Ran {
  try {
    return ok({ output: parseJson(text), logs });
  } catch (error) {
    const why = error instanceof JsonError ? error.message : "it is not JSON";
    return failed("SCRIPT_ERROR", `The result cannot be used: ${why}.`, withDetails({ logs }));
  }
}

type ScriptFailure = Extract<PoolOutcome, { is: "failure" }>;

function scriptFailure({ why, message, line, logs }: ScriptFailure, milliseconds: number): Failed {
  const details = withDetails({ logs: logs.map(cleanText), line });
  switch (why) {
    case "error":
      return failed("SCRIPT_ERROR", line === undefined ? message : `${message} (line ${line})`, details);
    case "timeout":
      return timeout(milliseconds, details);
    case "memory":
      return failed("SCRIPT_MEMORY", `The code was stopped: ${message}.`, details);
    case "too_large":
      return failed("SCRIPT_OUTPUT_TOO_LARGE", `The code was stopped: ${message}.`, details);
  }
}

const timeout = (milliseconds: number, details: FailureOptions = {}): Failed =>
  failed("SCRIPT_TIMEOUT", `The code did not end within ${milliseconds} ms.`, details);

/** The log of code that failed helps its author most; nothing is added where there is nothing to add. */
function withDetails({ logs, line }: { logs: string[]; line?: number | undefined }): FailureOptions {
  const details: JsonObject = {};
  if (line !== undefined) details.line = line;
  if (logs.length > 0) details.logs = logs;
  return Object.keys(details).length === 0 ? {} : { details };
}
