// What is claimed, besides by its turn (claim-due.ts): single executions, what a worker has, and what it gives back.
import type pg from "pg";
import { type ClaimedExecution, claimedColumns, claimPatienceMs, suspectFrom } from "./claim-due.js";
import { queryWithin, unsynced } from "./database.js";
import type { EventRecord } from "./flight-records.js";

/** Claims one execution, due or not, if nobody holds it and it is not over: for cancelling and for timers that are known. */
export const claimOne = async (
  pool: pg.Pool,
  workerId: string,
  executionId: string,
): Promise<ClaimedExecution | undefined> => {
  const { rows } = await queryWithin<ClaimedExecution>(pool, claimPatienceMs, {
    name: "executions-claim-one",
    text: `UPDATE workflow_executions AS e SET claimed_by = $1, available_at = NULL, fence = e.fence + 1, status = 'running'
      WHERE e.execution_id = $2 AND e.claimed_by IS NULL AND e.available_at IS NOT NULL
        AND EXISTS (SELECT 1 FROM workflow_workers WHERE worker_id = $1) RETURNING ${claimedColumns}`,
    values: [workerId, executionId],
  });
  return rows[0];
};

/** A claim, told from all others of the same execution. */
export interface Claim {
  execution_id: string;
  fence: number;
}

/**
 * Tells executions that a worker has claimed as running. One whose row is being written is left alone: it is about to
 * rest or to end. Waiting for it, this and a flight of the journal would wait for each other.
 */
export const tellRunning = async (pool: pg.Pool, workerId: string, executionIds: readonly string[]): Promise<void> => {
  await pool.query({
    name: "executions-tell-running",
    // LATERAL and IS TRUE, so that rows are found by their key and by nothing else.
    text: `UPDATE workflow_executions AS e SET status = 'running' FROM unnest($1::uuid[]) AS r(execution_id),
        LATERAL (SELECT x.execution_id FROM workflow_executions AS x WHERE x.execution_id = r.execution_id
          AND x.claimed_by IS NOT DISTINCT FROM $2 AND (x.status IN ('queued', 'waiting')) IS TRUE
          FOR NO KEY UPDATE SKIP LOCKED) AS open, ${unsynced}
      WHERE e.execution_id = open.execution_id`,
    values: [executionIds, workerId],
  });
};

/** What a worker has claimed, as the database sees it. */
export const claimedBy = async (pool: pg.Pool, workerId: string): Promise<Claim[]> => {
  const { rows } = await pool.query<Claim>({
    name: "executions-claimed-by",
    text: "SELECT execution_id, fence FROM workflow_executions WHERE claimed_by = $1",
    values: [workerId],
  });
  return rows;
};

/** Gives claims back: what the worker does not have in hand is due at once. */
export const giveBack = async (pool: pg.Pool, workerId: string, claims: readonly Claim[]): Promise<void> => {
  await pool.query({
    name: "executions-give-back",
    text: `UPDATE workflow_executions AS e SET claimed_by = NULL, available_at = clock_timestamp()
      FROM unnest($1::uuid[], $2::bigint[]) AS r(execution_id, fence)
      WHERE e.execution_id = r.execution_id AND e.fence = r.fence AND e.claimed_by IS NOT DISTINCT FROM $3`,
    values: [claims.map(({ execution_id }) => execution_id), claims.map(({ fence }) => fence), workerId],
  });
};

/** The events of some executions, in order. */
export const readEvents = async (
  pool: pg.Pool,
  executionIds: readonly string[],
): Promise<Map<string, EventRecord[]>> => {
  const { rows } = await pool.query<EventRecord>({
    name: "events-of-executions",
    text: `SELECT execution_id, sequence, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at, type, data
      FROM workflow_execution_events WHERE execution_id = ANY($1::uuid[]) ORDER BY execution_id, sequence`,
    values: [executionIds],
  });
  const events = new Map<string, EventRecord[]>(executionIds.map((id) => [id, []]));
  for (const row of rows) events.get(row.execution_id)?.push(row);
  return events;
};

/** Seconds until the next execution is due, with or without suspects; undefined when none waits. */
export const secondsUntilDue = async (pool: pg.Pool, suspects: boolean): Promise<number | undefined> => {
  const { rows } = await pool.query<{ seconds: number | null }>({
    name: "executions-next-due",
    text: `SELECT extract(epoch FROM min(available_at) - clock_timestamp())::float8 AS seconds
      FROM workflow_executions WHERE available_at IS NOT NULL AND claimed_by IS NULL AND ($1 OR recoveries < ${suspectFrom})`,
    values: [suspects],
  });
  return rows[0]?.seconds ?? undefined;
};
