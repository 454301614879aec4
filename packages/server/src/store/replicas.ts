// Read replicas: lists and queries go round them, everything else to the primary.
//
// P1. Nothing is ever written to a replica: their connections are read-only, and a write that gets there is an error.
// P2. A replica that fails is left alone for a while; the query it failed goes to the next one, at last to the primary.
// P3. Who has just written reads from the primary, so they find what they wrote.
// P4. A replica that is further behind than P3 reaches back is left alone. How far it is behind is told by the workers'
//     heartbeats, so no two clocks are compared (replica-standing.ts).
import type pg from "pg";
import type { Clock } from "../clock.js";
import { createCallers, type SharedWrites } from "./callers.js";
import type { Database, Queryable } from "./database.js";
import { databaseFailure } from "./database-failure.js";
import type { StoreLog } from "./log.js";
import { createStanding, mostBehindMs, type Replica, type ReplicaStatus } from "./replica-standing.js";

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

/** So long who has written reads the primary: longer than a replica that is read may be behind, looks included. */
const ownWriteMs = mostBehindMs + 7_000;

/** A replica that has not replayed a migration yet (no such table, column or function), or that does not let us in. */
const notFit = /^(42P01|42703|42883|42501|28...|3D000)$/;
const readOnly = "25006";

/** A database whose reads go round its replicas. End the pools yourself. */
export function replicatedDatabase({ primary, replicas, clock, log }: ReplicasOptions): ReplicatedDatabase {
  const standings = replicas.map((replica) => createStanding(replica, { primary, clock, log }));
  for (const standing of standings) standing.usable();
  const callers = createCallers(clock, ownWriteMs);
  let turn = 0;

  /** Sends a query to the first replica from `first` on that takes it, else to the primary. */
  const send = async (first: number, args: Arguments): Promise<unknown> => {
    for (let step = 0; step < standings.length; step += 1) {
      const replica = standings[(first + step) % standings.length];
      if (replica === undefined || !replica.usable()) continue;
      try {
        return await ask(replica.pool, args);
      } catch (error) {
        if (!isFaultOfReplica(error)) throw error;
        replica.broke(error);
      }
    }
    return ask(primary, args);
  };
  const reader = (first: number, mustSeeOwn: () => boolean | Promise<boolean>): Queryable =>
    asQueryable(async (...args) => ((await mustSeeOwn()) ? ask(primary, args) : send(first, args)));

  return {
    primary,
    read: () => reader(turn++, () => false),
    forCaller: (caller) => {
      const one = reader(turn++, () => callers.hasWritten(caller));
      return { primary, read: () => one };
    },
    wrote: callers.wrote,
    shareWrites: callers.share,
    replicas: () => standings.map((standing) => standing.status()),
  };
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
