// Workflows: made, found, changed and archived. Publishing and versions are in versions.ts.
import { randomUUID } from "node:crypto";
import type pg from "pg";
import { idFinder } from "./batches.js";
import { type Database, inTransaction, likeText, type Queryable } from "./database.js";
import {
  type Expectation,
  holdWorkflow,
  type ListedRow,
  type ListedWorkflow,
  listedColumns,
  toListed,
  toWorkflow,
  type Workflow,
  type WorkflowRow,
  type WorkflowStatus,
  workflowColumns,
} from "./workflow-rows.js";

export type { Expectation, Workflow, WorkflowStatus } from "./workflow-rows.js";

export type NewWorkflow = Pick<Workflow, "name" | "entity_id" | "community_id" | "author_id"> &
  Partial<Pick<Workflow, "workflow_id" | "description" | "nodes" | "connections" | "global_variables" | "metadata">>;

/** Stores a new draft; the identifier is drawn here unless it is given. */
export const createWorkflow = ({ primary }: Database, workflow: NewWorkflow): Promise<Workflow> =>
  insertWorkflow(primary, workflow);

/**
 * The same where a community may have `most` that are not archived; undefined when it has them already. Of a community
 * one at a time is made, so that two at once are not both the last.
 */
export const createWorkflowWithin = (
  { primary }: Database,
  workflow: NewWorkflow,
  most: number,
): Promise<Workflow | undefined> =>
  inTransaction(primary, async (client) => {
    await client.query("SELECT pg_advisory_xact_lock($1, $2)", [createLock, workflow.community_id]);
    const made = await countWorkflows(client, workflow.community_id);
    return made >= most ? undefined : insertWorkflow(client, workflow);
  });

const createLock = 7_340_215;

async function insertWorkflow(at: Queryable, workflow: NewWorkflow): Promise<Workflow> {
  const { rows } = await at.query<WorkflowRow>({
    name: "workflow-create",
    text: `INSERT INTO workflows (workflow_id, name, description, entity_id, community_id, author_id, nodes, connections, global_variables, metadata)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING ${workflowColumns}`,
    values: [
      workflow.workflow_id ?? randomUUID(),
      workflow.name,
      workflow.description ?? null,
      workflow.entity_id,
      workflow.community_id,
      workflow.author_id,
      JSON.stringify(workflow.nodes ?? {}),
      JSON.stringify(workflow.connections ?? []),
      JSON.stringify(workflow.global_variables ?? {}),
      JSON.stringify(workflow.metadata ?? {}),
    ],
  });
  return only(rows);
}

/** One workflow, archived or not; undefined when there is none. Read from the primary: permissions hang on it. */
export const getWorkflow = (
  { primary }: Pick<Database, "primary">,
  workflowId: string,
): Promise<Readonly<Workflow> | undefined> => findWorkflow(primary, workflowId);

const findWorkflow = idFinder(
  async (pool, ids) => {
    const { rows } = await pool.query<WorkflowRow>({
      name: "workflows-get",
      text: `SELECT ${workflowColumns} FROM workflows WHERE workflow_id = ANY($1::uuid[])`,
      values: [ids],
    });
    return rows.map(toWorkflow);
  },
  ({ workflow_id }) => workflow_id,
);

/** How many workflows a community has, archived ones not counted. */
export async function countWorkflows(at: Queryable, communityId: number): Promise<number> {
  const { rows } = await at.query<{ total: number }>(
    "SELECT count(*) AS total FROM workflows WHERE community_id = $1::bigint AND status IS DISTINCT FROM 'archived'",
    [communityId],
  );
  return rows[0]?.total ?? 0;
}

/** Who asks for a list: services see all; people what they wrote or may view. */
export type Viewer =
  | { all: true }
  | { all?: false; user_id: number; community_ids: readonly number[]; role_ids: readonly number[] };

export interface WorkflowQuery {
  viewer: Viewer;
  entityId?: number;
  communityId?: number;
  /** Without it, everything but what is archived. */
  status?: WorkflowStatus;
  /** Text in name or description, in any case; nothing in it is a wildcard. */
  search?: string;
  /** From 1. */
  page: number;
  perPage: number;
}

/** A page of workflows, newest change first, and how many there are in all. */
export async function listWorkflows(
  database: Database,
  query: WorkflowQuery,
): Promise<{ rows: ListedWorkflow[]; total: number }> {
  const values: unknown[] = [];
  const value = (given: unknown) => `$${values.push(given)}`;
  const conditions = [
    query.status === undefined ? "w.status IS DISTINCT FROM 'archived'" : `w.status = ${value(query.status)}`,
  ];
  if (query.entityId !== undefined) conditions.push(`w.entity_id = ${value(query.entityId)}::bigint`);
  if (query.communityId !== undefined) conditions.push(`w.community_id = ${value(query.communityId)}::bigint`);
  if (query.search !== undefined && query.search !== "") {
    const pattern = value(likeText(query.search));
    conditions.push(`(w.name ILIKE ${pattern} OR w.description ILIKE ${pattern})`);
  }
  if (query.viewer.all !== true) conditions.push(visibleTo(query.viewer, value));
  const filter = `FROM workflows w WHERE ${conditions.join(" AND ")}`;
  const counted = database.read().query<{ total: number }>(`SELECT count(*) AS total ${filter}`, [...values]);
  const page = `LIMIT ${value(query.perPage)} OFFSET ${value((query.page - 1) * query.perPage)}`;
  const listed = database
    .read()
    .query<ListedRow>(`SELECT ${listedColumns} ${filter} ORDER BY updated_at DESC, workflow_id ${page}`, values);
  const [count, list] = await Promise.all([counted, listed]);
  return { rows: list.rows.map(toListed), total: count.rows[0]?.total ?? 0 };
}

/** The rule of access/permissions for `view`, as a condition: the author, or any row that fits and has the flag. */
export function visibleTo(viewer: Exclude<Viewer, { all: true }>, value: (given: unknown) => string): string {
  // bigint: a number that no column can hold finds nothing instead of failing.
  const user = `${value(viewer.user_id)}::bigint`;
  return `(w.author_id = ${user} OR EXISTS (
    SELECT 1 FROM workflow_permissions p WHERE p.workflow_id = w.workflow_id AND p.can_view AND (
      p.user_id = ${user} OR p.role_id = ANY(${value(viewer.role_ids)}::bigint[])
      OR (p.community_id = w.community_id AND p.community_id = ANY(${value(viewer.community_ids)}::bigint[])))))`;
}

/** Those of some workflows that the viewer may view, from the primary: a right that was taken is gone at once. */
export async function viewableAmong(
  database: Database,
  viewer: Exclude<Viewer, { all: true }>,
  workflowIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const values: unknown[] = [];
  const value = (given: unknown) => `$${values.push(given)}`;
  const { rows } = await database.primary.query<{ workflow_id: string }>(
    `SELECT w.workflow_id FROM workflows w WHERE w.workflow_id = ANY(${value(workflowIds)}::uuid[])
      AND ${visibleTo(viewer, value)}`,
    values,
  );
  return new Set(rows.map(({ workflow_id }) => workflow_id));
}

export type WorkflowChanges = Partial<
  Pick<Workflow, "name" | "description" | "nodes" | "connections" | "global_variables" | "metadata" | "enabled">
>;

const jsonColumns: ReadonlySet<string> = new Set(["nodes", "connections", "global_variables", "metadata"]);
const changeable = ["name", "description", "nodes", "connections", "global_variables", "metadata", "enabled"] as const;

/**
 * Changes what is given and leaves the rest; the published version stays as it is. "conflict": it was changed since
 * the caller saw it. Undefined: there is none, or it is archived.
 */
export async function updateWorkflow(
  database: Database,
  workflowId: string,
  changes: WorkflowChanges,
  options: Together = {},
): Promise<Workflow | "conflict" | undefined> {
  const { also } = options;
  const updated =
    also === undefined
      ? await update(database.primary, workflowId, changes, options)
      : await inTransaction(database.primary, async (client) => {
          const workflow = await update(client, workflowId, changes, options);
          if (workflow !== undefined) await also(client, workflow);
          return workflow;
        });
  if (updated !== undefined) return updated;
  const now = await getWorkflow(database, workflowId);
  return now === undefined || now.status === "archived" ? undefined : "conflict";
}

async function update(
  client: Queryable,
  workflowId: string,
  changes: WorkflowChanges,
  expectation: Expectation,
): Promise<Workflow | undefined> {
  const values: unknown[] = [workflowId, expectation.expectedRevision ?? null];
  const assignments = ["revision = revision + 1", "updated_at = now()"];
  for (const column of changeable) {
    const given = changes[column];
    if (given === undefined) continue;
    values.push(jsonColumns.has(column) ? JSON.stringify(given) : given);
    assignments.push(`${column} = $${values.length}`);
  }
  const { rows } = await client.query<WorkflowRow>(
    `UPDATE workflows SET ${assignments.join(", ")}
     WHERE workflow_id = $1 AND status IS DISTINCT FROM 'archived' AND ($2::bigint IS NULL OR revision = $2) RETURNING ${workflowColumns}`,
    values,
  );
  return rows[0] && toWorkflow(rows[0]);
}

/** What else is to be one with a change of a workflow: its schedules, say. */
export interface Together extends Expectation {
  also?: (client: pg.PoolClient, workflow: Workflow) => Promise<void>;
}

/** Takes a workflow out of use, for good: its triggers end, its executions and versions stay. */
export async function archiveWorkflow(
  database: Database,
  workflowId: string,
  options: Together = {},
): Promise<Workflow | "conflict" | undefined> {
  return inTransaction(database.primary, async (client) => {
    const held = await holdWorkflow(client, workflowId, options);
    if (held === undefined || held === "conflict") return held;
    const { rows } = await client.query<WorkflowRow>(
      `UPDATE workflows SET status = 'archived', enabled = false, archived_at = now(), updated_at = now(), revision = revision + 1
       WHERE workflow_id = $1 RETURNING ${workflowColumns}`,
      [workflowId],
    );
    const workflow = only(rows);
    await options.also?.(client, workflow);
    return workflow;
  });
}

function only(rows: WorkflowRow[]): Workflow {
  if (rows[0] === undefined) throw new Error("the database returned no workflow");
  return toWorkflow(rows[0]);
}
