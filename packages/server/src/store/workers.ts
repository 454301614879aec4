// Workers and their leases. A row is a lease; its heartbeat keeps it; deleting it fences the worker, whose flights are
// then refused whole. The database's clock decides who is dead.
import type pg from "pg";
import { inTransaction, queryWithin } from "./database.js";
import { retryConflicts } from "./database-failure.js";
import { workChannel } from "./work-channel.js";

/** A lease is short: a heartbeat without an answer is tried again on another connection. */
export const answerPatienceMs = 3000;

export interface WorkerRow {
  worker_id: string;
  name: string;
  role: string;
  slots: number;
}

/** Registers this process and gives the database's time in ms. */
export const registerWorker = async (pool: pg.Pool, worker: WorkerRow): Promise<number> => {
  const { rows } = await pool.query<{ now: number }>(
    `INSERT INTO workflow_workers (worker_id, name, role, slots) VALUES ($1, $2, $3, $4)
      RETURNING (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now`,
    [worker.worker_id, worker.name, worker.role, worker.slots],
  );
  return rows[0]?.now ?? 0;
};

export interface Heartbeat {
  /** False: somebody declared this worker dead. */
  alive: boolean;
  /** The database's time, ms since 1970. */
  now: number;
  /** Executions of this worker that somebody wants cancelled. */
  cancelled: string[];
}

/** Keeps the lease, and tells what the worker must know each second. */
export const heartbeat = async (pool: pg.Pool, workerId: string, draining: boolean): Promise<Heartbeat> => {
  const { rows } = await queryWithin<{ alive: boolean; now: number; cancelled: string[] | null }>(
    pool,
    answerPatienceMs,
    {
      name: "worker-heartbeat",
      text: `WITH beat AS (UPDATE workflow_workers SET heartbeat_at = clock_timestamp(), draining = $2 WHERE worker_id = $1 RETURNING 1)
      SELECT EXISTS (SELECT 1 FROM beat) AS alive, (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now,
        ARRAY(SELECT execution_id::text FROM workflow_executions WHERE claimed_by = $1 AND cancel_requested IS NOT NULL) AS cancelled`,
      values: [workerId, draining],
    },
  );
  const row = rows[0];
  return { alive: row?.alive === true, now: row?.now ?? 0, cancelled: row?.cancelled ?? [] };
};

/** Gives the lease back; what the worker still held is due at once, without counting as a recovery. */
export const unregisterWorker = async (pool: pg.Pool, workerId: string): Promise<void> =>
  retryConflicts(() =>
    inTransaction(pool, async (client) => {
      // First the lease, which waits for flights under way; only then it is certain what is still held.
      await client.query("DELETE FROM workflow_workers WHERE worker_id = $1", [workerId]);
      const { rowCount } = await client.query(
        "UPDATE workflow_executions SET claimed_by = NULL, available_at = clock_timestamp() WHERE claimed_by = $1",
        [workerId],
      );
      if (rowCount) await client.query(`SELECT pg_notify('${workChannel}', '{"due":true}')`);
    }),
  );

/**
 * Declares workers dead whose heartbeat is older than `leaseSeconds`, and offers what they held to the others. An
 * execution that made no step since it was last recovered counts one more recovery; one that did starts anew. While
 * the database itself was down nobody could send a heartbeat: the time since its start counts.
 */
export const recoverFromDead = async (
  pool: pg.Pool,
  leaseSeconds: number,
): Promise<{ workers: number; executions: string[] }> => {
  const { rows } = await queryWithin<{ workers: number; executions: string[] | null }>(pool, answerPatienceMs, {
    name: "worker-recover",
    text: `WITH dead AS (
        DELETE FROM workflow_workers WHERE worker_id IN (
          SELECT worker_id FROM workflow_workers
          WHERE greatest(heartbeat_at, pg_postmaster_start_time()) < statement_timestamp() - make_interval(secs => $1) FOR UPDATE SKIP LOCKED)
        RETURNING worker_id),
      orphans AS (
        SELECT e.execution_id, e.claimed_by,
          (SELECT coalesce(max(sequence), 0) FROM workflow_execution_events AS v WHERE v.execution_id = e.execution_id) AS sequence
        FROM workflow_executions AS e
        WHERE e.claimed_by IS NOT NULL AND (e.claimed_by IN (SELECT worker_id FROM dead)
          OR NOT EXISTS (SELECT 1 FROM workflow_workers AS w WHERE w.worker_id = e.claimed_by))),
      freed AS (
        UPDATE workflow_executions AS e SET claimed_by = NULL, available_at = clock_timestamp(), last_sequence = o.sequence,
          recovered_at = clock_timestamp(), recoveries = CASE WHEN o.sequence > e.last_sequence THEN 1 ELSE e.recoveries + 1 END
        FROM orphans AS o WHERE e.execution_id = o.execution_id AND e.claimed_by = o.claimed_by RETURNING e.execution_id)
      SELECT (SELECT count(*)::integer FROM dead) AS workers, ARRAY(SELECT execution_id::text FROM freed) AS executions`,
    values: [leaseSeconds],
  });
  return { workers: rows[0]?.workers ?? 0, executions: rows[0]?.executions ?? [] };
};
