// What the database knows of the load, for operators: how many executions are not over, what is due, who works.
// Every count stops at a bound, so a scrape costs milliseconds however long the queue is.
import type pg from "pg";
import { before } from "./claim-due.js";
import { queryWithin } from "./database.js";

export interface Figures {
  queued: number;
  running: number;
  waiting: number;
  /** Due: they wait for a slot, or for an older one of their queue (C2 in claim-due.ts). */
  slot: number;
  turn: number;
  /** Seconds for which the oldest of those that wait for a slot has been due; 0 when there is none. */
  oldest: number;
  workers: number;
  slots: number;
}

const most = 100_000;
/** Of what is due so many are looked at, oldest first. */
const mostDue = 10_000;

const inState = (status: string): string =>
  `(SELECT count(*)::int FROM (SELECT FROM workflow_executions WHERE status = '${status}' LIMIT ${most}) AS s) AS ${status}`;

/** Reads all figures in one statement; the answer is given up after so many milliseconds. */
export const readFigures = async (pool: pg.Pool, milliseconds: number): Promise<Figures> => {
  const { rows } = await queryWithin<Figures>(pool, milliseconds, {
    name: "figures",
    text: `WITH due AS (
        SELECT available_at, queue_key IS NOT NULL AND EXISTS (${before}) AS held
        FROM workflow_executions AS x WHERE available_at <= statement_timestamp() AND claimed_by IS NULL
        ORDER BY available_at LIMIT ${mostDue})
      SELECT ${["queued", "running", "waiting"].map(inState).join(", ")},
        (SELECT count(*)::int FROM due WHERE NOT held) AS slot, (SELECT count(*)::int FROM due WHERE held) AS turn,
        (SELECT coalesce(greatest(0, extract(epoch FROM clock_timestamp() - min(available_at))), 0)::float8
          FROM due WHERE NOT held) AS oldest,
        count(*)::int AS workers, coalesce(sum(slots), 0)::int AS slots FROM workflow_workers`,
    values: [],
  });
  const [figures] = rows;
  if (figures === undefined) throw new Error("the database gave no figures");
  return figures;
};
