// What is not over: how much of it stands in line, runs and waits in each community, and what it is.
import type { ExecutionStatus } from "@workflow-core/core";
import { type Database, iso, isoOrNull, type Queryable } from "./database.js";
import { type Viewer, visibleTo } from "./workflows.js";

export interface CommunityQueue {
  community_id: number;
  /** Accepted; nothing has begun. */
  queued: number;
  running: number;
  /** In a delay, a retry or a merge: it holds no worker. */
  waiting: number;
  /** Of all of these: could go on now and no worker has taken it. */
  due: number;
  oldest_due_at: string | null;
}

export interface QueuedExecution {
  execution_id: string;
  workflow_id: string;
  workflow_name: string;
  community_id: number;
  status: ExecutionStatus;
  start_time: string;
  /** When it goes on, or could have gone on since; null: a worker has it in hand. */
  due_at: string | null;
}

export interface Workers {
  processes: number;
  /** Executions that they take together, and have in hand. */
  slots: number;
  in_hand: number;
}

const unfinished = "e.status IN ('queued', 'running', 'waiting')";
const due = "e.claimed_by IS NULL AND e.available_at <= statement_timestamp()";

interface Filter {
  viewer: Viewer;
  communityId?: number;
}

const filtered = ({ viewer, communityId }: Filter, value: (given: unknown) => string): string => {
  const conditions = [unfinished];
  if (communityId !== undefined) conditions.push(`w.community_id = ${value(communityId)}::bigint`);
  if (viewer.all !== true) conditions.push(visibleTo(viewer, value));
  return `FROM workflow_executions AS e JOIN workflows AS w USING (workflow_id) WHERE ${conditions.join(" AND ")}`;
};

/** Of the workflows that the viewer may view, by community. */
export const queueByCommunity = async (database: Database, filter: Filter): Promise<CommunityQueue[]> => {
  const values: unknown[] = [];
  const from = filtered(filter, (given) => `$${values.push(given)}`);
  const { rows } = await database.primary.query<Omit<CommunityQueue, "oldest_due_at"> & { oldest_due_at: Date | null }>(
    `SELECT w.community_id, count(*) FILTER (WHERE e.status = 'queued') AS queued,
       count(*) FILTER (WHERE e.status = 'running') AS running, count(*) FILTER (WHERE e.status = 'waiting') AS waiting,
       count(*) FILTER (WHERE ${due}) AS due, min(e.available_at) FILTER (WHERE ${due}) AS oldest_due_at
     ${from} GROUP BY w.community_id ORDER BY due DESC, w.community_id`,
    values,
  );
  return rows.map((row) => ({ ...row, oldest_due_at: isoOrNull(row.oldest_due_at) }));
};

/** A page of what is not over, the longest accepted first, and how many there are in all. */
export const listQueue = async (
  database: Database,
  filter: Filter & { page: number; perPage: number },
): Promise<{ rows: QueuedExecution[]; total: number }> => {
  const values: unknown[] = [];
  const value = (given: unknown) => `$${values.push(given)}`;
  const from = filtered(filter, value);
  const counted = database.primary.query<{ total: number }>(`SELECT count(*) AS total ${from}`, [...values]);
  const page = `LIMIT ${value(filter.perPage)} OFFSET ${value((filter.page - 1) * filter.perPage)}`;
  const listed = database.primary.query<
    Omit<QueuedExecution, "start_time" | "due_at"> & { start_time: Date; due_at: Date | null }
  >(
    `SELECT e.execution_id, e.workflow_id, w.name AS workflow_name, w.community_id, e.status, e.start_time,
       CASE WHEN e.claimed_by IS NULL THEN e.available_at END AS due_at
     ${from} ORDER BY e.start_time, e.execution_id ${page}`,
    values,
  );
  const [count, list] = await Promise.all([counted, listed]);
  const rows = list.rows.map((row) => ({
    ...row,
    ...{ start_time: iso(row.start_time), due_at: isoOrNull(row.due_at) },
  }));
  return { rows, total: count.rows[0]?.total ?? 0 };
};

/** All workers that live, over all processes and machines. */
export const countWorkers = async (pool: Queryable): Promise<Workers> => {
  const { rows } = await pool.query<Workers>(
    `SELECT count(*)::integer AS processes, coalesce(sum(slots), 0)::integer AS slots,
       (SELECT count(*)::integer FROM workflow_executions AS e WHERE e.claimed_by IS NOT NULL AND e.status = 'running') AS in_hand
     FROM workflow_workers WHERE slots > 0`,
  );
  return rows[0] ?? { processes: 0, slots: 0, in_hand: 0 };
};
