// JavaScript for guests: QuickJS in WebAssembly, whose memory cannot grow beyond 64 MiB.
//
// 1. Each run begins with the engine's memory as it was before the first one: nothing of one run is there in the next.
// 2. An engine that ran out of memory, or whose host side threw, is not trusted again: the process is spent.
import { getRandomValues } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSSyncVariant,
  type QuickJSWASMModule,
} from "quickjs-emscripten-core";
import { guestSide, linesBeforeBody } from "./guest-side.js";
import { takeImage } from "./memory-image.js";
import {
  longestErrorMessage,
  longestLogLine,
  mostLogLines,
  mostOutput,
  type RunMessage,
  type RunReply,
} from "./protocol.js";
import { webAssembly } from "./web-assembly.js";

const pageCount = { initial: 256, maximum: 1024 };
const pageBytes = 64 * 1024;
const stackBytes = 256 * 1024;
/** For reading the log after the guest's time is up. */
const graceMilliseconds = 50;

/** The first runs of an engine are slow: its own code is compiled then. */
const firstRun: RunMessage = {
  do: "run",
  language: "javascript",
  source: "console.log(input); return variables",
  input: "[]",
  variables: "{}",
  milliseconds: 1_000,
};
const warmUpRuns = 3;

type Failure = Extract<RunReply, { is: "failure" }>;

export async function loadJavaScript(): Promise<(message: RunMessage) => RunReply> {
  const require = createRequire(import.meta.url);
  // The package's types describe its CommonJS shape, so this is the shape that is loaded.
  const { default: variant }: { default: QuickJSSyncVariant } = require("@jitl/quickjs-wasmfile-release-sync");
  const file = require.resolve("@jitl/quickjs-wasmfile-release-sync/wasm");
  const wasmModule = new webAssembly.Module(readFileSync(file));
  const wasmMemory = new webAssembly.Memory(pageCount);
  const engine = await newQuickJSWASMModuleFromVariant(newVariant(variant, { wasmModule, wasmMemory }));
  const guest = openGuest(engine);
  const putBack = takeImage(wasmMemory);
  const run = (message: RunMessage): RunReply => {
    try {
      const reply = runIn(guest, message);
      if (wasmMemory.buffer.byteLength >= pageCount.maximum * pageBytes) return filledUp(reply);
      if (!reply.spent) putBack();
      return reply;
    } catch {
      // The host side of the engine ran out of stack or was aborted; the guest's code is to blame.
      return outOfMemory([]);
    }
  };
  for (let runs = 0; runs < warmUpRuns; runs += 1) run(firstRun);
  return run;
}

/** Memory that was once filled is never given back, so the process goes; an engine without memory throws null. */
function filledUp(reply: RunReply): RunReply {
  return reply.is === "failure" && reply.message === "null" ? outOfMemory(reply.logs) : { ...reply, spent: true };
}

/** What all runs begin with. */
interface Guest {
  context: QuickJSContext;
  /** The guest's side: see `guestSide`. */
  run: QuickJSHandle;
  logs: QuickJSHandle;
  /** From now on the guest has so many milliseconds. */
  allow(milliseconds: number): void;
  /** Whether its time was up. */
  late(): boolean;
}

function openGuest(engine: QuickJSWASMModule): Guest {
  const runtime = engine.newRuntime();
  runtime.setMaxStackSize(stackBytes);
  let deadline = 0;
  let interrupted = false;
  runtime.setInterruptHandler(() => {
    interrupted ||= performance.now() > deadline;
    return interrupted;
  });
  const allow = (milliseconds: number) => {
    deadline = performance.now() + milliseconds;
    interrupted = false;
  };
  allow(firstRun.milliseconds);
  const context = runtime.newContext();
  const made = context.evalCode(guestSide, "sandbox.js");
  if (made.error) throw new Error("the engine did not start");
  const [run, logs] = [context.getProp(made.value, 0), context.getProp(made.value, 1)];
  made.value.dispose();
  return { context, run, logs, allow, late: () => interrupted };
}

function runIn({ context, run, logs, allow, late }: Guest, message: RunMessage): RunReply {
  allow(message.milliseconds);
  const answer = call(context, run, [message.source, message.input, message.variables, seed()]);
  const tooLate = late();
  allow(graceMilliseconds);
  const lines = readLogs(call(context, logs, []));
  return tooLate
    ? failure("timeout", "the time is up", { logs: lines, spent: true })
    : judge(answer, lines, message.source);
}

const seedLength = 4;
/** Chance for many runs: asking the system for it costs more than what is asked for. */
const chance = new Uint32Array(seedLength * 256);
let spentChance = chance.length;

/** Chance for one run: all begin with the same memory, so the engine's own would give all the same numbers. */
const seed = (): string => {
  if (spentChance === chance.length) {
    getRandomValues(chance);
    spentChance = 0;
  }
  spentChance += seedLength;
  return JSON.stringify([...chance.subarray(spentChance - seedLength, spentChance)]);
};

/** The text that a guest function gives; undefined when it threw, which only running out of something makes it do. */
function call(context: QuickJSContext, fn: QuickJSHandle, texts: readonly string[]): string | undefined {
  const handles = texts.map((text) => context.newString(text));
  const called = context.callFunction(fn, context.undefined, handles);
  for (const handle of handles) handle.dispose();
  if (called.error) {
    called.error.dispose();
    return undefined;
  }
  const text = context.typeof(called.value) === "string" ? context.getString(called.value) : undefined;
  called.value.dispose();
  return text;
}

function judge(answer: string | undefined, logs: string[], source: string): RunReply {
  if (answer === undefined) return outOfMemory(logs);
  const { text, error } = read(answer);
  if (typeof text === "string") {
    if (text.length > mostOutput) return failure("too_large", "the result is larger than 1 MiB", { logs });
    return { is: "result", text, logs, spent: false };
  }
  const [message, stack] = Array.isArray(error) ? error.map(String) : [];
  if (message === undefined) return failure("error", "the result is not JSON", { logs });
  if (message === "InternalError: out of memory") return outOfMemory(logs);
  return failure("error", message, { logs, line: lineIn(stack ?? "", source) });
}

const outOfMemory = (logs: string[]) =>
  failure("memory", "the code needs more memory or a deeper stack than allowed", { logs, spent: true });

function failure(why: Failure["why"], message: string, more: Partial<Failure> = {}): Failure {
  return { is: "failure", why, message: message.slice(0, longestErrorMessage), logs: [], spent: false, ...more };
}

function readLogs(text: string | undefined): string[] {
  const lines = text === undefined ? [] : JSON.parse(text);
  if (!Array.isArray(lines)) return [];
  return lines.slice(0, mostLogLines).map((line) => String(line).slice(0, longestLogLine));
}

function read(answer: string): { text?: unknown; error?: unknown } {
  const value: unknown = JSON.parse(answer);
  return typeof value === "object" && value !== null ? value : {};
}

/** The line of the guest's code that an engine's stack names first. */
function lineIn(stack: string, source: string): number | undefined {
  const line = Number(/<input>:(\d+)/.exec(stack)?.[1]) - linesBeforeBody;
  return line >= 1 && line <= source.split("\n").length ? line : undefined;
}
