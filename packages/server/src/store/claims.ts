// Claiming executions that are due: fair between communities, oldest first within one, each by one worker only.
//
// C1. A suspect, which was in hand at two deaths of a worker without a step in between, is claimed by a worker that has
//     no other one in hand. So what kills its workers meets its limit alone, and what only stood beside it does not.
// C2. Of executions with the same queue_key, only the oldest that is not over is claimed.
import type pg from "pg";
import { queryWithin } from "./database.js";
import type { EventRecord } from "./flight.js";

export interface ClaimedExecution {
  execution_id: string;
  workflow_id: string;
  workflow_version: string | null;
  community_id: number;
  status: string;
  /** Tells this claim from all earlier and later ones. */
  fence: number;
  recoveries: number;
  cancel_requested: { by?: string; reason?: string } | null;
}

const columns =
  "e.execution_id, e.workflow_id, e.workflow_version, e.community_id, e.status, e.fence, e.recoveries, e.cancel_requested";

/** From so many recoveries on, an execution is a suspect. */
export const suspectFrom = 2;

/** When no answer has come for so long, a claim may have been made that nobody knows of: see `claimedBy`. */
const claimPatienceMs = 3000;

/**
 * Claims up to `count` executions that are due. Of the oldest few hundred it takes one of each community in turn, so
 * that a community that floods the queue delays itself only. With `suspects`, at most one of them is a suspect (C1).
 */
export const claimDue = async (
  pool: pg.Pool,
  workerId: string,
  count: number,
  suspects: boolean,
): Promise<ClaimedExecution[]> => {
  const { rows } = await queryWithin<ClaimedExecution>(pool, claimPatienceMs, {
    name: "executions-claim-due",
    text: `WITH lease AS MATERIALIZED (SELECT 1 FROM workflow_workers WHERE worker_id = $1 FOR SHARE),
      due AS (
        SELECT execution_id, available_at, row_number() OVER (PARTITION BY community_id ORDER BY available_at) AS turn,
          suspect AND row_number() OVER (PARTITION BY suspect ORDER BY available_at) > 1 AS too_many
        FROM (SELECT execution_id, available_at, community_id, recoveries >= ${suspectFrom} AS suspect FROM workflow_executions AS x
          WHERE available_at <= clock_timestamp() AND claimed_by IS NULL AND ($3 OR recoveries < ${suspectFrom})
            AND (queue_key IS NULL OR NOT EXISTS (SELECT 1 FROM workflow_executions AS o WHERE o.queue_key = x.queue_key
              AND o.execution_id < x.execution_id AND o.status IN ('queued', 'running', 'waiting')))
          ORDER BY available_at LIMIT greatest($2 * 8, 200)) AS oldest),
      chosen AS (
        SELECT e.execution_id FROM workflow_executions AS e JOIN due USING (execution_id)
        WHERE NOT due.too_many AND e.claimed_by IS NULL AND e.available_at IS NOT NULL AND EXISTS (SELECT 1 FROM lease)
        ORDER BY due.turn, due.available_at LIMIT $2 FOR UPDATE OF e SKIP LOCKED)
      UPDATE workflow_executions AS e SET claimed_by = $1, available_at = NULL, fence = e.fence + 1, status = 'running'
      FROM chosen WHERE e.execution_id = chosen.execution_id RETURNING ${columns}`,
    values: [workerId, count, suspects],
  });
  return rows;
};

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
        AND EXISTS (SELECT 1 FROM workflow_workers WHERE worker_id = $1) RETURNING ${columns}`,
    values: [workerId, executionId],
  });
  return rows[0];
};

/** A claim, told from all others of the same execution. */
export interface Claim {
  execution_id: string;
  fence: number;
}

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
