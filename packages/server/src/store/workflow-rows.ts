// The columns of a workflow, and how its row becomes the document that people get.
import type { WorkflowGraph } from "@workflow-core/core";
import { iso, isoOrNull, type Queryable } from "./database.js";

export type WorkflowStatus = "draft" | "published" | "archived";

/** A workflow as the REST interface shows it; times are ISO-8601 with Z. */
export interface Workflow {
  workflow_id: string;
  name: string;
  description: string | null;
  entity_id: number;
  community_id: number;
  author_id: number;
  status: WorkflowStatus;
  /** The newest version that was published, or what the first one will be called. */
  version: string;
  /** The version that triggers run; null: none. */
  published_version: string | null;
  nodes: WorkflowGraph["nodes"];
  connections: WorkflowGraph["connections"];
  global_variables: WorkflowGraph["global_variables"];
  metadata: WorkflowGraph["metadata"];
  enabled: boolean;
  /** Grows by one with every change; what ETag and If-Match are made of. */
  revision: number;
  created_at: string;
  updated_at: string;
  published_at: string | null;
  archived_at: string | null;
}

export const workflowColumns = `workflow_id, name, description, entity_id, community_id, author_id, coalesce(status, 'draft') AS status,
  coalesce(version, '1.0.0') AS version, published_version, nodes, connections, coalesce(global_variables, '{}') AS global_variables,
  metadata, coalesce(enabled, true) AS enabled, revision, coalesce(created_at, 'epoch') AS created_at,
  coalesce(updated_at, created_at, 'epoch') AS updated_at, published_at, archived_at`;

type Dates = "created_at" | "updated_at" | "published_at" | "archived_at";

export interface WorkflowRow extends Omit<Workflow, Dates> {
  created_at: Date;
  updated_at: Date;
  published_at: Date | null;
  archived_at: Date | null;
}

export const toWorkflow = (row: WorkflowRow): Workflow => ({
  ...row,
  created_at: iso(row.created_at),
  updated_at: iso(row.updated_at),
  published_at: isoOrNull(row.published_at),
  archived_at: isoOrNull(row.archived_at),
});

/** What a change may ask for: that the workflow is still as the caller saw it. */
export interface Expectation {
  expectedRevision?: number;
}

/**
 * Holds a workflow's row until the transaction ends. Undefined: there is none, or it is archived; "conflict": it was
 * changed since the caller saw it.
 */
export async function holdWorkflow(
  client: Queryable,
  workflowId: string,
  { expectedRevision }: Expectation,
): Promise<Workflow | "conflict" | undefined> {
  const { rows } = await client.query<WorkflowRow>(
    `SELECT ${workflowColumns} FROM workflows WHERE workflow_id = $1 AND status IS DISTINCT FROM 'archived' FOR NO KEY UPDATE`,
    [workflowId],
  );
  if (rows[0] === undefined) return undefined;
  if (expectedRevision !== undefined && rows[0].revision !== expectedRevision) return "conflict";
  return toWorkflow(rows[0]);
}
