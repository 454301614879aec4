// The statement of a flight (F1-F4 in flight.ts): its records as arrays, one for each column, and the parts that write them.
//
// Its text depends only on which kinds of records it has: it is made and prepared once each, and what can be left out
// (columns that all records leave empty, ids that are told when some are missing only) is.
import { binaryArray, type ElementType } from "./array-binary.js";
import {
  acceptColumns,
  acceptOverColumns,
  type Column,
  doneColumns,
  eventColumns,
  parkColumns,
} from "./flight-columns.js";
import type { Flight } from "./flight-records.js";
import { workChannel } from "./work-channel.js";

/** Which records a flight has, and what of them matters to its text. */
interface Kind {
  accepts: boolean;
  /** Some of what is accepted is over already. */
  over: boolean;
  /** Some may turn out to be there already: only then has it to be found out which were accepted. */
  keyed: boolean;
  /** No slot was found for some: that is told to the workers of all processes, once per flight. */
  due: boolean;
  events: boolean;
  parks: boolean;
  finishes: boolean;
}

const kindOf = ({ accepts, events, parks, finishes }: Flight): Kind => ({
  accepts: accepts.length > 0,
  over: accepts.some(({ finish }) => finish !== null),
  keyed: accepts.some(({ dedupe_key }) => dedupe_key !== null),
  due: accepts.some(({ available_at }) => available_at !== null),
  events: events.length > 0,
  parks: parks.length > 0,
  finishes: finishes.length > 0,
});

const names = (columns: readonly Column<never>[]): string => columns.map(([name]) => name).join(", ");

/** Columns as they are taken from `r`: JSON travels as text, which is cheaper to take apart than an array of jsonb. */
const taken = ([name, type]: Column<never>): string => (type === "jsonb" ? `r.${name}::jsonb` : `r.${name}`);
const values = (columns: readonly Column<never>[]): string => columns.map(taken).join(", ");
const sent = (type: ElementType | "jsonb"): ElementType => (type === "jsonb" ? "text" : type);

/** Parameters of a statement: each call gives the next one's number. */
type Next = () => number;

/** `unnest($2::uuid[], $3::text[]) AS r(a, b)` of the next parameters. */
const rows = (columns: readonly Column<never>[], next: Next): string =>
  `unnest(${columns.map(([, type]) => `$${next()}::${sent(type)}[]`).join(", ")}) AS r(${names(columns)})`;

const leased = "WHERE EXISTS (SELECT 1 FROM lease)";
/** What is set of a row that was found by its first two columns. */
const sets = (columns: readonly Column<never>[]): string =>
  columns
    .slice(2)
    .map((column) => `${column[0]} = ${taken(column)}`)
    .join(", ");

const acceptParts = (over: boolean, keyed: boolean, next: Next): string[] => {
  const columns = over ? acceptOverColumns : acceptColumns;
  return [
    `accepted AS (INSERT INTO workflow_executions (${names(columns)})
     SELECT ${values(columns)} FROM ${rows(columns, next)} ${leased}
     ON CONFLICT (dedupe_source, dedupe_key) WHERE dedupe_key IS NOT NULL DO NOTHING ${keyed ? "RETURNING execution_id" : ""})`,
    `firsts AS (INSERT INTO workflow_execution_events (${names(eventColumns)})
     SELECT ${values(eventColumns)} FROM ${rows(eventColumns, next)}
     ${keyed ? "WHERE execution_id IN (SELECT execution_id FROM accepted)" : leased})`,
  ];
};

const eventPart = (next: Next): string =>
  `appended AS (INSERT INTO workflow_execution_events (${names(eventColumns)})
     SELECT ${values(eventColumns)} FROM ${rows(eventColumns, next)} ${leased})`;

// IS NOT DISTINCT FROM, so that rows are found by their key: the index on claimed_by is full of rows that were let go.
const held = `WHERE e.execution_id = r.execution_id AND e.claimed_by IS NOT DISTINCT FROM $1 AND e.fence = r.fence AND EXISTS (SELECT 1 FROM lease)`;

/** A wish to cancel that came while the execution went to rest makes it due at once. */
const parkPart = (next: Next): string =>
  `parked AS (UPDATE workflow_executions AS e SET status = r.status, claimed_by = NULL,
       available_at = CASE WHEN e.cancel_requested IS NULL THEN r.available_at ELSE clock_timestamp() END
     FROM ${rows(parkColumns, next)} ${held} RETURNING e.execution_id)`;

const finishPart = (next: Next): string =>
  `finished AS (UPDATE workflow_executions AS e SET ${sets(doneColumns)}, claimed_by = NULL, available_at = NULL
     FROM ${rows(doneColumns, next)} ${held} RETURNING e.execution_id)`;

const textOf = (kind: Kind): string => {
  let number = 1;
  const next = () => {
    number += 1;
    return number;
  };
  /** Tells which rows of a part were written, when not all were. Asked before its part: ids are its first parameter. */
  const written = (table: string, asked: boolean): string =>
    asked
      ? `CASE WHEN (SELECT count(*) FROM ${table}) < cardinality($${number + 1}) THEN ARRAY(SELECT execution_id::text FROM ${table}) END AS ${table}`
      : `NULL::text[] AS ${table}`;
  // KEY SHARE is in the way of who deletes the lease, and not of its heartbeat, which flights would else starve.
  const parts = ["lease AS MATERIALIZED (SELECT 1 FROM workflow_workers WHERE worker_id = $1 FOR KEY SHARE)"];
  const accepted = written("accepted", kind.keyed);
  if (kind.accepts) parts.push(...acceptParts(kind.over, kind.keyed, next));
  if (kind.events) parts.push(eventPart(next));
  const parked = written("parked", kind.parks);
  if (kind.parks) parts.push(parkPart(next));
  const finished = written("finished", kind.finishes);
  if (kind.finishes) parts.push(finishPart(next));
  const notice = kind.due ? ` (SELECT pg_notify('${workChannel}', '{"due":true}') FROM lease),` : "";
  return `WITH ${parts.join(",\n")}
    SELECT EXISTS (SELECT 1 FROM lease) AS leased,${notice}
      ${accepted},
      ${parked},
      ${finished}`;
};

const texts = new Map<string, string>();

const arrays = <T>(columns: readonly Column<T>[], records: readonly T[]): Buffer[] =>
  columns.map(([, type, value]) => binaryArray(sent(type), records.map(value)));

/** The statement of a flight: its parameters come in the order of the parts of its text. */
export const flightStatement = (
  workerId: string,
  flight: Flight,
): { name: string; text: string; values: unknown[] } => {
  const { accepts, events, parks, finishes } = flight;
  const kind = kindOf(flight);
  const name = `journal-flight-${Object.keys(kind)
    .filter((each) => kind[each as keyof Kind])
    .join("-")}`;
  const text = texts.get(name) ?? textOf(kind);
  texts.set(name, text);
  const parameters: unknown[] = [workerId];
  if (kind.accepts) {
    const firsts = accepts.flatMap((accept) => accept.events);
    parameters.push(...arrays(kind.over ? acceptOverColumns : acceptColumns, accepts), ...arrays(eventColumns, firsts));
  }
  if (kind.events) parameters.push(...arrays(eventColumns, events));
  if (kind.parks) parameters.push(...arrays(parkColumns, parks));
  if (kind.finishes) parameters.push(...arrays(doneColumns, finishes));
  return { name, text, values: parameters };
};
