// Who runs where: a few processes, each of one community until it ends.
//
// 1. A process never serves two communities. Where another community needs the place, an idle process is killed.
// 2. At most `size` processes have a community; one more waits, fresh, for whoever comes next.
// 3. A process that was killed, or that says that it is spent, is never used again.
// 4. Waiting is bounded in number, not in time: the time of a run begins when it is its turn in a process.
// 5. While no other community waits, a process whose runs are quick is given some ahead: what comes together goes together.
import type { AbortSignalLike } from "@workflow-core/core";
import type { Clock } from "../../clock.js";
import type { OutboundLog } from "../log.js";
import { createFairQueue } from "./fair-queue.js";
import type { GuestProcess, Outcome, Running } from "./guest-process.js";
import type { RunMessage } from "./protocol.js";
import { createSpares } from "./spares.js";

export interface PoolOptions {
  size: number;
  waiting: number;
  clock: Clock;
  log: OutboundLog;
  program?: URL;
}

export type PoolOutcome = Exclude<Outcome, { is: "unbegun" }> | { is: "full" } | { is: "closed" };

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
  /** Runs that it was given and has not answered. */
  given: number;
}

interface Waiting {
  community: number;
  message: RunMessage;
  attempt: number;
  /** Where it was given to a process. */
  running: Running | undefined;
  settle(outcome: PoolOutcome): void;
}

const mostAttempts = 2;
const mostGiven = 8;
/** Milliseconds: a run that takes longer keeps nobody waiting behind it. */
const quick = 5;

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
    guests.find((guest) => guest.given === 0 && (community === undefined || guest.community === community));
  const ahead = (community: number) =>
    queue.size === queue.sizeOf(community)
      ? guests.find(
          ({ community: own, given, process }) => own === community && given < mostGiven && process.pace() < quick,
        )
      : undefined;
  const drop = (guest: Guest) => {
    guests = guests.filter((each) => each !== guest);
    guest.process.kill("crashed");
  };
  const placeable = (community: number) =>
    idle(community) !== undefined ||
    ahead(community) !== undefined ||
    (spares.ready && (guests.length < size || idle() !== undefined));

  const place = (community: number): Guest | undefined => {
    const own = idle(community) ?? ahead(community);
    if (own !== undefined) return own;
    const evicted = guests.length < size ? undefined : idle();
    if (evicted !== undefined) drop(evicted);
    const process = spares.take();
    if (process === undefined) return undefined;
    const guest = { process, community, given: 0 };
    guests.push(guest);
    void process.gone.then(() => drop(guest));
    return guest;
  };

  const serve = async (guest: Guest, waiting: Waiting) => {
    guests = [...guests.filter((each) => each !== guest), guest];
    guest.given += 1;
    waiting.running = guest.process.run(waiting.message);
    const outcome = await waiting.running.outcome;
    waiting.running = undefined;
    guest.given -= 1;
    if (!guest.process.alive) drop(guest);
    if (outcome.is === "unbegun") {
      if (closed) waiting.settle({ is: "closed" });
      else queue.addFirst(waiting.community, waiting);
      return dispatch();
    }
    runs += 1;
    waiting.attempt += 1;
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
          else waiting.running?.abort();
        };
        const settle = (outcome: PoolOutcome) => {
          signal.removeEventListener("abort", onAbort);
          resolve(outcome);
        };
        const waiting: Waiting = { community, message, attempt: 0, running: undefined, settle };
        signal.addEventListener("abort", onAbort);
        queue.add(community, waiting);
        dispatch();
      }),
    warm: () => spares.prepare(),
    stats: () => ({
      processes: guests.length,
      busy: guests.filter((guest) => guest.given > 0).length,
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
