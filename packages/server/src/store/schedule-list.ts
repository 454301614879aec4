// The schedules of all workflows that somebody may view, with what stands in the way of those that cannot fire.
import type { Database } from "./database.js";
import { type Schedule, type ScheduleRow, scheduleColumns, toSchedule } from "./schedule-rows.js";
import { type Viewer, visibleTo } from "./workflows.js";

/** Why a schedule does not fire; null: it does. */
export type Obstacle = "off" | "paused" | "not_published" | "workflow_off" | "no_more_times" | null;

export interface ListedSchedule extends Schedule {
  workflow_name: string;
  community_id: number;
  obstacle: Obstacle;
}

export interface ScheduleListQuery {
  viewer: Viewer;
  communityId?: number;
  /** From 1. */
  page: number;
  perPage: number;
}

type Listed = ScheduleRow & Pick<ListedSchedule, "workflow_name" | "community_id" | "obstacle">;

const obstacle = `CASE WHEN NOT coalesce(s.enabled, true) THEN 'off' WHEN s.paused THEN 'paused'
  WHEN w.status IS DISTINCT FROM 'published' OR w.published_version IS NULL THEN 'not_published'
  WHEN NOT coalesce(w.enabled, true) THEN 'workflow_off' WHEN s.next_run_at IS NULL THEN 'no_more_times' END`;

/** A page of schedules, those that fire next first, and how many there are in all. Archived workflows have none. */
export async function listAllSchedules(
  database: Database,
  query: ScheduleListQuery,
): Promise<{ rows: ListedSchedule[]; total: number }> {
  const values: unknown[] = [];
  const value = (given: unknown) => `$${values.push(given)}`;
  const conditions = ["w.status IS DISTINCT FROM 'archived'"];
  if (query.communityId !== undefined) conditions.push(`w.community_id = ${value(query.communityId)}::bigint`);
  if (query.viewer.all !== true) conditions.push(visibleTo(query.viewer, value));
  const from = `FROM workflow_schedules AS s JOIN workflows AS w USING (workflow_id) WHERE ${conditions.join(" AND ")}`;
  const counted = database.read().query<{ total: number }>(`SELECT count(*) AS total ${from}`, [...values]);
  const page = `LIMIT ${value(query.perPage)} OFFSET ${value((query.page - 1) * query.perPage)}`;
  const listed = database.read().query<Listed>(
    `SELECT ${scheduleColumns}, workflow_name, community_id, obstacle
       FROM (SELECT s.*, w.name AS workflow_name, w.community_id, ${obstacle} AS obstacle ${from}) AS found
       ORDER BY next_run_at NULLS LAST, name, schedule_id ${page}`,
    values,
  );
  const [count, list] = await Promise.all([counted, listed]);
  return { rows: list.rows.map((row) => ({ ...row, ...toSchedule(row) })), total: count.rows[0]?.total ?? 0 };
}
