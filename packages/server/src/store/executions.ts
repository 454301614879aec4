// Executions as people read them: one, or lists of them; and the wish to cancel one.
import type { ExecutionStatus, Json } from "@workflow-core/core";
import type pg from "pg";
import { idFinder } from "./batches.js";
import { type Database, iso, isoOrNull, type Queryable } from "./database.js";
import type { AcceptRecord, EventRecord } from "./flight-records.js";
import { workChannel } from "./work-channel.js";

export interface ExecutionRow {
  execution_id: string;
  workflow_id: string;
  workflow_version: string | null;
  community_id: number;
  entity_id: number | null;
  status: ExecutionStatus;
  start_time: string;
  end_time: string | null;
  execution_time_seconds: number | null;
  nodes_executed: number;
  error_message: string | null;
  error_node_id: string | null;
  error_type: string | null;
  trigger: Json;
  retried_from: string | null;
  recoveries: number;
  /** When it was last taken over from a worker that had died. */
  recovered_at: string | null;
  cancel_requested: Json;
}

/** With the columns that are filled when it is over. */
export interface ExecutionDetail extends ExecutionRow {
  execution_path: string[];
  node_states: Json;
  final_variables: Json;
  final_output: Json;
}

const brief = `execution_id, workflow_id, workflow_version, community_id, entity_id, status, start_time, end_time, execution_time_seconds,
  nodes_executed, error_message, error_node_id, error_type, trigger, retried_from, recoveries, recovered_at,
  cancel_requested`;

type Stored<T> = Omit<T, "start_time" | "end_time" | "recovered_at"> & {
  start_time: Date;
  end_time: Date | null;
  recovered_at: Date | null;
};

const dated = <T extends ExecutionRow>(row: Stored<T>): T =>
  ({
    ...row,
    ...{
      start_time: iso(row.start_time),
      end_time: isoOrNull(row.end_time),
      recovered_at: isoOrNull(row.recovered_at),
    },
  }) as T;

/** The row of an execution that was accepted and, as far as its columns go, nothing has happened to since. */
export const acceptedRow = (accept: AcceptRecord): ExecutionRow => ({
  execution_id: accept.execution_id,
  workflow_id: accept.workflow_id,
  workflow_version: accept.workflow_version,
  community_id: accept.community_id,
  entity_id: accept.entity_id,
  status: accept.status as ExecutionStatus, // ours
  start_time: accept.start_time,
  end_time: null,
  execution_time_seconds: null,
  nodes_executed: 0,
  error_message: null,
  error_node_id: null,
  error_type: null,
  trigger: JSON.parse(accept.trigger),
  retried_from: accept.retried_from,
  recoveries: 0,
  recovered_at: null,
  cancel_requested: null,
});

/** One execution whole; undefined when there is none. Read from the primary: its state decides things. */
export const getExecution = (
  { primary }: Pick<Database, "primary">,
  executionId: string,
): Promise<Readonly<ExecutionDetail> | undefined> => findExecution(primary, executionId);

const findExecution = idFinder(
  async (pool, ids) => {
    const { rows } = await pool.query<Stored<ExecutionDetail>>({
      name: "executions-get",
      text: `SELECT ${brief}, execution_path, node_states, final_variables, final_output
        FROM workflow_executions WHERE execution_id = ANY($1::uuid[])`,
      values: [ids],
    });
    return rows.map((row) => dated<ExecutionDetail>(row));
  },
  ({ execution_id }) => execution_id,
);

/** What was stored of an execution behind the event of a number, and its status; undefined when there is none. */
export const readOn = async (
  { primary }: Database,
  executionId: string,
  after: number,
): Promise<{ status: ExecutionStatus; records: EventRecord[] } | undefined> => {
  const { rows } = await primary.query<EventRecord & { status: ExecutionStatus; sequence: number | null }>({
    name: "execution-read-on",
    text: `SELECT e.status, v.execution_id, v.sequence, v.type, v.data,
        to_char(v.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at
      FROM workflow_executions AS e
      LEFT JOIN workflow_execution_events AS v ON v.execution_id = e.execution_id AND v.sequence > $2
      WHERE e.execution_id = $1 ORDER BY v.sequence`,
    values: [executionId, after],
  });
  const [first] = rows;
  return first && { status: first.status, records: rows.filter(({ sequence }) => sequence !== null) };
};

export interface ExecutionQuery {
  workflowId: string;
  status?: ExecutionStatus;
  sortBy: "start_time" | "status" | "execution_time";
  descending: boolean;
  page: number;
  perPage: number;
}

/** What is never NULL says nothing of NULLs: only so does it fit an index. */
const orders = {
  start_time: { descending: "start_time DESC", ascending: "start_time" },
  status: { descending: "status DESC", ascending: "status" },
  execution_time: {
    descending: "execution_time_seconds DESC NULLS LAST",
    ascending: "execution_time_seconds ASC NULLS LAST",
  },
} as const;

/** A page of a workflow's executions, and how many there are in all. */
export const listExecutions = async (
  pool: Queryable,
  query: ExecutionQuery,
): Promise<{ rows: ExecutionRow[]; total: number }> => {
  const order = orders[query.sortBy][query.descending ? "descending" : "ascending"];
  const filter = "workflow_id = $1 AND ($2::text IS NULL OR status = $2)";
  const values = [query.workflowId, query.status ?? null];
  const [list, count] = await Promise.all([
    pool.query<Stored<ExecutionRow>>(
      `SELECT ${brief} FROM workflow_executions WHERE ${filter} ORDER BY ${order}, execution_id LIMIT $3 OFFSET $4`,
      [...values, query.perPage, (query.page - 1) * query.perPage],
    ),
    pool.query<{ total: number }>(`SELECT count(*) AS total FROM workflow_executions WHERE ${filter}`, values),
  ]);
  return { rows: list.rows.map((row) => dated<ExecutionRow>(row)), total: count.rows[0]?.total ?? 0 };
};

/**
 * Notes that an execution is to be cancelled and makes it due, so that a worker looks at it whether it waits or runs.
 * Gives the worker that holds it, if any; "over" when it has ended, undefined when there is none.
 */
export const requestCancel = async (
  pool: pg.Pool,
  executionId: string,
  wish: { by: string; reason?: string },
): Promise<{ holder: string | null } | "over" | undefined> => {
  const { rows } = await pool.query<{ holder: string | null; over: boolean }>({
    name: "execution-request-cancel",
    text: `WITH wish AS (
        UPDATE workflow_executions SET cancel_requested = coalesce(cancel_requested, $2::jsonb),
          available_at = CASE WHEN claimed_by IS NULL THEN clock_timestamp() END
        WHERE execution_id = $1 AND status IN ('queued', 'running', 'waiting') RETURNING claimed_by)
      SELECT claimed_by AS holder, false AS over, pg_notify('${workChannel}', $3)::text FROM wish
      UNION ALL SELECT NULL, true, NULL FROM workflow_executions WHERE execution_id = $1 AND NOT EXISTS (SELECT 1 FROM wish)`,
    values: [executionId, JSON.stringify(wish), JSON.stringify({ cancel: executionId, ...wish })],
  });
  const row = rows[0];
  if (!row) return undefined;
  return row.over ? "over" : { holder: row.holder };
};
