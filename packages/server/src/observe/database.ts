// The figures of the database, read when Prometheus asks and at most every five seconds; and the pools.
//
// F1. When the database does not answer, its figures are not numbers (NaN) and `database_up` is 0: nobody is shown, or
//     woken by, what was true a while ago.
import type { Clock } from "../clock.js";
import type { Database, Pool } from "../store/database.js";
import { type Figures, readFigures } from "../store/figures.js";
import type { Metrics } from "./metrics.js";

export interface DatabaseFigures {
  database: Database;
  pools: readonly { name: string; pool: Pool }[];
  clock: Clock;
}

const freshMs = 5000;
const patienceMs = 2000;

const unknown: Figures = {
  ...{ queued: Number.NaN, running: Number.NaN, waiting: Number.NaN, slot: Number.NaN, turn: Number.NaN },
  ...{ oldest: Number.NaN, workers: Number.NaN, slots: Number.NaN },
};

/** Sets the metrics of database and pools at each scrape. */
export function observeDatabase(metrics: Metrics, { database, pools, clock }: DatabaseFigures): void {
  let readAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;

  const show = (figures: Figures): void => {
    for (const state of ["queued", "running", "waiting"] as const) metrics.executions.of(state).set(figures[state]);
    for (const reason of ["slot", "turn"] as const) metrics.queueDepth.of(reason).set(figures[reason]);
    metrics.queueAge.of().set(figures.oldest);
    metrics.workers.of().set(figures.workers);
    metrics.workerSlots.of().set(figures.slots);
    metrics.databaseUp.of().set(figures === unknown ? 0 : 1);
  };
  const read = async (): Promise<void> => {
    const figures = await Promise.race([readFigures(database.primary, patienceMs), late(clock)]).catch(() => unknown);
    readAt = clock.monotonic();
    show(figures);
  };

  metrics.onScrape(async () => {
    for (const { name, pool } of pools) {
      metrics.poolConnections.of(name, "idle").set(pool.idleCount);
      metrics.poolConnections.of(name, "busy").set(pool.totalCount - pool.idleCount);
      metrics.poolWaiting.of(name).set(pool.waitingCount);
    }
    const states = (database.replicas?.() ?? []).map(({ state }) => state);
    for (const state of ["ready", "resting", "behind", "unknown"] as const)
      metrics.replicas.of(state).set(states.filter((each) => each === state).length);
    if (clock.monotonic() - readAt < freshMs) return;
    reading ??= read().finally(() => {
      reading = undefined;
    });
    await reading;
  });
}

/** The pool may be waiting for a connection: that counts too. */
const late = (clock: Clock): Promise<Figures> =>
  new Promise((resolve) => void clock.setTimer(patienceMs, () => resolve(unknown)));
