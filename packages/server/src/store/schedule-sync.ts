// Keeps the schedules of a workflow in step with it, in the transaction that changes it.
import type pg from "pg";
import type { Queryable } from "./database.js";
import { holdSchedules, insertSchedule, type NewSchedule, type NextRun, rewriteSchedule } from "./schedule-rows.js";
import type { Workflow } from "./workflow-rows.js";

/** A schedule as a node of the published version draws it. */
export type DrawnSchedule = NewSchedule & { node_id: string };

/**
 * Brings a workflow's schedules to its state, in the transaction that changes it: rows of nodes as the published version
 * draws them, and everything set to fire, or not to (S1). `drawnIn` reads the published nodes.
 */
export async function syncSchedules(
  client: pg.PoolClient,
  workflow: Workflow,
  drawnIn: (nodes: Workflow["nodes"]) => DrawnSchedule[],
  next: NextRun,
): Promise<void> {
  const held = await holdSchedules(client, workflow.workflow_id);
  if (held === undefined) {
    await client.query(
      "UPDATE workflow_schedules SET next_run_at = NULL, claim = NULL, claimed_until = NULL WHERE workflow_id = $1",
      [workflow.workflow_id],
    );
    return;
  }
  const nodes = workflow.status === "published" ? await publishedNodes(client, workflow) : undefined;
  const drawn = new Map((nodes === undefined ? [] : drawnIn(nodes)).map((each) => [each.node_id, each]));
  for (const schedule of held.schedules) {
    const { node_id } = schedule;
    const now = node_id === null ? undefined : drawn.get(node_id);
    if (node_id !== null && nodes !== undefined && now === undefined) await drop(client, schedule.schedule_id);
    else await rewriteSchedule(client, schedule, { ...schedule, ...now }, held, next);
    if (node_id !== null) drawn.delete(node_id);
  }
  for (const each of drawn.values()) await insertSchedule(client, workflow.workflow_id, each, held, next);
}

async function publishedNodes(client: Queryable, workflow: Workflow): Promise<Workflow["nodes"]> {
  const { rows } = await client.query<Pick<Workflow, "nodes">>(
    "SELECT nodes FROM workflow_versions WHERE workflow_id = $1 AND version = $2",
    [workflow.workflow_id, workflow.published_version],
  );
  return rows[0]?.nodes ?? {};
}

async function drop(client: Queryable, scheduleId: string): Promise<void> {
  await client.query("DELETE FROM workflow_schedules WHERE schedule_id = $1", [scheduleId]);
}
