// The triggers of published workflows as the database keeps them (migration 0004), for the index that each process
// holds in memory; and all that is drawn, for the question why something did not start.
import type { Json } from "@workflow-core/core";
import type { Database, Pool } from "./database.js";
import { type Viewer, visibleTo, type WorkflowStatus } from "./workflows.js";

/** Notified when triggers change; the payload is the community's id. */
export const triggerChannel = "workflow_core_triggers";

export interface TriggerRow {
  workflow_id: string;
  node_id: string;
  version: string;
  community_id: number;
  entity_id: number;
  kind: "command" | "event";
  config: Json;
}

export interface TriggerChanges {
  /** What the next call hands in, so that it misses nothing that was committed after this one looked. */
  horizon: string;
  /** Workflows whose triggers may have changed; their `rows` are all they have now. */
  workflows: ReadonlySet<string>;
  rows: TriggerRow[];
}

type Found = { horizon: string; changed: string | null } & { [K in keyof TriggerRow]: TriggerRow[K] | null };

const columns = "t.workflow_id, t.node_id, t.version, t.community_id, t.entity_id, t.kind, t.config";

/**
 * The triggers that changed since `horizon`, or all of them. A transaction that was under way when the last call looked
 * has a number of at least that call's xmin, so it is found by the next one, however long it took to commit. The
 * statement is not a prepared one, whose plan would be kept from when there were few workflows.
 */
export const readTriggers = async (pool: Pool, horizon?: string): Promise<TriggerChanges> => {
  const seen = `WITH seen AS MATERIALIZED (
    SELECT pg_snapshot_xmin(pg_current_snapshot()) AS horizon, pg_snapshot_xmax(pg_current_snapshot()) AS ahead)`;
  const query =
    horizon === undefined
      ? {
          text: `${seen} SELECT seen.horizon::text, t.workflow_id AS changed, ${columns}
            FROM seen LEFT JOIN workflow_triggers AS t ON true ORDER BY t.workflow_id, t.node_id`,
        }
      : {
          // Not below "ahead" are only numbers from another server: a dump that was restored here.
          text: `${seen} SELECT seen.horizon::text, w.workflow_id AS changed, ${columns} FROM seen
            LEFT JOIN workflows AS w ON w.triggers_changed >= $1::xid8 AND w.triggers_changed < seen.ahead
            LEFT JOIN workflow_triggers AS t ON t.workflow_id = w.workflow_id ORDER BY w.workflow_id, t.node_id`,
          values: [horizon],
        };
  const { rows } = await pool.query<Found>(query);
  return {
    horizon: rows[0]?.horizon ?? "0",
    workflows: new Set(rows.flatMap(({ changed }) => changed ?? [])),
    rows: rows.flatMap(({ horizon: _, changed: __, ...row }) => (isTrigger(row) ? row : [])),
  };
};

const isTrigger = (row: { [K in keyof TriggerRow]: TriggerRow[K] | null }): row is TriggerRow => row.node_id !== null;

/** A trigger as somebody drew it, live or not. */
export interface DrawnTrigger extends TriggerRow {
  name: string;
  status: WorkflowStatus;
  /** Whether the workflow is switched on. */
  enabled: boolean;
  /** Whether the node is. */
  node_enabled: boolean;
  published_version: string | null;
  /** True: from the published version. False: from what is drawn now. */
  published: boolean;
}

const mostDrawn = 5000;

/**
 * The command or event triggers of a community's workflows that the viewer may view: those of published versions, and
 * those that are drawn; 5,000 at most, archived workflows last.
 */
export const drawnTriggers = async (
  database: Database,
  query: { communityId: number; viewer: Viewer; kind: TriggerRow["kind"] },
): Promise<DrawnTrigger[]> => {
  const values: unknown[] = [query.communityId, query.kind];
  const value = (given: unknown) => `$${values.push(given)}`;
  const visible = query.viewer.all === true ? "true" : visibleTo(query.viewer, value);
  const { rows } = await database.primary.query<DrawnTrigger>(
    `SELECT w.workflow_id, w.name, coalesce(w.status, 'draft') AS status, coalesce(w.enabled, true) AS enabled,
       w.community_id, w.entity_id, w.published_version, coalesce(v.version, w.version, '1.0.0') AS version, $2::text AS kind,
       node.published, node.id AS node_id, node.value -> 'config' AS config,
       node.value ->> 'enabled' IS DISTINCT FROM 'false' AS node_enabled
     FROM workflows AS w
     LEFT JOIN workflow_versions AS v ON v.workflow_id = w.workflow_id AND v.version = w.published_version
     CROSS JOIN LATERAL (
       SELECT true AS published, e.key AS id, e.value FROM jsonb_each(CASE jsonb_typeof(v.nodes) WHEN 'object' THEN v.nodes ELSE '{}' END) AS e
       UNION ALL
       SELECT false, e.key, e.value FROM jsonb_each(CASE jsonb_typeof(w.nodes) WHEN 'object' THEN w.nodes ELSE '{}' END) AS e) AS node
     WHERE w.community_id = $1 AND node.value ->> 'node_type' = 'trigger_' || $2 AND ${visible}
     ORDER BY w.status = 'archived', w.workflow_id, node.published DESC, node.id LIMIT ${mostDrawn}`,
    values,
  );
  return rows;
};
