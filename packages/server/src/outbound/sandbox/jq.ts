// jq for guests, in WebAssembly. It cannot be interrupted from inside: the server ends the process when time is up.
//
// 1. Its memory is capped at 64 MiB before it is made: the limit that it declares is rewritten in its bytes.
// 2. Whatever is no plain error of jq leaves the process spent; so do many runs, because jq keeps what it once took.
import { createRequire } from "node:module";
import { capMemory } from "./cap-memory.js";
import { longestErrorMessage, mostOutput, type RunMessage, type RunReply } from "./protocol.js";
import { webAssembly } from "./web-assembly.js";

const memoryPages = 1024;
const runsPerProcess = 1_000;
/** What jq ends with after an error in the filter or in running it. */
const plainExitCodes: ReadonlySet<unknown> = new Set([1, 3, 5]);

interface Jq {
  raw(input: string, filter: string, flags: string[]): string | undefined;
}

export async function loadJq(): Promise<(message: RunMessage) => RunReply> {
  const { instantiate } = webAssembly;
  webAssembly.instantiate = (bytes, imports) => instantiate(capMemory(bytes, memoryPages), imports);
  // jq shows the path of the program as the variable _ of its environment.
  process.argv[1] = "jq";
  const jq: Jq = await createRequire(import.meta.url)("jq-web");
  webAssembly.instantiate = instantiate;
  let runs = 0;
  return (message) => {
    runs += 1;
    const spent = runs >= runsPerProcess;
    try {
      // The blank keeps a filter that begins with a dash from being taken for an option.
      const lines = (jq.raw(message.input, ` ${message.source}`, ["-c"]) ?? "")
        .split("\n")
        .filter((line) => line !== "");
      const text = lines.length === 0 ? "null" : lines.length === 1 ? (lines[0] ?? "") : `[${lines.join(",")}]`;
      if (text.length > mostOutput) return failed("too_large", "the result is larger than 1 MiB", spent);
      return { is: "result", text, logs: [], spent };
    } catch (error) {
      const reply = judge(error instanceof Error ? error : new Error(String(error)));
      return { ...reply, spent: reply.spent || spent };
    }
  };
}

function judge(error: Error & { stderr?: unknown; exitCode?: unknown }): RunReply {
  const said = typeof error.stderr === "string" ? error.stderr : "";
  const plain = plainExitCodes.has(error.exitCode);
  if (/cannot allocate memory|out of memory/i.test(`${said} ${error.message}`) || error instanceof RangeError) {
    return failed("memory", "the filter needs more memory or a deeper stack than allowed", true);
  }
  const line = Number(/<top-level>,? line (\d+)/.exec(said)?.[1]);
  const message = said.replace(/^jq: error:? ?(\(at [^)]*\): ?)?/, "").replace(/ \(Unix shell quoting issues\?\)/g, "");
  return { ...failed("error", message.trim() || "the filter stopped", !plain), ...(line >= 1 ? { line } : {}) };
}

const failed = (
  why: "error" | "memory" | "too_large",
  message: string,
  spent: boolean,
): Extract<RunReply, { is: "failure" }> => ({
  is: "failure",
  why,
  message: message.slice(0, longestErrorMessage),
  logs: [],
  spent,
});
