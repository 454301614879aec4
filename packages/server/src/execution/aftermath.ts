// After a flight whose outcome was unknown, or that came too late for its callers: what is there, and what must not stay.
import type { Pool } from "../store/database.js";
import { storedOf, withdraw } from "../store/flight-aftermath.js";
import { type Entry, toFlight } from "./entries.js";

/**
 * Whether a row with this primary key was there already: our own, arrived late, or another writer's (the last line of
 * defence).
 */
export const isTaken = (error: unknown): boolean =>
  error instanceof Error &&
  "code" in error &&
  error.code === "23505" &&
  "table" in error &&
  (error.table === "workflow_execution_events" || error.table === "workflow_executions");

/** Which of these entries are stored as they are. An entry is there as a whole or not at all. */
export const storedAmong = async <P extends { entry: Entry }>(
  pool: Pool,
  lease: string,
  batch: readonly P[],
): Promise<Set<P>> => {
  const stored = await storedOf(pool, lease, toFlight(batch));
  const isStored = ({ entry }: P): boolean => {
    const events = entry.accept?.events ?? entry.events ?? [];
    const release = entry.park ?? entry.finish;
    return events.length > 0
      ? events.every(({ execution_id, sequence }) => stored.events.has(`${execution_id}:${sequence}`))
      : release !== undefined && !stored.held.has(release.execution_id);
  };
  return new Set(batch.filter(isStored));
};

/** Removes acceptances that their callers were refused; those with a key stay, to be found by it. */
export const takeBack = async (pool: Pool, lease: string, refused: readonly { entry: Entry }[]): Promise<void> => {
  const accepts = refused.flatMap(({ entry: { accept } }) => (accept && accept.dedupe_key === null ? accept : []));
  if (accepts.length > 0) await withdraw(pool, lease, accepts);
};
