// Read replicas: lists and queries go round them, everything else to the primary.
//
// P1. Nothing is ever written to a replica: their connections are read-only, and a write that gets there is an error.
// P2. A replica that fails is left alone for a while; the query it failed goes to the next one, at last to the primary.
// P3. Who has just written reads from the primary, so they find what they wrote.
// P4. A replica that is further behind than P3 reaches back is left alone. How far it is behind is told by the workers'
//     heartbeats: the newest one in the primary against the newest one in the replica, so no two clocks are compared.
import type pg from "pg";
import type { Clock } from "../clock.js";
import { createCallers, type SharedWrites } from "./callers.js";
import type { Database, Queryable } from "./database.js";
import { databaseFailure } from "./database-failure.js";
import type { StoreLog } from "./log.js";

export interface Replica {
  pool: pg.Pool;
  /** For the log: host and port. */
  place: string;
}

export interface ReplicaStatus {
  place: string;
  state: "ready" | "resting" | "behind" | "unknown";
}

export interface ReplicatedDatabase extends Database {
  forCaller(caller: string): Database;
  wrote(caller: string): void;
  replicas(): ReplicaStatus[];
  /** Where all processes note who has written; without it each knows of its own callers only. */
  shareWrites(shared: SharedWrites): void;
}

export interface ReplicasOptions {
  primary: pg.Pool;
  replicas: readonly Replica[];
  clock: Clock;
  log?: StoreLog;
}

const firstRestMs = 5_000;
const longestRestMs = 60_000;
const checkMs = 5_000;
/** Replicas further behind are not read; callers read the primary for longer than that after a write. */
const mostBehindMs = 8_000;
const ownWriteMs = 15_000;

/** A replica that has not replayed a migration yet (no such table, column or function), or that does not let us in. */
const notFit = /^(42P01|42703|42883|42501|28...|3D000)$/;
const readOnly = "25006";

interface Standing extends Replica {
  /** Rests until then, monotonic ms; how long the next rest is. */
  restUntil: number;
  rest: number;
  /** One query tries it out while it may still be broken. */
  trial: boolean;
  behindMs: number | undefined;
  checkedAt: number;
}

/** A database whose reads go round its replicas. End the pools yourself. */
export function replicatedDatabase({ primary, replicas, clock, log }: ReplicasOptions): ReplicatedDatabase {
  const standings = replicas.map(
    (replica): Standing => ({
      ...replica,
      ...{ restUntil: 0, rest: firstRestMs, trial: false, behindMs: undefined, checkedAt: Number.NEGATIVE_INFINITY },
    }),
  );
  const callers = createCallers(clock, ownWriteMs);
  let turn = 0;

  const broke = (replica: Standing, error: unknown) => {
    if (replica.restUntil <= clock.monotonic()) {
      const reason = error instanceof Error ? error.message : String(error);
      log?.warn(`the read replica ${replica.place} fails (${reason}); it is left alone for ${replica.rest / 1000} s`);
      replica.restUntil = clock.monotonic() + replica.rest;
      replica.rest = Math.min(replica.rest * 2, longestRestMs);
    }
    replica.trial = false;
  };
  const worked = (replica: Standing) => {
    if (replica.restUntil > 0) log?.info(`the read replica ${replica.place} answers again`);
    Object.assign(replica, { restUntil: 0, rest: firstRestMs, trial: false });
  };
  const check = async (replica: Standing): Promise<void> => {
    replica.checkedAt = clock.monotonic();
    try {
      const newest = await heartbeatIn(primary);
      const replayed = await heartbeatIn(replica.pool);
      const behind = newest === null ? 0 : newest - (replayed ?? Number.NEGATIVE_INFINITY);
      if (behind > mostBehindMs && (replica.behindMs ?? 0) <= mostBehindMs)
        log?.warn(`the read replica ${replica.place} is more than ${mostBehindMs / 1000} s behind and is not read`);
      replica.behindMs = behind;
      worked(replica);
    } catch (error) {
      broke(replica, error);
    }
  };
  /** Whether it may be read now; its standing is looked at from time to time, in the background. */
  const usable = (replica: Standing): boolean => {
    const now = clock.monotonic();
    if (replica.restUntil > now) return false;
    if (now - replica.checkedAt >= checkMs && !replica.trial) {
      replica.trial = replica.restUntil > 0;
      void check(replica);
    }
    return !replica.trial && replica.behindMs !== undefined && replica.behindMs <= mostBehindMs;
  };

  /** Sends a query to the first replica from `first` on that takes it, else to the primary. */
  const send = async (first: number, args: Arguments): Promise<unknown> => {
    for (let step = 0; step < standings.length; step += 1) {
      const replica = standings[(first + step) % standings.length];
      if (replica === undefined || !usable(replica)) continue;
      try {
        return await ask(replica.pool, args);
      } catch (error) {
        if (!isFaultOfReplica(error)) throw error;
        broke(replica, error);
      }
    }
    return ask(primary, args);
  };
  const reader = (first: number, mustSeeOwn: () => boolean | Promise<boolean>): Queryable =>
    asQueryable(async (...args) => ((await mustSeeOwn()) ? ask(primary, args) : send(first, args)));

  for (const replica of standings) usable(replica);
  return {
    primary,
    read: () => reader(turn++, () => false),
    forCaller: (caller) => {
      const one = reader(turn++, () => callers.hasWritten(caller));
      return { primary, read: () => one };
    },
    wrote: callers.wrote,
    shareWrites: callers.share,
    replicas: () => standings.map((replica) => ({ place: replica.place, state: stateOf(replica, clock.monotonic()) })),
  };
}

function stateOf({ restUntil, trial, behindMs }: Standing, now: number): ReplicaStatus["state"] {
  if (restUntil > now || trial) return "resting";
  if (behindMs === undefined) return "unknown";
  return behindMs > mostBehindMs ? "behind" : "ready";
}

type Arguments = readonly unknown[];

/** pg's `query` has many shapes; here they pass through as they came. */
const ask = (pool: pg.Pool, args: Arguments): Promise<unknown> =>
  (pool.query as (...given: Arguments) => Promise<unknown>).apply(pool, [...args]);

const asQueryable = (query: (...args: Arguments) => Promise<unknown>): Queryable =>
  // The same shapes go in and come out as of the pool's own `query`, but for callbacks, which nobody uses.
  ({ query }) as unknown as Queryable;

function isFaultOfReplica(error: unknown): boolean {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  // A bug of ours: anywhere else the statement would have been carried out.
  if (code === readOnly) throw new Error(`a write was sent to database.read(): ${String(error)}`);
  return databaseFailure(error) !== "other" || (typeof code === "string" && notFit.test(code));
}

/** The newest heartbeat of a worker, ms since 1970. */
async function heartbeatIn(pool: pg.Pool): Promise<number | null> {
  const { rows } = await pool.query<{ at: number | null }>(
    "SELECT (extract(epoch FROM max(heartbeat_at)) * 1000)::float8 AS at FROM workflow_workers",
  );
  return rows[0]?.at ?? null;
}
