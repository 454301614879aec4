// One flight of the journal: everything that many executions want to store at one moment, in one statement.
//
// F1. The worker's lease is checked in the statement itself: without it nothing of the flight is written.
// F2. An accepted execution and its first event are one: neither is there without the other.
// F3. A key (dedupe_source, dedupe_key) starts one execution: a second one is not accepted, and its first event not written.
// F4. Parking and finishing end one claim, told by worker and fence: each claim raises the fence, so a statement that
//     arrives late ends no later claim, not even the same worker's. A final row is never touched again.
import type pg from "pg";
import { arrayLiteral } from "./array-literal.js";
import { workChannel } from "./work-channel.js";

export interface EventRecord {
  execution_id: string;
  sequence: number;
  /** ISO-8601 */
  at: string;
  type: string;
  /** JSON text */
  data: string;
}

/** The guide's columns of an execution that is over; JSON columns as JSON text. */
export interface FinishRecord {
  execution_id: string;
  status: string;
  end_time: string;
  execution_time_seconds: number;
  nodes_executed: number;
  execution_path: string;
  node_states: string;
  final_variables: string;
  final_output: string | null;
  error_message: string | null;
  error_node_id: string | null;
  error_type: string | null;
}

export interface AcceptRecord {
  execution_id: string;
  workflow_id: string;
  status: string;
  start_time: string;
  community_id: number;
  entity_id: number;
  workflow_version: string | null;
  /** JSON text */
  trigger: string;
  /** JSON text */
  principal: string;
  dedupe_source: string | null;
  dedupe_key: string | null;
  /** When a worker may claim it; null when the accepting worker runs it itself, or when it is over. */
  available_at: string | null;
  claimed_by: string | null;
  deadline_at: string;
  retried_from: string | null;
  /** Executions with the same key run one after the other. */
  queue_key: string | null;
  /** The `started` event. */
  first: EventRecord;
  /** When everything was decided at once, it is stored as over. */
  finish: FinishRecord | null;
}

export interface ParkRecord {
  execution_id: string;
  status: string;
  available_at: string;
}

/** Which claim a record ends (F4); 0 is the one of the worker that accepted it. */
export interface Fence {
  fence: number;
}

export interface Flight {
  accepts: readonly AcceptRecord[];
  events: readonly EventRecord[];
  parks: readonly (ParkRecord & Fence)[];
  finishes: readonly (FinishRecord & Fence)[];
}

export interface FlightResult {
  /** False: the worker's lease is gone, nothing was written. */
  leased: boolean;
  /** Ids of the accepted executions; one that is missing has a key that was taken. */
  accepted: ReadonlySet<string>;
  /** Ids of parked and finished executions; one that is missing was no longer held by this worker. */
  released: ReadonlySet<string>;
}

/** One column of a table in a flight: its name, its type (`json` is text that holds JSON), and where its value comes from. */
type Column<T> = readonly [name: string, type: string, value: (record: T) => unknown];

const finishColumns: readonly Column<FinishRecord | null>[] = [
  ["end_time", "timestamp", (finish) => finish?.end_time ?? null],
  ["execution_time_seconds", "numeric", (finish) => finish?.execution_time_seconds ?? null],
  ["nodes_executed", "integer", (finish) => finish?.nodes_executed ?? 0],
  ["execution_path", "jsonb", (finish) => finish?.execution_path ?? "[]"],
  ["node_states", "jsonb", (finish) => finish?.node_states ?? "{}"],
  ["final_variables", "jsonb", (finish) => finish?.final_variables ?? "{}"],
  ["final_output", "jsonb", (finish) => finish?.final_output ?? null],
  ["error_message", "text", (finish) => finish?.error_message ?? null],
  ["error_node_id", "text", (finish) => finish?.error_node_id ?? null],
  ["error_type", "text", (finish) => finish?.error_type ?? null],
];

const acceptColumns: readonly Column<AcceptRecord>[] = [
  ["execution_id", "uuid", (record) => record.execution_id],
  ["workflow_id", "uuid", (record) => record.workflow_id],
  ["status", "text", (record) => record.status],
  ["start_time", "timestamp", (record) => record.start_time],
  ["community_id", "integer", (record) => record.community_id],
  ["entity_id", "integer", (record) => record.entity_id],
  ["workflow_version", "text", (record) => record.workflow_version],
  ["trigger", "jsonb", (record) => record.trigger],
  ["principal", "jsonb", (record) => record.principal],
  ["dedupe_source", "text", (record) => record.dedupe_source],
  ["dedupe_key", "text", (record) => record.dedupe_key],
  ["available_at", "timestamptz", (record) => record.available_at],
  ["claimed_by", "uuid", (record) => record.claimed_by],
  ["deadline_at", "timestamptz", (record) => record.deadline_at],
  ["retried_from", "uuid", (record) => record.retried_from],
  ["queue_key", "uuid", (record) => record.queue_key],
  ...finishColumns.map(([name, type, value]): Column<AcceptRecord> => [name, type, ({ finish }) => value(finish)]),
];

const eventColumns: readonly Column<EventRecord>[] = [
  ["execution_id", "uuid", (record) => record.execution_id],
  ["sequence", "integer", (record) => record.sequence],
  ["at", "timestamptz", (record) => record.at],
  ["type", "text", (record) => record.type],
  ["data", "json", (record) => record.data],
];

const parkColumns: readonly Column<ParkRecord & Fence>[] = [
  ["execution_id", "uuid", (record) => record.execution_id],
  ["fence", "bigint", (record) => record.fence],
  ["status", "text", (record) => record.status],
  ["available_at", "timestamptz", (record) => record.available_at],
];

const doneColumns: readonly Column<FinishRecord & Fence>[] = [
  ["execution_id", "uuid", (record) => record.execution_id],
  ["fence", "bigint", (record) => record.fence],
  ["status", "text", (record) => record.status],
  ...finishColumns,
];

const names = (columns: readonly Column<never>[]): string => columns.map(([name]) => name).join(", ");

/** Columns as they are taken from `r`: JSON travels as text, which is cheaper to take apart than an array of jsonb. */
const taken = ([name, type]: Column<never>): string => (type === "jsonb" ? `r.${name}::jsonb` : `r.${name}`);
const values = (columns: readonly Column<never>[]): string => columns.map(taken).join(", ");

/** `unnest($2::uuid[], $3::text[]) AS r(a, b)`, with the arrays added to `parameters`. */
const rows = <T>(columns: readonly Column<T>[], records: readonly T[], parameters: unknown[]): string => {
  const arrays = columns.map(([, type, value]) => {
    const json = type === "json" || type === "jsonb";
    parameters.push(arrayLiteral(records.map(value), json));
    return `$${parameters.length}::${json ? "text" : type}[]`;
  });
  return `unnest(${arrays.join(", ")}) AS r(${names(columns)})`;
};

const leased = "WHERE EXISTS (SELECT 1 FROM lease)";
/** What is set of a row that was found by its first two columns. */
const sets = (columns: readonly Column<never>[]): string =>
  columns
    .slice(2)
    .map((column) => `${column[0]} = ${taken(column)}`)
    .join(", ");

const acceptParts = (records: readonly AcceptRecord[], parameters: unknown[]): string[] => [
  `accepted AS (INSERT INTO workflow_executions (${names(acceptColumns)})
     SELECT ${values(acceptColumns)} FROM ${rows(acceptColumns, records, parameters)} ${leased}
     ON CONFLICT (dedupe_source, dedupe_key) WHERE dedupe_key IS NOT NULL DO NOTHING RETURNING execution_id)`,
  `firsts AS (INSERT INTO workflow_execution_events (${names(eventColumns)})
     SELECT ${values(eventColumns)} FROM ${rows(
       eventColumns,
       records.map(({ first }) => first),
       parameters,
     )}
     WHERE execution_id IN (SELECT execution_id FROM accepted))`,
];

const eventPart = (records: readonly EventRecord[], parameters: unknown[]): string =>
  `appended AS (INSERT INTO workflow_execution_events (${names(eventColumns)})
     SELECT ${values(eventColumns)} FROM ${rows(eventColumns, records, parameters)} ${leased})`;

// IS NOT DISTINCT FROM, so that rows are found by their key: the index on claimed_by is full of rows that were let go.
const held = `WHERE e.execution_id = r.execution_id AND e.claimed_by IS NOT DISTINCT FROM $1 AND e.fence = r.fence AND EXISTS (SELECT 1 FROM lease)`;

/** A wish to cancel that came while the execution went to rest makes it due at once. */
const parkPart = (records: readonly (ParkRecord & Fence)[], parameters: unknown[]): string =>
  `parked AS (UPDATE workflow_executions AS e SET status = r.status, claimed_by = NULL,
       available_at = CASE WHEN e.cancel_requested IS NULL THEN r.available_at ELSE clock_timestamp() END
     FROM ${rows(parkColumns, records, parameters)} ${held} RETURNING e.execution_id)`;

const finishPart = (records: readonly (FinishRecord & Fence)[], parameters: unknown[]): string =>
  `finished AS (UPDATE workflow_executions AS e SET ${sets(doneColumns)}, claimed_by = NULL, available_at = NULL
     FROM ${rows(doneColumns, records, parameters)} ${held} RETURNING e.execution_id)`;

interface FlightRow {
  leased: boolean;
  accepted: string[] | null;
  parked: string[] | null;
  finished: string[] | null;
}

/** The statement of a flight: its text depends only on which kinds of records it has, so it is prepared once each. */
const statement = (workerId: string, flight: Flight): { name: string; text: string; values: unknown[] } => {
  const parameters: unknown[] = [workerId];
  const parts = ["lease AS MATERIALIZED (SELECT 1 FROM workflow_workers WHERE worker_id = $1 FOR SHARE)"];
  const has = {
    accepts: flight.accepts.length > 0,
    events: flight.events.length > 0,
    parks: flight.parks.length > 0,
    finishes: flight.finishes.length > 0,
  };
  if (has.accepts) parts.push(...acceptParts(flight.accepts, parameters));
  if (has.events) parts.push(eventPart(flight.events, parameters));
  if (has.parks) parts.push(parkPart(flight.parks, parameters));
  if (has.finishes) parts.push(finishPart(flight.finishes, parameters));
  const ids = (when: boolean, table: string) =>
    when ? `ARRAY(SELECT execution_id::text FROM ${table})` : "NULL::text[]";
  // What no slot was found for is told to the workers of all processes, once per flight.
  const due = flight.accepts.some(({ available_at }) => available_at !== null);
  const text = `WITH ${parts.join(",\n")}
    SELECT EXISTS (SELECT 1 FROM lease) AS leased,${due ? ` (SELECT pg_notify('${workChannel}', '{"due":true}') FROM lease),` : ""} ${ids(has.accepts, "accepted")} AS accepted,
      ${ids(has.parks, "parked")} AS parked, ${ids(has.finishes, "finished")} AS finished`;
  const kinds = [...Object.values(has), due].map((there) => (there ? "1" : "0"));
  return { name: `journal-flight-${kinds.join("")}`, text, values: parameters };
};

/** Writes a flight. Throws what pg throws; then it may or may not be written (see `storedOf`). */
export const writeFlight = async (pool: pg.Pool, workerId: string, flight: Flight): Promise<FlightResult> => {
  const { rows: results } = await pool.query<FlightRow>(statement(workerId, flight));
  const row = results[0];
  return {
    leased: row?.leased === true,
    accepted: new Set(row?.accepted ?? []),
    released: new Set([...(row?.parked ?? []), ...(row?.finished ?? [])]),
  };
};

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
  const events = [...flight.accepts.map(({ first }) => first), ...flight.events];
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
  const releases = [...flight.parks, ...flight.finishes];
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
export const withdraw = async (pool: pg.Pool, workerId: string, executionIds: readonly string[]): Promise<void> => {
  await pool.query(
    `WITH gone AS (
        DELETE FROM workflow_executions AS e WHERE e.execution_id = ANY($1::uuid[]) AND e.dedupe_key IS NULL AND e.fence = 0
          AND (e.claimed_by = $2 OR (e.claimed_by IS NULL AND e.status = 'queued'))
          AND NOT EXISTS (SELECT 1 FROM workflow_execution_events AS v WHERE v.execution_id = e.execution_id AND v.sequence > 1)
        RETURNING execution_id)
      DELETE FROM workflow_execution_events WHERE execution_id IN (SELECT execution_id FROM gone)`,
    [executionIds, workerId],
  );
};
