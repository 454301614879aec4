// Cooldowns: keys that are held for some seconds, over all processes and restarts. The database's clock counts.
import type { Cooldown, Held } from "@workflow-core/core/triggers";
import type { Pool } from "./database.js";

export type Taken =
  | { verdict: "taken" }
  /** Some key is held by another delivery; none was taken. */
  | { verdict: "held"; held: Held[] }
  /** The delivery has started its execution before; none was taken. */
  | { verdict: "duplicate"; execution_id: string };

interface TakenRow {
  verdict: "held" | "duplicate";
  held_key: string | null;
  seconds_left: number | null;
  started: string | null;
}

export interface Delivery {
  /** The executions' dedupe source and key. */
  source: string;
  key: string;
}

/**
 * Takes all cooldowns or none, in one statement. Keys that the same delivery holds are not in its way: of its copies,
 * the journal lets one start. Everybody hands in a workflow's keys in the same order.
 */
export const takeCooldowns = async (pool: Pool, delivery: Delivery, cooldowns: readonly Cooldown[]): Promise<Taken> => {
  const { rows } = await pool.query<TakenRow>({
    name: "cooldowns-take",
    text: "SELECT * FROM workflow_take_cooldowns($1, $2, $3::text[], $4::float8[])",
    values: [delivery.key, delivery.source, cooldowns.map(({ key }) => key), cooldowns.map(({ seconds }) => seconds)],
  });
  const [first] = rows;
  if (first === undefined) return { verdict: "taken" };
  if (first.started !== null) return { verdict: "duplicate", execution_id: first.started };
  return {
    verdict: "held",
    held: rows.map(({ held_key, seconds_left }) => ({ key: held_key ?? "", secondsLeft: seconds_left ?? 0 })),
  };
};

/** Gives back what a delivery took, unless one of its copies did start an execution. */
export const releaseCooldowns = async (pool: Pool, delivery: Delivery, keys: readonly string[]): Promise<void> => {
  await pool.query({
    name: "cooldowns-release",
    text: `DELETE FROM workflow_cooldowns WHERE key = ANY($3::text[]) AND owner = $2
      AND NOT EXISTS (SELECT 1 FROM workflow_executions WHERE dedupe_source = $1 AND dedupe_key = $2)`,
    values: [delivery.source, delivery.key, keys],
  });
};

/** Which of the keys are held, and for how long. */
export const heldCooldowns = async (pool: Pool, keys: readonly string[]): Promise<Held[]> => {
  const { rows } = await pool.query<{ key: string; left: number }>({
    name: "cooldowns-held",
    text: `SELECT key, extract(epoch FROM until - clock_timestamp())::float8 AS left FROM workflow_cooldowns
      WHERE key = ANY($1::text[]) AND until > statement_timestamp()`,
    values: [keys],
  });
  return rows.map(({ key, left }) => ({ key, secondsLeft: left }));
};

/** Removes what is over, up to `most` rows; gives how many there were. */
export const sweepCooldowns = async (pool: Pool, most = 10_000): Promise<number> => {
  const { rowCount } = await pool.query(
    `DELETE FROM workflow_cooldowns WHERE key IN (
       SELECT key FROM workflow_cooldowns WHERE until < statement_timestamp() ORDER BY until LIMIT $1 FOR UPDATE SKIP LOCKED)`,
    [most],
  );
  return rowCount ?? 0;
};
