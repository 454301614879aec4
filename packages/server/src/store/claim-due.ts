// Claiming executions that are due: fair between communities, oldest first within one, each by one worker only.
//
// C1. A suspect, which was in hand at two deaths of a worker without a step in between, is claimed by a worker that has
//     no other one in hand. So what kills its workers meets its limit alone, and what only stood beside it does not.
// C2. Of executions with the same queue_key, only the oldest that is not over is claimed.
// C3. A community that floods the queue delays itself only: besides the oldest of all, each claim looks at the oldest of
//     the next few communities in turn, and takes one of each before a second of any.
// C4. With caps, claims are made one after the other over all workers, so that together they never exceed them.
import type pg from "pg";
import { queryWithin } from "./database.js";

export interface ClaimedExecution {
  execution_id: string;
  workflow_id: string;
  workflow_version: string | null;
  community_id: number;
  status: string;
  /** Tells this claim from all earlier and later ones. */
  fence: number;
  recoveries: number;
  cancel_requested: { by?: string; reason?: string } | null;
}

/** The most executions in hand over all workers; 0 sets no such limit. */
export interface Caps {
  total: number;
  perCommunity: number;
}

export interface ClaimWish {
  workerId: string;
  count: number;
  /** So many of them begin at once and are told as running, the first ones; the rest stays as it is told. */
  running: number;
  /** Whether one of them may be a suspect (C1). */
  suspects: boolean;
  /** The community after which the next ones in turn begin (C3). */
  after: number;
  caps: Caps;
}

export interface Claimed {
  executions: ClaimedExecution[];
  /** Where the next claim's turn begins. */
  after: number;
}

export const claimedColumns =
  "e.execution_id, e.workflow_id, e.workflow_version, e.community_id, e.status, e.fence, e.recoveries, e.cancel_requested";

/** From so many recoveries on, an execution is a suspect. */
export const suspectFrom = 2;

/** When no answer has come for so long, a claim may have been made that nobody knows of: see `claimedBy`. */
export const claimPatienceMs = 3000;

/** What `x` waits for when it is to queue (C2): those before it that are not over. */
export const before = `SELECT FROM workflow_executions AS o WHERE o.queue_key = x.queue_key
  AND o.execution_id < x.execution_id AND o.status IN ('queued', 'running', 'waiting')`;
const communitiesInTurn = 32;
const capsLock = 7_340_214;
const waiting = "available_at IS NOT NULL AND claimed_by IS NULL";

interface Words {
  worker: string;
  count: string;
  running: string;
  suspects: string;
  after: string;
}

// What was seen is locked one by one, in its turn, found by its key: LATERAL and IS TRUE see to that, whatever the
// planner thinks of a table that grows and shrinks faster than its statistics.
const claimText = ({ worker, count, running, suspects, after }: Words, { total, perCommunity }: Caps): string => {
  const capped = total > 0 || perCommunity > 0;
  const may = `available_at <= statement_timestamp() AND claimed_by IS NULL AND (${suspects} OR recoveries < ${suspectFrom})
    AND (queue_key IS NULL OR NOT EXISTS (${before}))
    ${perCommunity > 0 ? `AND NOT EXISTS (SELECT 1 FROM in_hand WHERE in_hand.community_id = x.community_id AND n >= ${perCommunity})` : ""}`;
  const seen = `execution_id, available_at, community_id, recoveries >= ${suspectFrom} AS suspect`;
  const room = perCommunity > 0 ? `AND due.turn <= ${perCommunity} - coalesce(due.n, 0)` : "";
  const limit = total > 0 ? `least(${count}, ${total} - (SELECT coalesce(sum(n), 0) FROM in_hand))` : count;
  return `WITH RECURSIVE lease AS MATERIALIZED (SELECT 1 FROM workflow_workers WHERE worker_id = ${worker} FOR KEY SHARE),
    ${capped ? "in_hand AS MATERIALIZED (SELECT community_id, count(*) AS n FROM workflow_executions WHERE claimed_by IS NOT NULL GROUP BY community_id)," : ""}
    communities AS (
      SELECT min(community_id) AS id, 1 AS number FROM workflow_executions WHERE ${waiting} AND community_id > ${after}
      UNION ALL
      SELECT (SELECT min(community_id) FROM workflow_executions WHERE ${waiting} AND community_id > c.id), c.number + 1
      FROM communities AS c WHERE c.id IS NOT NULL AND c.number < ${communitiesInTurn}),
    seen AS (
      (SELECT ${seen} FROM workflow_executions AS x WHERE ${may} ORDER BY available_at LIMIT greatest(${count} * 8, 64))
      UNION
      SELECT first.* FROM communities AS c, LATERAL (SELECT ${seen} FROM workflow_executions AS x
        WHERE x.community_id = c.id AND ${may} ORDER BY available_at LIMIT ${count}) AS first),
    due AS (
      SELECT execution_id, available_at, row_number() OVER (PARTITION BY community_id ORDER BY available_at) AS turn,
        suspect AND row_number() OVER (PARTITION BY suspect ORDER BY available_at) > 1 AS too_many
        ${perCommunity > 0 ? ", (SELECT n FROM in_hand WHERE in_hand.community_id = seen.community_id) AS n" : ""}
      FROM seen),
    chosen AS (
      SELECT locked.execution_id, row_number() OVER () AS place FROM (SELECT execution_id FROM due WHERE NOT too_many AND EXISTS (SELECT 1 FROM lease) ${room}
          ORDER BY turn, available_at) AS next,
        LATERAL (SELECT e.execution_id FROM workflow_executions AS e WHERE e.execution_id = next.execution_id
          AND (e.claimed_by IS NULL) IS TRUE AND (e.available_at IS NOT NULL) IS TRUE FOR UPDATE SKIP LOCKED) AS locked
      LIMIT greatest(0, ${limit}))
    UPDATE workflow_executions AS e SET claimed_by = ${worker}, available_at = NULL, fence = e.fence + 1,
      status = CASE WHEN chosen.place <= ${running} THEN 'running' ELSE e.status END
    FROM chosen WHERE e.execution_id = chosen.execution_id
    RETURNING ${claimedColumns}, chosen.place, (SELECT CASE WHEN max(number) = ${communitiesInTurn} THEN max(id) END FROM communities) AS after`;
};

type Row = ClaimedExecution & { place: number; after: number | null };

const free = async (pool: pg.Pool, { workerId, count, running, suspects, after, caps }: ClaimWish): Promise<Row[]> => {
  const { rows } = await queryWithin<Row>(pool, claimPatienceMs, {
    name: "executions-claim-due",
    text: claimText(
      { worker: "$1", count: "$2::integer", suspects: "$3", after: "$4::integer", running: "$5::integer" },
      caps,
    ),
    values: [workerId, count, suspects, after, running],
  });
  return rows;
};

/**
 * C4. Lock and claim are two statements of one message: the second sees what was claimed before the lock was had, and
 * a process that freezes on the way holds up nobody. Such a message takes no parameters.
 */
const capped = async (
  pool: pg.Pool,
  { workerId, count, running, suspects, after, caps }: ClaimWish,
): Promise<Row[]> => {
  const words = {
    worker: `'${workerId}'::uuid`,
    count: String(count),
    running: String(running),
    suspects: String(suspects),
    after: String(after),
  };
  const text = `SELECT pg_advisory_xact_lock(${capsLock}); ${claimText(words, caps)}`;
  const results = (await queryWithin<Row>(pool, claimPatienceMs, { text })) as unknown as pg.QueryResult<Row>[];
  return results[1]?.rows ?? [];
};

/** Claims executions that are due, at most `count` of them, and gives them in their turn. */
export const claimDue = async (pool: pg.Pool, wish: ClaimWish): Promise<Claimed> => {
  const { total, perCommunity } = wish.caps;
  const rows = await (total > 0 || perCommunity > 0 ? capped : free)(pool, wish);
  const inTurn = rows.sort((a, b) => a.place - b.place);
  const executions = inTurn.map(({ after: _after, place: _place, ...execution }) => execution);
  return { executions, after: rows[0]?.after ?? -1 };
};
