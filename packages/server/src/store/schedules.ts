// Schedules as people make, read and change them. A row with a node_id says what that node of the published version
// says; only `paused` is said by hand.
import { type Database, inTransaction } from "./database.js";
import {
  holdSchedules,
  insertSchedule,
  type NewSchedule,
  type NextRun,
  rewriteSchedule,
  type Schedule,
  type ScheduleRow,
  scheduleColumns,
  toSchedule,
} from "./schedule-rows.js";

export type { NewSchedule, NextRun, Schedule, Timing } from "./schedule-rows.js";

/** A page of a workflow's schedules, oldest first, and how many there are in all. */
export async function listSchedules(
  database: Database,
  workflowId: string,
  { page, perPage }: { page: number; perPage: number },
): Promise<{ rows: Schedule[]; total: number }> {
  const all = "FROM workflow_schedules WHERE workflow_id = $1";
  const [list, count] = await Promise.all([
    database
      .read()
      .query<ScheduleRow>(`SELECT ${scheduleColumns} ${all} ORDER BY created_at, schedule_id LIMIT $2 OFFSET $3`, [
        workflowId,
        perPage,
        (page - 1) * perPage,
      ]),
    database.read().query<{ total: number }>(`SELECT count(*) AS total ${all}`, [workflowId]),
  ]);
  return { rows: list.rows.map(toSchedule), total: count.rows[0]?.total ?? 0 };
}

/** One schedule of a workflow; undefined when it has none of this id. Read from the primary. */
export async function getSchedule(
  database: Database,
  workflowId: string,
  scheduleId: string,
): Promise<Schedule | undefined> {
  const { rows } = await database.primary.query<ScheduleRow>(
    `SELECT ${scheduleColumns} FROM workflow_schedules WHERE workflow_id = $1 AND schedule_id = $2`,
    [workflowId, scheduleId],
  );
  return rows[0] && toSchedule(rows[0]);
}

/** Stores a schedule that is made by hand. Undefined: there is no such workflow, or it is archived. */
export async function addSchedule(
  database: Database,
  workflowId: string,
  schedule: NewSchedule,
  next: NextRun,
): Promise<Schedule | undefined> {
  return inTransaction(database.primary, async (client) => {
    const held = await holdSchedules(client, workflowId);
    if (held === undefined) return undefined;
    return insertSchedule(client, workflowId, { ...schedule, node_id: null }, held, next);
  });
}

export type ScheduleChanges = Partial<NewSchedule & Pick<Schedule, "paused">>;

/**
 * Changes what is given and leaves the rest. A change of its times, or of whether it may fire, makes it begin anew (S2).
 * "drawn": it belongs to a node, and something else than `paused` was given. Undefined: there is no such schedule.
 */
export async function changeSchedule(
  database: Database,
  workflowId: string,
  scheduleId: string,
  changes: ScheduleChanges,
  next: NextRun,
): Promise<Schedule | "drawn" | undefined> {
  return inTransaction(database.primary, async (client) => {
    const held = await holdSchedules(client, workflowId);
    const found = held?.schedules.find((each) => each.schedule_id === scheduleId);
    if (held === undefined || found === undefined) return undefined;
    if (found.node_id !== null && Object.keys(changes).some((name) => name !== "paused")) return "drawn";
    return rewriteSchedule(client, found, { ...found, ...changes }, held, next);
  });
}

/** Removes a schedule that was made by hand; its executions stay. */
export async function removeSchedule(
  database: Database,
  workflowId: string,
  scheduleId: string,
): Promise<boolean | "drawn"> {
  const { rows } = await database.primary.query<{ removed: boolean }>(
    `WITH gone AS (DELETE FROM workflow_schedules WHERE workflow_id = $1 AND schedule_id = $2 AND node_id IS NULL RETURNING 1)
     SELECT EXISTS (SELECT 1 FROM gone) AS removed FROM workflow_schedules WHERE workflow_id = $1 AND schedule_id = $2`,
    [workflowId, scheduleId],
  );
  return rows[0] === undefined ? false : rows[0].removed || "drawn";
}
