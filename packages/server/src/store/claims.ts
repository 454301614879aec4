// Claiming executions that are due: fair between communities, oldest first within one, each by one worker only.
import type pg from "pg";
import type { EventRecord } from "./flight.js";

export interface ClaimedExecution {
  execution_id: string;
  workflow_id: string;
  workflow_version: string | null;
  community_id: number;
  status: string;
  recoveries: number;
  cancel_requested: { by?: string; reason?: string } | null;
}

const columns =
  "e.execution_id, e.workflow_id, e.workflow_version, e.community_id, e.status, e.recoveries, e.cancel_requested";

/**
 * Claims up to `count` executions that are due. Of the oldest few hundred it takes one of each community in turn, so
 * that a community that floods the queue delays itself only.
 */
export const claimDue = async (pool: pg.Pool, workerId: string, count: number): Promise<ClaimedExecution[]> => {
  const { rows } = await pool.query<ClaimedExecution>({
    name: "executions-claim-due",
    text: `WITH lease AS MATERIALIZED (SELECT 1 FROM workflow_workers WHERE worker_id = $1 FOR SHARE),
      due AS (
        SELECT execution_id, available_at, row_number() OVER (PARTITION BY community_id ORDER BY available_at) AS turn
        FROM (SELECT execution_id, available_at, community_id FROM workflow_executions
          WHERE available_at <= clock_timestamp() AND claimed_by IS NULL ORDER BY available_at LIMIT greatest($2 * 8, 200)) AS oldest),
      chosen AS (
        SELECT e.execution_id FROM workflow_executions AS e JOIN due USING (execution_id)
        WHERE e.claimed_by IS NULL AND e.available_at IS NOT NULL AND EXISTS (SELECT 1 FROM lease)
        ORDER BY due.turn, due.available_at LIMIT $2 FOR UPDATE OF e SKIP LOCKED)
      UPDATE workflow_executions AS e SET claimed_by = $1, available_at = NULL, fence = e.fence + 1, status = 'running'
      FROM chosen WHERE e.execution_id = chosen.execution_id RETURNING ${columns}`,
    values: [workerId, count],
  });
  return rows;
};

/** Claims one execution, due or not, if nobody holds it and it is not over: for cancelling and for timers that are known. */
export const claimOne = async (
  pool: pg.Pool,
  workerId: string,
  executionId: string,
): Promise<ClaimedExecution | undefined> => {
  const { rows } = await pool.query<ClaimedExecution>({
    name: "executions-claim-one",
    text: `UPDATE workflow_executions AS e SET claimed_by = $1, available_at = NULL, fence = e.fence + 1, status = 'running'
      WHERE e.execution_id = $2 AND e.claimed_by IS NULL AND e.available_at IS NOT NULL
        AND EXISTS (SELECT 1 FROM workflow_workers WHERE worker_id = $1) RETURNING ${columns}`,
    values: [workerId, executionId],
  });
  return rows[0];
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

/** Seconds until the next execution is due; undefined when none waits. */
export const secondsUntilDue = async (pool: pg.Pool): Promise<number | undefined> => {
  const { rows } = await pool.query<{ seconds: number | null }>({
    name: "executions-next-due",
    text: `SELECT extract(epoch FROM min(available_at) - clock_timestamp())::float8 AS seconds
      FROM workflow_executions WHERE available_at IS NOT NULL AND claimed_by IS NULL`,
  });
  return rows[0]?.seconds ?? undefined;
};
