// What became of a flight whose answer was lost, and whose keys were taken.
import type pg from "pg";
import type { AcceptRecord, Flight } from "./flight-records.js";

/** The executions that hold these keys: what a second call with the same key is answered with. */
export const findByKeys = async (
  pool: pg.Pool,
  keys: readonly { source: string; key: string }[],
): Promise<Map<string, string>> => {
  const { rows: found } = await pool.query<{ source: string; key: string; execution_id: string }>({
    name: "executions-by-keys",
    text: `SELECT e.dedupe_source AS source, e.dedupe_key AS key, e.execution_id
      FROM unnest($1::text[], $2::text[]) AS k(source, key)
      JOIN workflow_executions AS e ON e.dedupe_source = k.source AND e.dedupe_key = k.key`,
    values: [keys.map(({ source }) => source), keys.map(({ key }) => key)],
  });
  return new Map(found.map(({ source, key, execution_id }) => [keyName(source, key), execution_id]));
};

export const keyName = (source: string, key: string): string => `${source}\n${key}`;

/**
 * Reads back a flight whose outcome is unknown (its connection died): which of its records are stored. Events are
 * told by execution, sequence, time and text; releases by their claim having ended.
 */
export const storedOf = async (
  pool: pg.Pool,
  workerId: string,
  flight: Flight,
): Promise<{ events: ReadonlySet<string>; held: ReadonlySet<string> }> => {
  const events = [...flight.accepts.flatMap((accept) => accept.events), ...flight.events];
  const { rows: stored } = await pool.query<{ execution_id: string; sequence: number }>(
    `SELECT e.execution_id, e.sequence
      FROM unnest($1::uuid[], $2::integer[], $3::timestamptz[], $4::text[]) AS r(execution_id, sequence, at, data)
      JOIN workflow_execution_events AS e ON e.execution_id = r.execution_id AND e.sequence = r.sequence AND e.at = r.at AND e.data = r.data`,
    [
      events.map(({ execution_id }) => execution_id),
      events.map(({ sequence }) => sequence),
      events.map(({ at }) => at),
      events.map(({ data }) => data),
    ],
  );
  const releases = [
    ...flight.parks.map(({ park, fence }) => ({ execution_id: park.execution_id, fence })),
    ...flight.finishes.map(({ finish, fence }) => ({ execution_id: finish.execution_id, fence })),
  ];
  const { rows: rowsHeld } = await pool.query<{ execution_id: string }>(
    `SELECT e.execution_id FROM unnest($1::uuid[], $2::bigint[]) AS r(execution_id, fence)
      JOIN workflow_executions AS e ON e.execution_id = r.execution_id AND e.fence = r.fence WHERE e.claimed_by = $3`,
    [releases.map(({ execution_id }) => execution_id), releases.map(({ fence }) => fence), workerId],
  );
  return {
    events: new Set(stored.map(({ execution_id, sequence }) => `${execution_id}:${sequence}`)),
    held: new Set(rowsHeld.map(({ execution_id }) => execution_id)),
  };
};

/**
 * Takes back acceptances that were refused to their callers but turned out to be stored. What has a key stays, to be
 * found by it; so does what has gone on already.
 */
export const withdraw = async (
  pool: pg.Pool,
  workerId: string,
  accepts: readonly Pick<AcceptRecord, "execution_id" | "events">[],
): Promise<void> => {
  await pool.query(
    `WITH gone AS (
        DELETE FROM workflow_executions AS e USING unnest($1::uuid[], $2::integer[]) AS r(execution_id, events)
        WHERE e.execution_id = r.execution_id AND e.dedupe_key IS NULL AND e.fence = 0
          AND (e.claimed_by = $3 OR (e.claimed_by IS NULL AND e.status = 'queued'))
          AND NOT EXISTS (SELECT 1 FROM workflow_execution_events AS v
            WHERE v.execution_id = e.execution_id AND v.sequence > r.events)
        RETURNING e.execution_id)
      DELETE FROM workflow_execution_events WHERE execution_id IN (SELECT execution_id FROM gone)`,
    [accepts.map(({ execution_id }) => execution_id), accepts.map(({ events }) => events.length), workerId],
  );
};
