// Versions: what a workflow was when it was published. They never change; publishing and rolling back choose one.
import type { WorkflowGraph } from "@workflow-core/core";
import type pg from "pg";
import { type Database, inTransaction, iso, type Queryable } from "./database.js";
import { holdWorkflow, toWorkflow, type Workflow, type WorkflowRow, workflowColumns } from "./workflow-rows.js";
import type { Together } from "./workflows.js";

/** What people call a version, and why they made it; the only words of a version that may change. */
export interface VersionLabel {
  title: string | null;
  note: string | null;
}

export interface VersionSummary extends VersionLabel {
  workflow_id: string;
  version: string;
  /** 1 for the first one, then 2, 3, … */
  number: number;
  /** The workflow's name and description at that time. */
  name: string | null;
  description: string | null;
  /** Who published it, or kept it. */
  author_id: number | null;
  /** False: never published, only kept when a rollback replaced it. */
  published: boolean;
  created_at: string;
}

export interface WorkflowVersion
  extends VersionSummary,
    Pick<WorkflowGraph, "nodes" | "connections" | "global_variables" | "metadata"> {}

const summary =
  "workflow_id, version, number, name, description, title, note, author_id, published, coalesce(created_at, 'epoch') AS created_at";
const whole = `${summary}, nodes, connections, global_variables, metadata`;

type Dated<T> = Omit<T, "created_at"> & { created_at: Date };

/** All versions of a workflow without their documents, newest first. */
export async function listVersions(database: Database, workflowId: string): Promise<VersionSummary[]> {
  const { rows } = await database
    .read()
    .query<Dated<VersionSummary>>(
      `SELECT ${summary} FROM workflow_versions WHERE workflow_id = $1 ORDER BY number DESC`,
      [workflowId],
    );
  return rows.map((row) => ({ ...row, created_at: iso(row.created_at) }));
}

/** One version with its document; undefined when there is none. */
export async function getVersion(
  database: Database,
  workflowId: string,
  version: string,
): Promise<WorkflowVersion | undefined> {
  return findVersion(database.primary, workflowId, version);
}

async function findVersion(
  client: Queryable,
  workflowId: string,
  version: string,
): Promise<WorkflowVersion | undefined> {
  const { rows } = await client.query<Dated<WorkflowVersion>>({
    name: "version-get",
    text: `SELECT ${whole} FROM workflow_versions WHERE workflow_id = $1 AND version = $2`,
    values: [workflowId, version],
  });
  return rows[0] && { ...rows[0], created_at: iso(rows[0].created_at) };
}

/** Renames a version: what is given is changed, the rest stays. Undefined: there is no such version. */
export async function labelVersion(
  database: Database,
  workflowId: string,
  version: string,
  { title, note }: Partial<VersionLabel>,
): Promise<VersionSummary | undefined> {
  const { rows } = await database.primary.query<Dated<VersionSummary>>(
    `UPDATE workflow_versions SET title = CASE WHEN $3 THEN $4 ELSE title END, note = CASE WHEN $5 THEN $6 ELSE note END
     WHERE workflow_id = $1 AND version = $2 RETURNING ${summary}`,
    [workflowId, version, title !== undefined, title ?? null, note !== undefined, note ?? null],
  );
  return rows[0] && { ...rows[0], created_at: iso(rows[0].created_at) };
}

export interface PublishOptions extends Together {
  /** Who publishes. */
  authorId: number | null;
  /** Of the version that is made. */
  label?: VersionLabel;
}

/**
 * Freezes what is drawn as a new version and makes it the published one, in one transaction. Give the revision that was
 * validated as `expectedRevision`, so that what is published is what was checked. "conflict": it was changed since.
 * Undefined: there is no such workflow, or it is archived.
 */
export async function publishWorkflow(
  database: Database,
  workflowId: string,
  options: PublishOptions,
): Promise<Workflow | "conflict" | undefined> {
  return inTransaction(database.primary, async (client) => {
    const held = await holdWorkflow(client, workflowId, options);
    if (held === undefined || held === "conflict") return held;
    const version = await keep(client, held, { ...options, published: true });
    return change(
      client,
      workflowId,
      "status = 'published', version = $2, published_version = $2, published_at = now()",
      [version],
      options,
    );
  });
}

/** Makes a published workflow a draft again: no trigger starts it any more. Its versions stay. */
export async function unpublishWorkflow(
  database: Database,
  workflowId: string,
  options: Together = {},
): Promise<Workflow | "conflict" | undefined> {
  return inTransaction(database.primary, async (client) => {
    const held = await holdWorkflow(client, workflowId, options);
    if (held === undefined || held === "conflict") return held;
    return change(client, workflowId, "status = 'draft', published_version = NULL, published_at = NULL", [], options);
  });
}

/**
 * Makes an older version the drawn and the published one. What was drawn and is in no version is kept as one that is
 * not published. "no_version": there is no such version; otherwise as `publishWorkflow`.
 */
export async function rollbackWorkflow(
  database: Database,
  workflowId: string,
  version: string,
  options: PublishOptions,
): Promise<Workflow | "conflict" | "no_version" | undefined> {
  return inTransaction(database.primary, async (client) => {
    const held = await holdWorkflow(client, workflowId, options);
    if (held === undefined || held === "conflict") return held;
    const wanted = await findVersion(client, workflowId, version);
    if (wanted === undefined) return "no_version";
    if (!(await isKept(client, workflowId))) await keep(client, held, { authorId: options.authorId, published: false });
    await client.query(
      "UPDATE workflow_versions SET published = true WHERE workflow_id = $1 AND version = $2 AND NOT published",
      [workflowId, version],
    );
    const { rows } = await client.query<WorkflowRow>(
      `UPDATE workflows AS w SET name = coalesce(v.name, w.name), description = v.description, nodes = v.nodes,
         connections = v.connections, global_variables = v.global_variables, metadata = v.metadata, status = 'published',
         version = v.version, published_version = v.version, published_at = now(), updated_at = now(), revision = w.revision + 1
       FROM workflow_versions AS v WHERE w.workflow_id = $1 AND v.workflow_id = $1 AND v.version = $2 RETURNING w.workflow_id`,
      [workflowId, version],
    );
    if (rows.length === 0) throw new Error(`workflow ${workflowId} could not be rolled back`);
    return reread(client, workflowId, options);
  });
}

/** Whether what is drawn is in some version already. */
async function isKept(client: pg.PoolClient, workflowId: string): Promise<boolean> {
  const { rows } = await client.query<{ kept: boolean }>(
    `SELECT EXISTS (SELECT 1 FROM workflow_versions v WHERE v.workflow_id = w.workflow_id AND v.nodes = w.nodes
       AND v.connections = w.connections AND v.global_variables = coalesce(w.global_variables, '{}') AND v.metadata = w.metadata
       AND v.name IS NOT DISTINCT FROM w.name AND v.description IS NOT DISTINCT FROM w.description) AS kept
     FROM workflows w WHERE w.workflow_id = $1`,
    [workflowId],
  );
  return rows[0]?.kept === true;
}

/** Stores what is drawn as the next version and gives its name. Only while the workflow is held. */
async function keep(
  client: pg.PoolClient,
  held: Workflow,
  { authorId, published, label }: Pick<PublishOptions, "authorId" | "label"> & { published: boolean },
): Promise<string> {
  const { rows } = await client.query<{ number: number; version: string }>(
    "SELECT number, version FROM workflow_versions WHERE workflow_id = $1 ORDER BY number DESC LIMIT 1",
    [held.workflow_id],
  );
  const number = (rows[0]?.number ?? 0) + 1;
  const version = nextVersion(rows[0]?.version, number);
  await client.query(
    `INSERT INTO workflow_versions (workflow_id, version, number, name, description, nodes, connections, global_variables, metadata, author_id, published, title, note)
     SELECT workflow_id, $2, $3, name, description, nodes, connections, coalesce(global_variables, '{}'), metadata, $4, $5, $6, $7
     FROM workflows WHERE workflow_id = $1`,
    [held.workflow_id, version, number, authorId, published, label?.title ?? null, label?.note ?? null],
  );
  return version;
}

/** 1.0.0, then one more in the last place. A database from elsewhere may hold names that are no versions: then by number. */
function nextVersion(last: string | undefined, number: number): string {
  const parts = /^(\d{1,5})\.(\d{1,5})\.(\d{1,6})$/.exec(last ?? "");
  return parts === null ? `1.0.${number - 1}` : `${parts[1]}.${parts[2]}.${Number(parts[3]) + 1}`;
}

async function change(
  client: pg.PoolClient,
  workflowId: string,
  assignments: string,
  values: unknown[],
  options: Together,
): Promise<Workflow> {
  await client.query(
    `UPDATE workflows SET ${assignments}, updated_at = now(), revision = revision + 1 WHERE workflow_id = $1`,
    [workflowId, ...values],
  );
  return reread(client, workflowId, options);
}

/** The workflow as this transaction has made it, and what else belongs to the change. */
async function reread(client: pg.PoolClient, workflowId: string, options: Together): Promise<Workflow> {
  const { rows } = await client.query<WorkflowRow>(`SELECT ${workflowColumns} FROM workflows WHERE workflow_id = $1`, [
    workflowId,
  ]);
  if (rows[0] === undefined) throw new Error(`workflow ${workflowId} is gone`);
  const workflow = toWorkflow(rows[0]);
  await options.also?.(client, workflow);
  return workflow;
}
