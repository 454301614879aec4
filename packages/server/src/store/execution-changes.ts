// The executions of a workflow as a stream needs them: how each stands now, found by when something happened to it.
import { type ExecutionStatus, executionStatuses, isFinal } from "@workflow-core/core";
import type { Database } from "./database.js";

/** An execution in few words. Times are milliseconds since 1970. */
export interface ExecutionBrief {
  execution_id: string;
  status: ExecutionStatus;
  /** The trigger that began it. */
  node_id: string | null;
  /** The number of the last stored event; of what is over it is not asked. */
  sequence: number;
  /** When the last of these things happened. */
  at: number;
  start: number;
  end: number | null;
  nodes_executed: number;
  error_message: string | null;
  error_node_id: string | null;
}

const open = executionStatuses.filter((status) => !isFinal(status)).map((status) => `'${status}'`);

const briefs = `SELECT e.execution_id, e.status, e.trigger ->> 'node_id' AS node_id, coalesce(v.sequence, 0) AS sequence,
    extract(epoch FROM greatest(e.start_time AT TIME ZONE 'UTC', e.end_time AT TIME ZONE 'UTC', v.at))::float8 * 1000 AS at,
    extract(epoch FROM e.start_time)::float8 * 1000 AS start, extract(epoch FROM e.end_time)::float8 * 1000 AS end,
    e.nodes_executed, e.error_message, e.error_node_id
  FROM workflow_executions AS e
  LEFT JOIN LATERAL (SELECT sequence, at FROM workflow_execution_events AS v
    WHERE v.execution_id = e.execution_id AND e.end_time IS NULL ORDER BY sequence DESC LIMIT 1) AS v ON true`;

const rounded = (row: ExecutionBrief): ExecutionBrief => ({
  ...row,
  at: Math.round(row.at),
  start: Math.round(row.start),
  end: row.end === null ? null : Math.round(row.end),
});

const iso = (at: number): string => new Date(at).toISOString();

/**
 * Executions of a workflow that are not over, and with `since` also those that began or ended from then on; up to
 * `most` of each kind, the newest. Gives the database's time too.
 */
export const executionsSince = async (
  { primary }: Database,
  workflowId: string,
  since: number | undefined,
  most: number,
): Promise<{ now: number; briefs: ExecutionBrief[] }> => {
  const recent = (column: string) => `UNION (SELECT execution_id FROM workflow_executions
      WHERE workflow_id = $1 AND ${column} >= $3::timestamp ORDER BY ${column} DESC LIMIT $2)`;
  const values: unknown[] = [workflowId, most];
  if (since !== undefined) values.push(iso(since));
  const [clock, found] = await Promise.all([
    primary.query<{ now: number }>("SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS now"),
    primary.query<ExecutionBrief>(
      `${briefs} WHERE e.execution_id IN (
        (SELECT execution_id FROM workflow_executions WHERE workflow_id = $1 AND status IN (${open.join(", ")})
          ORDER BY start_time DESC LIMIT $2)
        ${since === undefined ? "" : `${recent("start_time")} ${recent("end_time")}`})`,
      values,
    ),
  ]);
  return { now: Math.round(clock.rows[0]?.now ?? 0), briefs: found.rows.map(rounded) };
};

/** Those that are named, and up to `most` that began from a time on. */
export const executionsNow = async (
  { primary }: Database,
  workflowId: string,
  executionIds: readonly string[],
  since: number | undefined,
  most: number,
): Promise<ExecutionBrief[]> => {
  const { rows } = await primary.query<ExecutionBrief>({
    name: "executions-now",
    text: `${briefs} WHERE e.workflow_id = $1 AND (e.execution_id = ANY($2::uuid[]) OR e.execution_id IN (
      SELECT execution_id FROM workflow_executions WHERE workflow_id = $1 AND start_time >= $3::timestamp
      ORDER BY start_time DESC LIMIT $4))`,
    values: [workflowId, executionIds, since === undefined ? null : iso(since), most],
  });
  return rows.map(rounded);
};
