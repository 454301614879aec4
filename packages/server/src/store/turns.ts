// Executions of a workflow that may not overlap: whose turn it is, and which ones a newer one replaces.
import type { Pool } from "./database.js";

/** After so many seconds an execution that was announced and never stored is not waited for. */
const announcedSeconds = 10;
/** Executions looked back at for unfinished ones that took no turn: started before the workflow said "skip". */
const lookBack = 50;
const unfinished = "('queued', 'running', 'waiting')";

export interface Turn {
  workflowId: string;
  executionId: string;
}

/** Who has the turn: `taken` by the one that asked, or the execution that is not over yet where it is known. */
export type TurnTaken = { taken: true } | { taken: false; holder: string | null };

/**
 * Takes a workflow's turn for an execution that is about to be stored. The turn's row makes two at once impossible,
 * over all processes; of what the statement's snapshot does not show yet, it takes the worst.
 */
export const takeTurn = async (pool: Pool, { workflowId, executionId }: Turn): Promise<TurnTaken> => {
  const { rows } = await pool.query<{ taken: boolean; holder: string | null }>({
    text: `WITH busy AS MATERIALIZED (
        SELECT execution_id FROM (SELECT execution_id, status FROM workflow_executions WHERE workflow_id = $1::uuid
          ORDER BY start_time DESC LIMIT ${lookBack}) AS recent WHERE status IN ${unfinished} LIMIT 1),
      taken AS (
        INSERT INTO workflow_turns AS t (workflow_id, execution_id, taken_at) SELECT $1::uuid, $2::uuid, clock_timestamp()
          WHERE NOT EXISTS (SELECT 1 FROM busy)
        ON CONFLICT (workflow_id) DO UPDATE SET execution_id = excluded.execution_id, taken_at = excluded.taken_at
          WHERE coalesce((SELECT e.status NOT IN ${unfinished} FROM workflow_executions AS e WHERE e.execution_id = t.execution_id),
            t.taken_at < statement_timestamp() - make_interval(secs => ${announcedSeconds}))
        RETURNING execution_id)
      SELECT EXISTS (SELECT 1 FROM taken) AS taken,
        coalesce((SELECT execution_id FROM busy), (SELECT execution_id FROM workflow_turns WHERE workflow_id = $1::uuid)) AS holder`,
    values: [workflowId, executionId],
  });
  const row = rows[0];
  return row === undefined || row.taken ? { taken: true } : { taken: false, holder: row.holder };
};

/** Gives a turn back whose execution was not stored. */
export const giveBackTurn = async (pool: Pool, turn: Turn): Promise<void> => {
  await pool.query({
    text: "DELETE FROM workflow_turns WHERE workflow_id = $1 AND execution_id = $2",
    values: [turn.workflowId, turn.executionId],
  });
};

/**
 * Wishes all unfinished executions of a workflow cancelled except the newest, and gives their ids. Two that are stored
 * at once each see the other when they ask afterwards, so exactly one stays.
 */
export const cancelOlder = async (
  pool: Pool,
  workflowId: string,
  wish: { by: string; reason: string },
): Promise<string[]> => {
  const { rows } = await pool.query<{ execution_id: string }>({
    text: `WITH open AS (
        SELECT execution_id, row_number() OVER (ORDER BY execution_id DESC) AS place FROM (
          SELECT execution_id, status FROM workflow_executions WHERE workflow_id = $1 ORDER BY start_time DESC LIMIT 1000) AS recent
        WHERE status IN ${unfinished})
      UPDATE workflow_executions AS e SET cancel_requested = coalesce(cancel_requested, $2::jsonb),
        available_at = CASE WHEN claimed_by IS NULL THEN clock_timestamp() END
      FROM open WHERE e.execution_id = open.execution_id AND open.place > 1
        AND e.status IN ${unfinished} RETURNING e.execution_id`,
    values: [workflowId, JSON.stringify(wish)],
  });
  return rows.map(({ execution_id }) => execution_id);
};
