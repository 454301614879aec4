// The statement of a flight (F1-F4 in flight.ts): its records as arrays, one for each column, and the parts that write them.
import { binaryArray, type ElementType } from "./array-binary.js";
import type { AcceptRecord, EventRecord, Fence, FinishRecord, Flight, ParkRecord } from "./flight-records.js";
import { workChannel } from "./work-channel.js";

/** One column of a table in a flight: its name, its type, and where its value comes from; of jsonb that is JSON text. */
type Column<T> = readonly [name: string, type: ElementType | "jsonb", value: (record: T) => unknown];

const finishColumns: readonly Column<FinishRecord | null>[] = [
  ["end_time", "timestamp", (finish) => finish?.end_time ?? null],
  ["execution_time_seconds", "float8", (finish) => finish?.execution_time_seconds ?? null],
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
  ["data", "text", (record) => record.data],
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
    const sent = type === "jsonb" ? "text" : type;
    parameters.push(binaryArray(sent, records.map(value)));
    return `$${parameters.length}::${sent}[]`;
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

const acceptParts = (records: readonly AcceptRecord[], keyed: boolean, parameters: unknown[]): string[] => [
  `accepted AS (INSERT INTO workflow_executions (${names(acceptColumns)})
     SELECT ${values(acceptColumns)} FROM ${rows(acceptColumns, records, parameters)} ${leased}
     ON CONFLICT (dedupe_source, dedupe_key) WHERE dedupe_key IS NOT NULL DO NOTHING RETURNING execution_id)`,
  `firsts AS (INSERT INTO workflow_execution_events (${names(eventColumns)})
     SELECT ${values(eventColumns)} FROM ${rows(
       eventColumns,
       records.flatMap(({ events }) => events),
       parameters,
     )}
     ${keyed ? "WHERE execution_id IN (SELECT execution_id FROM accepted)" : leased})`,
];

/** Whether any of them may turn out to be there already: only then has it to be found out which were accepted. */
const isKeyed = (records: readonly AcceptRecord[]): boolean => records.some(({ dedupe_key }) => dedupe_key !== null);

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

/** The statement of a flight: its text depends only on which kinds of records it has, so it is prepared once each. */
export const flightStatement = (
  workerId: string,
  flight: Flight,
): { name: string; text: string; values: unknown[] } => {
  const parameters: unknown[] = [workerId];
  // KEY SHARE is in the way of who deletes the lease, and not of its heartbeat, which flights would else starve.
  const parts = ["lease AS MATERIALIZED (SELECT 1 FROM workflow_workers WHERE worker_id = $1 FOR KEY SHARE)"];
  const has = {
    accepts: flight.accepts.length > 0,
    events: flight.events.length > 0,
    parks: flight.parks.length > 0,
    finishes: flight.finishes.length > 0,
  };
  const keyed = isKeyed(flight.accepts);
  if (has.accepts) parts.push(...acceptParts(flight.accepts, keyed, parameters));
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
  const kinds = [...Object.values(has), due, keyed].map((there) => (there ? "1" : "0"));
  return { name: `journal-flight-${kinds.join("")}`, text, values: parameters };
};
