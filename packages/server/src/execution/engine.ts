// The engine whole: journal, worker and start, wired together. Doors only see what this gives them.
import type { Limits, Outside, perform } from "@workflow-core/core";
import type { Clock } from "../clock.js";
import type { Database, Pool } from "../store/database.js";
import { databaseClock as createDatabaseClock, type DatabaseClock } from "./database-clock.js";
import { Journal, type JournalOptions } from "./journal.js";
import { createLive, type Live } from "./live.js";
import { createOverlap } from "./overlap.js";
import { createPlans, type Plans } from "./plans.js";
import { createStart, type Start } from "./start.js";
import { alwaysSuspendInTest, leaseSecondsInTest } from "./test-switches.js";
import { Worker, type WorkerLog, type WorkerOptions } from "./worker.js";

export interface EngineOptions {
  database: Database;
  /** Connections for flights and claims alone: they never wait behind other work. */
  enginePool: Pool;
  outside: Outside;
  limits: Limits;
  clock: Clock;
  name: string;
  role: string;
  /** How many executions may be in hand at once; 0: this process only accepts. */
  slots: number;
  /** A worker that has been silent for so long is dead. */
  leaseSeconds?: number;
  /** Waits longer than this leave memory, milliseconds. */
  parkAfterMs?: number;
  /** The most in hand over all workers, together and of one community; 0: no such limit. */
  caps?: WorkerOptions["caps"];
  /** False: what is accepted here is not run here first, but waits its turn for any worker. */
  localFirst?: boolean;
  log: WorkerLog;
  /** Who watches: how owed actions are performed, and what the journal tells. */
  perform?: typeof perform;
  onFlight?: JournalOptions["onFlight"];
  onFinish?: JournalOptions["onFinish"];
}

export interface Engine {
  start: Start;
  worker: Worker;
  journal: Journal;
  plans: Plans;
  live: Live;
  databaseClock: DatabaseClock;
}

/** Builds the engine; `worker.start()` sets it going. */
export const createEngine = (options: EngineOptions): Engine => {
  const { database, enginePool, outside, limits, clock, log } = options;
  const databaseClock = createDatabaseClock(clock);
  const plans = createPlans(database, limits);
  const live = createLive();
  const leaseSeconds = leaseSecondsInTest() ?? options.leaseSeconds;
  const worker = new Worker({
    pool: database.primary,
    enginePool,
    outside,
    plans,
    live,
    clock,
    databaseClock,
    name: options.name,
    role: options.role,
    slots: options.slots,
    ...(leaseSeconds === undefined ? {} : { leaseSeconds }),
    ...(options.perform ? { perform: options.perform } : {}),
    ...(options.parkAfterMs === undefined ? {} : { parkAfterMs: options.parkAfterMs }),
    ...(options.caps === undefined ? {} : { caps: options.caps }),
    ...(options.localFirst === undefined ? {} : { localFirst: options.localFirst }),
    alwaysSuspend: alwaysSuspendInTest(),
    log,
  });
  const journal = new Journal({
    pool: enginePool,
    workerId: worker.id,
    clock,
    onFenced: () => worker.fenced(),
    ...(options.onFlight ? { onFlight: options.onFlight } : {}),
    ...(options.onFinish ? { onFinish: options.onFinish } : {}),
    warn: (message) => log.warn("journal", message),
  });
  worker.useJournal(journal);
  const overlap = createOverlap({ pool: database.primary, worker, log });
  const start = createStart({ journal, plans, worker, databaseClock, limits, overlap });
  return { start, worker, journal, plans, live, databaseClock };
};
