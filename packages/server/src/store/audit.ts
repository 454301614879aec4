// The audit: who changed what, one row each, in the order in which it happened.
import type { Json } from "@workflow-core/core";
import { type Database, iso } from "./database.js";
import { type Viewer, visibleTo } from "./workflows.js";

/** A row that is not stored yet; `at` is ISO-8601. */
export interface NewAudit {
  at: string;
  action: string;
  /** How the log names who did it. */
  actor: string | null;
  user_id: number | null;
  community_id: number | null;
  workflow_id: string | null;
  execution_id: string | null;
  request_id: string | null;
  summary: Json;
}

export interface AuditRow extends NewAudit {
  audit_id: number;
}

const columns = "at, action, actor, user_id, community_id, workflow_id, execution_id, request_id, summary";

/** Stores rows, in their order, in one statement. */
export async function appendAudit({ primary }: Database, entries: readonly NewAudit[]): Promise<void> {
  await primary.query({
    name: "audit-append",
    text: `INSERT INTO workflow_audit (${columns})
      SELECT ${columns} FROM ROWS FROM (jsonb_to_recordset($1::jsonb) AS (at timestamptz, action varchar, actor varchar,
        user_id integer, community_id integer, workflow_id uuid, execution_id uuid, request_id uuid, summary jsonb))
        WITH ORDINALITY ORDER BY ordinality`,
    values: [JSON.stringify(entries)],
  });
}

export interface AuditQuery {
  /** People see the rows of workflows that they may view, and of their communities where no workflow is named. */
  viewer: Viewer;
  workflowId?: string;
  communityId?: number;
  userId?: number;
  action?: string;
  /** ISO-8601; from here on, and before here. */
  since?: string;
  before?: string;
  page: number;
  perPage: number;
}

/** A page of the audit, the newest first, and how many rows there are in all. */
export async function listAudit(database: Database, query: AuditQuery): Promise<{ rows: AuditRow[]; total: number }> {
  const values: unknown[] = [];
  const value = (given: unknown) => `$${values.push(given)}`;
  const conditions = ["true"];
  if (query.viewer.all !== true) {
    const communities = `${value(query.viewer.community_ids)}::bigint[]`;
    conditions.push(`(CASE WHEN a.workflow_id IS NULL THEN a.community_id = ANY(${communities}) ELSE EXISTS (
      SELECT 1 FROM workflows w WHERE w.workflow_id = a.workflow_id AND ${visibleTo(query.viewer, value)}) END)`);
  }
  if (query.workflowId !== undefined) conditions.push(`a.workflow_id = ${value(query.workflowId)}`);
  if (query.communityId !== undefined) conditions.push(`a.community_id = ${value(query.communityId)}::bigint`);
  if (query.userId !== undefined) conditions.push(`a.user_id = ${value(query.userId)}::bigint`);
  if (query.action !== undefined) conditions.push(`a.action = ${value(query.action)}`);
  if (query.since !== undefined) conditions.push(`a.at >= ${value(query.since)}::timestamptz`);
  if (query.before !== undefined) conditions.push(`a.at < ${value(query.before)}::timestamptz`);
  const filter = `FROM workflow_audit a WHERE ${conditions.join(" AND ")}`;
  const counted = database.read().query<{ total: number }>(`SELECT count(*) AS total ${filter}`, [...values]);
  const page = `LIMIT ${value(query.perPage)} OFFSET ${value((query.page - 1) * query.perPage)}`;
  const listed = database
    .read()
    .query<Omit<AuditRow, "at"> & { at: Date }>(
      `SELECT audit_id, ${columns} ${filter} ORDER BY audit_id DESC ${page}`,
      values,
    );
  const [count, list] = await Promise.all([counted, listed]);
  return { rows: list.rows.map((row) => ({ ...row, at: iso(row.at) })), total: count.rows[0]?.total ?? 0 };
}
