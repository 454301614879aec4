// Who runs where: a few processes, each of one community until it ends.
//
// 1. A process never serves two communities. Where another community needs the place, an idle process is killed.
// 2. At most `size` processes have a community; one more waits, fresh, for whoever comes next.
// 3. A process that was killed, or that says that it is spent, is never used again.
// 4. Waiting is bounded in number, not in time: the time of a run begins when a process takes it.
import type { AbortSignalLike } from "@workflow-core/core";
import type { Clock } from "../../clock.js";
import type { OutboundLog } from "../log.js";
import { createFairQueue } from "./fair-queue.js";
import type { GuestProcess, Outcome } from "./guest-process.js";
import type { RunMessage } from "./protocol.js";
import { createSpares } from "./spares.js";

export interface PoolOptions {
  size: number;
  waiting: number;
  clock: Clock;
  log: OutboundLog;
  program?: URL;
}

export type PoolOutcome = Outcome | { is: "full" } | { is: "closed" };

export interface PoolStats {
  /** Processes with a community, how many of them run something, and runs that wait. */
  processes: number;
  busy: number;
  waiting: number;
  /** Since the start. */
  runs: number;
  started: number;
  crashes: number;
  /** The walls around the processes; null before the first one. */
  confinement: string | null;
}

export interface Pool {
  run(community: number, message: RunMessage, signal: AbortSignalLike): Promise<PoolOutcome>;
  /** Settles when a process is ready, or none can be started. */
  warm(): Promise<void>;
  stats(): PoolStats;
  pids(): number[];
  close(): Promise<void>;
}

interface Guest {
  process: GuestProcess;
  community: number;
  busy: boolean;
}

interface Waiting {
  community: number;
  message: RunMessage;
  attempt: number;
  /** The process that has it now. */
  process: GuestProcess | undefined;
  settle(outcome: PoolOutcome): void;
}

const mostAttempts = 2;

export function createPool({ size, waiting: most, clock, log, program }: PoolOptions): Pool {
  const queue = createFairQueue<Waiting>();
  const options = { clock, log, onReady: () => dispatch(), onBroken: () => giveUp() };
  const spares = createSpares(program === undefined ? options : { ...options, program });
  // The guest that was used last stands last.
  let guests: Guest[] = [];
  let closed = false;
  let runs = 0;
  let crashes = 0;

  const idle = (community?: number) =>
    guests.find((guest) => !guest.busy && (community === undefined || guest.community === community));
  const drop = (guest: Guest) => {
    guests = guests.filter((each) => each !== guest);
    guest.process.kill("crashed");
  };
  const placeable = (community: number) =>
    idle(community) !== undefined || (spares.ready && (guests.length < size || idle() !== undefined));

  const place = (community: number): Guest | undefined => {
    const own = idle(community);
    if (own !== undefined) return own;
    const evicted = guests.length < size ? undefined : idle();
    if (evicted !== undefined) drop(evicted);
    const process = spares.take();
    if (process === undefined) return undefined;
    const guest = { process, community, busy: false };
    guests.push(guest);
    void process.gone.then(() => drop(guest));
    return guest;
  };

  const serve = async (guest: Guest, waiting: Waiting) => {
    guests = [...guests.filter((each) => each !== guest), guest];
    guest.busy = true;
    runs += 1;
    waiting.process = guest.process;
    waiting.attempt += 1;
    const outcome = await guest.process.run(waiting.message);
    waiting.process = undefined;
    guest.busy = false;
    const usable = "spent" in outcome && !outcome.spent;
    if (!usable) drop(guest);
    if (outcome.is === "crashed") crashes += 1;
    if (outcome.is === "crashed" && waiting.attempt < mostAttempts && !closed)
      queue.addFirst(waiting.community, waiting);
    else waiting.settle(closed && outcome.is === "crashed" ? { is: "closed" } : outcome);
    dispatch();
  };

  function dispatch(): void {
    for (let next = queue.take(placeable); next !== undefined; next = queue.take(placeable)) {
      const guest = place(next.community);
      if (guest === undefined) {
        queue.addFirst(next.community, next);
        break;
      }
      void serve(guest, next);
    }
    void spares.prepare();
  }

  function giveUp(): void {
    for (const waiting of queue.clear()) waiting.settle({ is: "crashed" });
  }

  return {
    run: (community, message, signal) =>
      new Promise((resolve) => {
        if (closed) return resolve({ is: "closed" });
        if (signal.aborted) return resolve({ is: "aborted" });
        if (queue.size >= most) return resolve({ is: "full" });
        const onAbort = () => {
          if (queue.remove(community, waiting)) waiting.settle({ is: "aborted" });
          else waiting.process?.kill("aborted");
        };
        const settle = (outcome: PoolOutcome) => {
          signal.removeEventListener("abort", onAbort);
          resolve(outcome);
        };
        const waiting: Waiting = { community, message, attempt: 0, process: undefined, settle };
        signal.addEventListener("abort", onAbort);
        queue.add(community, waiting);
        dispatch();
      }),
    warm: () => spares.prepare(),
    stats: () => ({
      processes: guests.length,
      busy: guests.filter((guest) => guest.busy).length,
      waiting: queue.size,
      runs,
      started: spares.started(),
      crashes,
      confinement: spares.confinement() ?? null,
    }),
    pids: () => guests.map((guest) => guest.process.pid).filter((pid) => pid !== undefined),
    async close() {
      closed = true;
      for (const waiting of queue.clear()) waiting.settle({ is: "closed" });
      const last = [...guests];
      for (const guest of last) guest.process.kill("crashed");
      await Promise.all([spares.close(), ...last.map((guest) => guest.process.gone)]);
    },
  };
}
