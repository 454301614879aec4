// Keeps a workflow's schedules in step with it: whatever publishes, rolls back, switches or archives a workflow changes
// its schedules in the same transaction.
import { type DrawnSchedule, syncSchedules } from "../store/schedule-sync.js";
import type { Together, Workflow } from "../store/workflows.js";
import type { ScheduleTimes } from "./schedule-times.js";
import { zoneName } from "./zone.js";

/** What belongs to every change of a workflow's state, for `also` of the store. */
export const schedulesInStep =
  (times: ScheduleTimes): NonNullable<Together["also"]> =>
  (client, workflow) =>
    syncSchedules(client, workflow, drawnSchedules, times.next);

/** The schedules that the enabled trigger_schedule nodes of a published version draw. */
function drawnSchedules(nodes: Workflow["nodes"]): DrawnSchedule[] {
  return Object.entries(nodes).flatMap(([node_id, node]) => {
    if (node.node_type !== "trigger_schedule" || node.enabled === false) return [];
    const config: Record<string, unknown> = node.config ?? {};
    const { cron_expression, timezone, enabled } = config;
    // It was checked when it was published; what is not text here comes from elsewhere and fires nothing.
    if (typeof cron_expression !== "string") return [];
    const zone = typeof timezone === "string" && timezone.trim() !== "" ? zoneName(timezone.trim()) : null;
    const name = node.label?.trim() || node_id;
    return [{ node_id, name: name.slice(0, 255), cron_expression, timezone: zone, enabled: enabled !== false }];
  });
}
