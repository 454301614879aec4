// Schedules that are due: claimed by one process at a time, settled when their executions are stored.
//
// D1. A claim only keeps others from trying at the same time; that a fire time starts one execution is the unique key
//     of executions. So a claimer that dies, or is too slow, harms nothing: the next one finds what was started.
// D2. Settling is one statement for all, and counts only under the claim that still stands: each fire time once.
// D3. The database's clock says what is due.
import type { Database } from "./database.js";
import type { NextRun, Timing } from "./schedules.js";

export interface DueSchedule extends Timing {
  schedule_id: string;
  workflow_id: string;
  node_id: string | null;
  name: string;
  /** The first fire time that was not settled, ms since 1970. */
  due: number;
  /** The same as the database writes it: what `settleSchedules` compares. */
  due_text: string;
  /** Whether its workflow is published and enabled. */
  live: boolean;
  community_id: number;
  entity_id: number;
  published_version: string | null;
  /** Executions of it that are not over. */
  unfinished: number;
  /** The database's time, ms since 1970. */
  now: number;
}

const utcNow = "(statement_timestamp() AT TIME ZONE 'UTC')";
const claimable = `enabled = true AND NOT paused AND next_run_at IS NOT NULL
  AND (claimed_until IS NULL OR claimed_until < statement_timestamp())`;

/** Claims up to `count` schedules that are due, the longest due first, for `seconds`. */
export async function claimSchedules(
  database: Database,
  claim: string,
  count: number,
  seconds: number,
): Promise<DueSchedule[]> {
  const { rows } = await database.primary.query<DueSchedule>({
    name: "schedules-claim",
    text: `WITH due AS MATERIALIZED (
        SELECT schedule_id FROM workflow_schedules WHERE next_run_at <= ${utcNow} AND ${claimable}
        ORDER BY next_run_at, schedule_id LIMIT $2 FOR UPDATE SKIP LOCKED),
      claimed AS (
        UPDATE workflow_schedules AS s SET claim = $1, claimed_until = clock_timestamp() + make_interval(secs => $3)
        FROM due WHERE s.schedule_id = due.schedule_id RETURNING s.*)
      SELECT c.schedule_id, c.workflow_id, c.node_id, c.name, c.cron_expression, c.timezone, c.next_run_at::text AS due_text,
        (extract(epoch FROM c.next_run_at) * 1000)::float8 AS due, w.community_id, w.entity_id, w.published_version,
        w.status = 'published' AND w.published_version IS NOT NULL AND coalesce(w.enabled, true) AS live,
        (SELECT count(*) FROM workflow_executions AS e WHERE e.dedupe_source = 'schedule:' || c.schedule_id
          AND e.dedupe_source LIKE 'schedule:%' AND e.end_time IS NULL) AS unfinished,
        (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now
      FROM claimed AS c JOIN workflows AS w USING (workflow_id) ORDER BY c.next_run_at, c.schedule_id`,
    values: [claim, count, seconds],
  });
  return rows;
}

/** What came of a claimed schedule. */
export interface Settlement {
  schedule_id: string;
  due_text: string;
  /** ISO-8601; null: it will not fire again by itself. */
  next_run_at: string | null;
  /** Executions that were started. */
  runs: number;
  /** Of the last one that was started. */
  last_run_at: string | null;
  last_execution_id: string | null;
  /** The last fire time that started nothing, and why. */
  last_skip_at: string | null;
  last_skip_reason: string | null;
}

/** Stores what came of a claim, unless it stands no more (D2). Times that were changed meanwhile stay as they are. */
export async function settleSchedules(
  database: Database,
  claim: string,
  settlements: readonly Settlement[],
): Promise<void> {
  const column = <K extends keyof Settlement>(name: K) => settlements.map((each) => each[name]);
  await database.primary.query({
    name: "schedules-settle",
    // Rows are taken in the order in which everybody takes them, so nobody waits in a circle.
    text: `WITH held AS MATERIALIZED (
        SELECT schedule_id FROM workflow_schedules WHERE schedule_id = ANY($2::uuid[]) AND claim = $1 ORDER BY schedule_id FOR UPDATE)
      UPDATE workflow_schedules AS s SET claim = NULL, claimed_until = NULL,
        next_run_at = CASE WHEN s.next_run_at = r.due THEN r.next ELSE s.next_run_at END,
        run_count = coalesce(s.run_count, 0) + r.runs, last_run_at = coalesce(r.ran, s.last_run_at),
        last_execution_id = coalesce(r.execution, s.last_execution_id),
        last_skip_at = coalesce(r.skipped, s.last_skip_at), last_skip_reason = coalesce(r.reason, s.last_skip_reason)
      FROM unnest($2::uuid[], $3::timestamp[], $4::timestamp[], $5::integer[], $6::timestamp[], $7::uuid[], $8::timestamp[], $9::text[])
        AS r(id, due, next, runs, ran, execution, skipped, reason)
      JOIN held ON held.schedule_id = r.id WHERE s.schedule_id = r.id`,
    values: [
      claim,
      ...[column("schedule_id"), column("due_text"), column("next_run_at"), column("runs"), column("last_run_at")],
      ...[column("last_execution_id"), column("last_skip_at"), column("last_skip_reason")],
    ],
  });
}

/** A run by hand counts like any other. */
export async function countRun(
  database: Database,
  scheduleId: string,
  run: { at: string; executionId: string },
): Promise<void> {
  await database.primary.query(
    `UPDATE workflow_schedules SET run_count = coalesce(run_count, 0) + 1, last_run_at = $2, last_execution_id = $3
     WHERE schedule_id = $1`,
    [scheduleId, run.at, run.executionId],
  );
}

/** Seconds until the next schedule is due, not above 0 when one is; undefined when none waits. */
export async function secondsUntilSchedule(database: Database): Promise<number | undefined> {
  const { rows } = await database.primary.query<{ seconds: number }>({
    name: "schedules-next-due",
    text: `SELECT extract(epoch FROM next_run_at - ${utcNow})::float8 AS seconds FROM workflow_schedules
      WHERE ${claimable} ORDER BY next_run_at LIMIT 1`,
  });
  return rows[0]?.seconds;
}

interface Future extends Timing {
  schedule_id: string;
  /** As the database writes it. */
  next_run_at: string | null;
  now: number;
}

/**
 * Calculates anew what is still to come: SCHEDULER_TIMEZONE, or the rules of a zone, may have changed since, and rows of
 * other programs may lack it. What is due is left alone. Gives the number of rows that changed, and those that `next`
 * could not read.
 */
export async function refreshSchedules(
  database: Database,
  next: NextRun,
): Promise<{ changed: number; broken: string[] }> {
  const broken: string[] = [];
  let changed = 0;
  for (let after = "00000000-0000-0000-0000-000000000000"; ; ) {
    const { rows } = await database.primary.query<Future>(
      `SELECT s.schedule_id, s.cron_expression, s.timezone, s.next_run_at::text AS next_run_at,
         (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now
       FROM workflow_schedules AS s JOIN workflows AS w USING (workflow_id)
       WHERE s.schedule_id > $1 AND s.enabled AND NOT s.paused AND (s.next_run_at IS NULL OR s.next_run_at > ${utcNow})
         AND w.status = 'published' AND w.published_version IS NOT NULL AND coalesce(w.enabled, true)
       ORDER BY s.schedule_id LIMIT 500`,
      [after],
    );
    const last = rows.at(-1);
    if (last === undefined) return { changed, broken };
    after = last.schedule_id;
    changed += await refreshRows(database, rows, next, broken);
  }
}

async function refreshRows(database: Database, rows: Future[], next: NextRun, broken: string[]): Promise<number> {
  const planned = rows.flatMap((row) => {
    try {
      const time = next(row, row.now);
      return [{ ...row, next: time === undefined ? null : new Date(time).toISOString() }];
    } catch {
      broken.push(row.schedule_id);
      return [];
    }
  });
  const { rowCount } = await database.primary.query(
    `UPDATE workflow_schedules AS s SET next_run_at = r.next FROM unnest($1::uuid[], $2::timestamp[], $3::timestamp[]) AS r(id, old, next)
     WHERE s.schedule_id = r.id AND s.next_run_at IS NOT DISTINCT FROM r.old AND s.next_run_at IS DISTINCT FROM r.next`,
    [
      planned.map(({ schedule_id }) => schedule_id),
      planned.map(({ next_run_at }) => next_run_at),
      planned.map((row) => row.next),
    ],
  );
  return rowCount ?? 0;
}
