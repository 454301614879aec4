// One sandbox process, seen from the server: started, spoken to, and killed. Nothing that it does can throw here.
//
// 1. Runs are done one after the other, in the order in which they were given; some may be given ahead. The clock of a
//    run is the server's and begins when those before it are answered: past its time and a grace the process is killed.
// 2. A process that says what it should not say, or too much, is killed and counts as crashed. That, like any end of a
//    process, is the outcome of the run whose turn it was; those behind it have not begun.
// 3. A process that says that it is spent is ended before it can answer anything else.
import { spawn } from "node:child_process";
import { Socket } from "node:net";
import type { Clock } from "../../clock.js";
import { type Confinement, nodeArguments } from "./confinement.js";
import { readLines } from "./lines.js";
import type { Language, Message, Reply, RunMessage, RunReply } from "./protocol.js";
import { readReply } from "./replies.js";

/** What became of a run; one that was given ahead may never have begun. */
export type Outcome = RunReply | { is: "crashed" } | { is: "timeout" } | { is: "aborted" } | { is: "unbegun" };

export interface Running {
  outcome: Promise<Outcome>;
  /** Nobody waits for it any more: ends the process if it is this one's turn. */
  abort(): void;
}

export interface GuestProcess {
  readonly pid: number | undefined;
  /** Whether it takes runs. */
  readonly alive: boolean;
  /** Whether it came to take messages. */
  readonly started: Promise<boolean>;
  /** Settles when the process is gone. */
  readonly gone: Promise<void>;
  run(message: RunMessage): Running;
  /** Milliseconds that the run whose turn it is has taken so far, or that the last one took. */
  pace(): number;
  /** Ends the process, and what it runs with `outcome`. */
  kill(outcome: "aborted" | "crashed"): void;
}

const startMilliseconds = 10_000;
const loadMilliseconds = 10_000;
const graceMilliseconds = 250;
const longestLine = 8 * 1024 * 1024;

/** The program; tests run the sources, but a process of its own needs the built file. */
export const childProgram = new URL(
  import.meta.url.includes("/src/") ? "../../../dist/outbound/sandbox/child.js" : "./child.js",
  import.meta.url,
);

/** Starts a process. It does not keep the server from ending, and ends with it. */
export function startGuestProcess(confinement: Confinement, clock: Clock, program = childProgram): GuestProcess {
  const { command, before, uid, gid } = confinement;
  const child = spawn(command, [...before, ...nodeArguments(program)], {
    cwd: "/",
    env: {},
    stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
  });
  const loaded = new Set<Language>(["javascript"]);
  /** What is waited for, in order; the clock runs for the first. */
  const line: Expected[] = [];
  let begunAt = clock.monotonic();
  let lastTook = 0;
  let stopClock: (() => void) | undefined;
  let over: Outcome | undefined;
  let unsent = "";

  const startClock = () => {
    stopClock?.();
    stopClock = undefined;
    const [first] = line;
    if (first === undefined) return;
    begunAt = clock.monotonic();
    stopClock = clock.setTimer(first.milliseconds, () => {
      // Where this process itself was held up, the answer may have come meanwhile: what is there is read before this.
      setImmediate(() => line[0] === first && end({ is: "timeout" }));
    });
  };
  const end = (outcome: Outcome) => {
    over ??= outcome;
    child.kill("SIGKILL");
    stopClock?.();
    const [first, ...others] = line.splice(0);
    first?.settle(over);
    // The last one first: so they stand in their order again when each is put before the others.
    for (const { settle } of others.reverse()) settle({ is: "unbegun" });
  };
  const send = () => {
    if (over === undefined) channel?.write(unsent);
    unsent = "";
  };
  const expect = (milliseconds: number, settle: Expected["settle"], message?: Message): Expected => {
    const expected = { milliseconds, settle };
    if (over !== undefined) {
      settle(over);
      return expected;
    }
    if (line.push(expected) === 1) startClock();
    if (message !== undefined) {
      // What is given in one turn of the event loop goes together.
      if (unsent === "") setImmediate(send);
      unsent += `${JSON.stringify(message)}\n`;
    }
    return expected;
  };
  const hear = (text: string) => {
    const reply: Reply | undefined = readReply(text);
    const [first] = line;
    if (reply === undefined || first === undefined) return end({ is: "crashed" });
    line.shift();
    lastTook = clock.monotonic() - begunAt;
    first.settle(reply);
    if ("spent" in reply && reply.spent) return end({ is: "unbegun" });
    startClock();
  };

  const gone = new Promise<void>((resolve) => {
    const leave = (signal: NodeJS.Signals | null) => {
      // Node's own way to go when its heap is full; the guest's results filled it.
      end(signal === "SIGABRT" ? heapFull : { is: "crashed" });
      resolve();
    };
    child.on("exit", (_code, signal) => leave(signal)).on("error", () => leave(null));
  });
  const [, , , channel, lifeline] = child.stdio.map((stream) => (stream instanceof Socket ? stream : undefined));
  // Writing to a process that is gone fails; that it is gone is told by its exit.
  for (const stream of [channel, lifeline]) stream?.on("error", () => {}).unref();
  child.unref();
  if (channel !== undefined) readLines(channel, longestLine, hear, () => end({ is: "crashed" }));

  const started = new Promise<boolean>((resolve) =>
    expect(startMilliseconds, (heard) => resolve(heard.is === "ready")),
  );
  const load = (language: Language) => {
    if (loaded.has(language)) return;
    loaded.add(language);
    const settle = (heard: Heard) => {
      if (heard.is !== "loaded") end({ is: "crashed" });
    };
    expect(loadMilliseconds, settle, { do: "load", language });
  };

  return {
    pid: child.pid,
    get alive() {
      return over === undefined;
    },
    started,
    gone,
    run(message) {
      let abort: () => void = () => undefined;
      const outcome = new Promise<Outcome>((resolve) => {
        load(message.language);
        const settle = (heard: Heard) => {
          if (heard.is === "ready" || heard.is === "loaded") {
            end({ is: "crashed" });
            resolve({ is: "crashed" });
          } else resolve(heard);
        };
        const expected = expect(message.milliseconds + graceMilliseconds, settle, message);
        abort = () => {
          if (line[0] === expected) end({ is: "aborted" });
          else resolve({ is: "aborted" });
        };
      });
      return { outcome, abort };
    },
    pace: () => (line.length > 0 ? clock.monotonic() - begunAt : lastTook),
    kill: (outcome) => end({ is: outcome }),
  };
}

type Heard = Outcome | Reply;

interface Expected {
  milliseconds: number;
  settle(heard: Heard): void;
}

const heapFull: RunReply = {
  is: "failure",
  why: "memory",
  message: "the results need more memory than allowed",
  logs: [],
  spent: true,
};
