// The columns of a workflow, and how its row becomes the document that people get.
import type { WorkflowGraph } from "@workflow-core/core";
import { WrittenJson } from "../written-json.js";
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

/** The documents are JSON, or text where the columns are cast. */
const columns = (cast: "" | "::text") =>
  `workflow_id, name, description, entity_id, community_id, author_id, coalesce(status, 'draft') AS status,
  coalesce(version, '1.0.0') AS version, published_version, nodes${cast}, connections${cast}, coalesce(global_variables, '{}')${cast} AS global_variables,
  metadata${cast}, coalesce(enabled, true) AS enabled, revision, coalesce(created_at, 'epoch') AS created_at,
  coalesce(updated_at, created_at, 'epoch') AS updated_at, published_at, archived_at`;

export const workflowColumns = columns("");
export const listedColumns = columns("::text");

/** A workflow in a list, its documents as they are written. */
export type ListedWorkflow = Omit<Workflow, Documents> & Record<Documents, WrittenJson>;
type Documents = "nodes" | "connections" | "global_variables" | "metadata";

export type ListedRow = Omit<WorkflowRow, Documents> & Record<Documents, string>;

export const toListed = (row: ListedRow): ListedWorkflow => ({
  ...row,
  ...timesOf(row),
  nodes: new WrittenJson(row.nodes),
  connections: new WrittenJson(row.connections),
  global_variables: new WrittenJson(row.global_variables),
  metadata: new WrittenJson(row.metadata),
});

type Dates = "created_at" | "updated_at" | "published_at" | "archived_at";

export interface WorkflowRow extends Omit<Workflow, Dates> {
  created_at: Date;
  updated_at: Date;
  published_at: Date | null;
  archived_at: Date | null;
}

export const toWorkflow = (row: WorkflowRow): Workflow => ({ ...row, ...timesOf(row) });

const timesOf = (row: Pick<WorkflowRow, Dates>): Pick<Workflow, Dates> => ({
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
