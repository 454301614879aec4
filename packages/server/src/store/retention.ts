// Removing what is kept no longer, in small bites: each is a short transaction of its own that takes only rows which
// nobody else has in hand, so it never makes anybody wait.
//
// G1. One process at a time: each bite holds a lock of the whole database, and gives up at once when another has it.
// G2. An execution goes with all of its events or not at all; its events may go before it.
// G3. What is not over is never touched.
import { inTransaction, type Pool, type Queryable } from "./database.js";

/** Every program that removes things from this kind of database uses this lock. */
const LOCK = 7_406_318_251;

/** Rows that one statement removes at most, and executions of one bite. */
const rowsAtOnce = 500;
const executionsAtOnce = 50;

const over = "status IN ('completed', 'failed', 'cancelled', 'timed_out')";
/** The guide's columns hold UTC without saying so. */
const utcNow = "(statement_timestamp() AT TIME ZONE 'UTC')";

/** What a bite came to: how many rows are gone, or that another process is at it. */
export type Bite = number | "busy";

/** Runs one bite alone (G1). */
const alone = (pool: Pool, bite: (client: Queryable) => Promise<number>): Promise<Bite> =>
  inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ mine: boolean }>("SELECT pg_try_advisory_xact_lock($1) AS mine", [LOCK]);
    return rows[0]?.mine === true ? bite(client) : "busy";
  });

/** Removes the events of executions; gives how many. */
async function removeEvents(client: Queryable, ids: readonly string[]): Promise<number> {
  let gone = rowsAtOnce;
  let all = 0;
  while (gone === rowsAtOnce) {
    const { rowCount } = await client.query(
      `DELETE FROM workflow_execution_events WHERE (execution_id, sequence) IN (
         SELECT execution_id, sequence FROM workflow_execution_events WHERE execution_id = ANY($1::uuid[]) LIMIT ${rowsAtOnce})`,
      [ids],
    );
    gone = rowCount ?? 0;
    all += gone;
  }
  return all;
}

/** Removes executions with their events (G2); `found` are rows that are locked already. */
async function removeExecutions(client: Queryable, found: readonly { execution_id: string }[]): Promise<number> {
  const ids = found.map(({ execution_id }) => execution_id);
  if (ids.length === 0) return 0;
  await removeEvents(client, ids);
  await client.query("DELETE FROM workflow_executions WHERE execution_id = ANY($1::uuid[])", [ids]);
  return ids.length;
}

/** Removes some executions that ended more than so many days ago; 0: there are no more. */
export const removeOldExecutions = (pool: Pool, days: number): Promise<Bite> =>
  alone(pool, async (client) => {
    const { rows } = await client.query<{ execution_id: string }>(
      `SELECT execution_id FROM workflow_executions
       WHERE end_time < ${utcNow} - make_interval(days => $1) AND ${over}
       ORDER BY end_time LIMIT ${executionsAtOnce} FOR UPDATE SKIP LOCKED`,
      [days],
    );
    return removeExecutions(client, rows);
  });

/** How far compaction has come: the end of the last execution whose events are gone. */
export interface Compacted {
  until: Date | null;
}

/** Removes the events of some executions that ended more than so many days ago, from `done` on, and carries it forward. */
export const removeOldEvents = (pool: Pool, days: number, done: Compacted): Promise<Bite> =>
  alone(pool, async (client) => {
    const { rows } = await client.query<{ execution_id: string; end_time: Date }>(
      `SELECT execution_id, end_time FROM workflow_executions AS e
       WHERE end_time < ${utcNow} - make_interval(days => $1) AND ($2::timestamp IS NULL OR end_time >= $2::timestamp) AND ${over}
         AND EXISTS (SELECT 1 FROM workflow_execution_events AS v WHERE v.execution_id = e.execution_id)
       ORDER BY end_time LIMIT ${executionsAtOnce} FOR UPDATE SKIP LOCKED`,
      [days, done.until?.toISOString() ?? null],
    );
    const removed =
      rows.length === 0
        ? 0
        : await removeEvents(
            client,
            rows.map(({ execution_id }) => execution_id),
          );
    done.until = rows.at(-1)?.end_time ?? done.until;
    return removed;
  });

/** Removes some of a workflow's executions beyond the `count` newest that are over; 0: there are no more. */
export const removeSurplusExecutions = (pool: Pool, workflowId: string, count: number): Promise<Bite> =>
  alone(pool, async (client) => {
    const { rows } = await client.query<{ execution_id: string }>(
      `WITH last AS (SELECT start_time, execution_id FROM workflow_executions WHERE workflow_id = $1 AND ${over}
         ORDER BY start_time DESC, execution_id OFFSET $2 LIMIT 1)
       SELECT e.execution_id FROM workflow_executions AS e, last
       WHERE e.workflow_id = $1 AND e.${over} AND (e.start_time < last.start_time
         OR (e.start_time = last.start_time AND e.execution_id >= last.execution_id))
       ORDER BY e.start_time LIMIT ${executionsAtOnce} FOR UPDATE OF e SKIP LOCKED`,
      [workflowId, count],
    );
    return removeExecutions(client, rows);
  });

/** Ids of workflows in their order, behind one of them; a hundred at a time. */
export async function workflowsBehind(pool: Pool, workflowId: string | undefined): Promise<string[]> {
  const { rows } = await pool.query<{ workflow_id: string }>(
    "SELECT workflow_id FROM workflows WHERE $1::uuid IS NULL OR workflow_id > $1 ORDER BY workflow_id LIMIT 100",
    [workflowId ?? null],
  );
  return rows.map(({ workflow_id }) => workflow_id);
}

/** Removes some lines of the audit that are older than so many days. */
export const removeOldAudit = (pool: Pool, days: number): Promise<Bite> =>
  alone(pool, async (client) => {
    const { rowCount } = await client.query(
      `DELETE FROM workflow_audit WHERE audit_id IN (SELECT audit_id FROM workflow_audit
         WHERE at < statement_timestamp() - make_interval(days => $1) ORDER BY at LIMIT ${rowsAtOnce} FOR UPDATE SKIP LOCKED)`,
      [days],
    );
    return rowCount ?? 0;
  });

/** Removes some sessions that have ended. */
export const removeEndedSessions = (pool: Pool): Promise<Bite> =>
  alone(pool, async (client) => {
    const { rowCount } = await client.query(
      `DELETE FROM workflow_sessions WHERE session_key IN (SELECT session_key FROM workflow_sessions
         WHERE expires_at < statement_timestamp() ORDER BY expires_at LIMIT ${rowsAtOnce} FOR UPDATE SKIP LOCKED)`,
    );
    return rowCount ?? 0;
  });
