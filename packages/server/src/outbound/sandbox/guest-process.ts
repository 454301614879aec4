// One sandbox process, seen from the server: started, spoken to, and killed. Nothing that it does can throw here.
//
// 1. One run at a time. The clock of a run is the server's: past its time and a grace the process is killed.
// 2. A process that says what it should not say, or too much, is killed and counts as crashed.
import { spawn } from "node:child_process";
import { Socket } from "node:net";
import type { Clock } from "../../clock.js";
import { type Confinement, nodeArguments } from "./confinement.js";
import { readLines } from "./lines.js";
import type { Language, Message, Reply, RunMessage, RunReply } from "./protocol.js";
import { readReply } from "./replies.js";

/** What became of a run. */
export type Outcome = RunReply | { is: "crashed" } | { is: "timeout" } | { is: "aborted" };

export interface GuestProcess {
  readonly pid: number | undefined;
  /** Whether it came to take messages. */
  readonly started: Promise<boolean>;
  /** Settles when the process is gone. */
  readonly gone: Promise<void>;
  run(message: RunMessage): Promise<Outcome>;
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
  let waiting: ((heard: Outcome | Reply) => void) | undefined;
  let over: Outcome | undefined;

  const settle = (outcome: Outcome | Reply) => {
    const settled = waiting;
    waiting = undefined;
    settled?.(outcome);
  };
  const end = (outcome: Outcome) => {
    over ??= outcome;
    child.kill("SIGKILL");
    settle(over);
  };
  const endCrashed = (): Outcome => {
    end({ is: "crashed" });
    return { is: "crashed" };
  };
  const expect = (milliseconds: number, message?: Message): Promise<Outcome | Reply> =>
    new Promise((resolve) => {
      if (over !== undefined) return resolve(over);
      const cancel = clock.setTimer(milliseconds, () => end({ is: "timeout" }));
      waiting = (outcome) => {
        cancel();
        resolve(outcome);
      };
      if (message !== undefined) channel?.write(`${JSON.stringify(message)}\n`);
    });
  const hear = (line: string) => {
    const reply: Reply | undefined = readReply(line);
    if (reply === undefined || waiting === undefined) end({ is: "crashed" });
    else settle(reply);
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

  return {
    pid: child.pid,
    started: expect(startMilliseconds).then((heard) => heard.is === "ready"),
    gone,
    async run(message) {
      const { language } = message;
      if (!loaded.has(language)) {
        const heard = await expect(loadMilliseconds, { do: "load", language });
        if (heard.is !== "loaded") return heard.is === "aborted" ? heard : endCrashed();
        loaded.add(language);
      }
      const heard = await expect(message.milliseconds + graceMilliseconds, message);
      return heard.is === "ready" || heard.is === "loaded" ? endCrashed() : heard;
    },
    kill: (outcome) => end({ is: outcome }),
  };
}

const heapFull: RunReply = {
  is: "failure",
  why: "memory",
  message: "the results need more memory than allowed",
  logs: [],
  spent: true,
};
