// The row of a schedule: its document, and when it fires next.
//
// S1. next_run_at is set exactly while a schedule can fire: it is enabled and not paused, and its workflow is published
//     and enabled. Whoever changes one of these changes next_run_at in the same transaction.
// S2. What may fire again begins with the next time from now on: times that passed meanwhile are not made up for.
import { randomUUID } from "node:crypto";
import { iso, isoOrNull, type Queryable } from "./database.js";

export interface Schedule {
  schedule_id: string;
  workflow_id: string;
  /** The trigger_schedule node that it stands for; null: made by hand. */
  node_id: string | null;
  name: string;
  cron_expression: string;
  /** Null: SCHEDULER_TIMEZONE. */
  timezone: string | null;
  enabled: boolean;
  paused: boolean;
  /** Null while it cannot fire (S1). */
  next_run_at: string | null;
  last_run_at: string | null;
  run_count: number;
  last_execution_id: string | null;
  /** The last fire time that started nothing, and why. */
  last_skip_at: string | null;
  last_skip_reason: string | null;
  created_at: string;
  updated_at: string;
}

/** What says when a schedule fires. */
export type Timing = Pick<Schedule, "cron_expression" | "timezone">;

/** The first time of a schedule after an instant (ms since 1970); undefined: none. */
export type NextRun = (timing: Timing, after: number) => number | undefined;

type Dates = "next_run_at" | "last_run_at" | "last_skip_at" | "created_at" | "updated_at";
export type ScheduleRow = Omit<Schedule, Dates> & {
  [K in Dates]: K extends "created_at" | "updated_at" ? Date : Date | null;
};

export const scheduleColumns = `schedule_id, workflow_id, node_id, name, cron_expression, timezone, coalesce(enabled, true) AS enabled, paused,
  next_run_at, last_run_at, coalesce(run_count, 0) AS run_count, last_execution_id, last_skip_at, last_skip_reason,
  coalesce(created_at, 'epoch') AS created_at, coalesce(updated_at, created_at, 'epoch') AS updated_at`;

export const toSchedule = (row: ScheduleRow): Schedule => ({
  ...row,
  next_run_at: isoOrNull(row.next_run_at),
  last_run_at: isoOrNull(row.last_run_at),
  last_skip_at: isoOrNull(row.last_skip_at),
  created_at: iso(row.created_at),
  updated_at: iso(row.updated_at),
});

export type NewSchedule = Pick<Schedule, "name" | "cron_expression" | "timezone" | "enabled">;

/** A workflow and its schedules, held by a transaction. */
export interface Held {
  /** Whether the workflow lets its schedules fire. */
  live: boolean;
  /** The database's time, ms since 1970. */
  now: number;
  schedules: Schedule[];
}

/** Holds the workflow and its schedules until the transaction ends. Undefined: there is none, or it is archived. */
export async function holdSchedules(client: Queryable, workflowId: string): Promise<Held | undefined> {
  const { rows } = await client.query<{ live: boolean; now: number }>(
    `SELECT status = 'published' AND published_version IS NOT NULL AND coalesce(enabled, true) AS live,
       (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now
     FROM workflows WHERE workflow_id = $1 AND status IS DISTINCT FROM 'archived' FOR NO KEY UPDATE`,
    [workflowId],
  );
  if (rows[0] === undefined) return undefined;
  const { rows: schedules } = await client.query<ScheduleRow>(
    `SELECT ${scheduleColumns} FROM workflow_schedules WHERE workflow_id = $1 ORDER BY schedule_id FOR UPDATE`,
    [workflowId],
  );
  return { ...rows[0], schedules: schedules.map(toSchedule) };
}

type Timed = Timing & Pick<Schedule, "enabled" | "paused">;

/** S1, S2. */
const nextOf = (schedule: Timed, { live, now }: Held, next: NextRun): string | null => {
  const time = live && schedule.enabled && !schedule.paused ? next(schedule, now) : undefined;
  return time === undefined ? null : new Date(time).toISOString();
};

/** Stores a new row. */
export async function insertSchedule(
  client: Queryable,
  workflowId: string,
  schedule: NewSchedule & { node_id: string | null },
  held: Held,
  next: NextRun,
): Promise<Schedule> {
  const { node_id, name, cron_expression, timezone, enabled } = schedule;
  const { rows } = await client.query<ScheduleRow>(
    `INSERT INTO workflow_schedules (schedule_id, workflow_id, node_id, name, cron_expression, timezone, enabled, next_run_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING ${scheduleColumns}`,
    [
      ...[randomUUID(), workflowId, node_id, name, cron_expression, timezone, enabled],
      nextOf({ ...schedule, paused: false }, held, next),
    ],
  );
  if (rows[0] === undefined) throw new Error("the database returned no schedule");
  return toSchedule(rows[0]);
}

/** Stores `after` in place of `before`. Whatever is due already stays due, unless its times changed. */
export async function rewriteSchedule(
  client: Queryable,
  before: Schedule,
  after: Schedule,
  held: Held,
  next: NextRun,
): Promise<Schedule> {
  const fires = held.live && after.enabled && !after.paused;
  const same = before.cron_expression === after.cron_expression && before.timezone === after.timezone;
  const kept = fires && same && before.next_run_at !== null;
  const nextRunAt = kept ? before.next_run_at : nextOf(after, held, next);
  const { rows } = await client.query<ScheduleRow>(
    `UPDATE workflow_schedules SET name = $2, cron_expression = $3, timezone = $4, enabled = $5, paused = $6,
       next_run_at = CASE WHEN $8 THEN next_run_at ELSE $7::timestamp END,
       updated_at = CASE WHEN (name, cron_expression, timezone, enabled, paused) IS DISTINCT FROM
         ($2::varchar, $3::varchar, $4::varchar, $5::boolean, $6::boolean) THEN now() ELSE updated_at END
     WHERE schedule_id = $1 RETURNING ${scheduleColumns}`,
    [
      before.schedule_id,
      after.name,
      after.cron_expression,
      after.timezone,
      after.enabled,
      after.paused,
      nextRunAt,
      kept,
    ],
  );
  return toSchedule(rows[0] as ScheduleRow); // held, so it is there
}
