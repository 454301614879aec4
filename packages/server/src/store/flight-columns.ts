// The columns of what a flight carries, and where their values come from.
import type { ElementType } from "./array-binary.js";
import type { AcceptRecord, EventRecord, Finishing, FinishRecord, Parking } from "./flight-records.js";

/** One column of a table in a flight: its name, its type, and where its value comes from; of jsonb that is JSON text. */
export type Column<T> = readonly [name: string, type: ElementType | "jsonb", value: (record: T) => unknown];

/** The end of an execution; of one that is accepted and not over yet, what stands there until then. */
const finishColumns: readonly Column<{ finish: FinishRecord | null }>[] = [
  ["end_time", "timestamp", ({ finish }) => finish?.end_time ?? null],
  ["execution_time_seconds", "float8", ({ finish }) => finish?.execution_time_seconds ?? null],
  ["nodes_executed", "integer", ({ finish }) => finish?.nodes_executed ?? 0],
  ["execution_path", "jsonb", ({ finish }) => finish?.execution_path ?? "[]"],
  ["node_states", "jsonb", ({ finish }) => finish?.node_states ?? "{}"],
  ["final_variables", "jsonb", ({ finish }) => finish?.final_variables ?? "{}"],
  ["final_output", "jsonb", ({ finish }) => finish?.final_output ?? null],
  ["error_message", "text", ({ finish }) => finish?.error_message ?? null],
  ["error_node_id", "text", ({ finish }) => finish?.error_node_id ?? null],
  ["error_type", "text", ({ finish }) => finish?.error_type ?? null],
];

export const acceptColumns: readonly Column<AcceptRecord>[] = [
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
];

/** Of a flight that accepts what is over already. */
export const acceptOverColumns: readonly Column<AcceptRecord>[] = [...acceptColumns, ...finishColumns];

export const eventColumns: readonly Column<EventRecord>[] = [
  ["execution_id", "uuid", (record) => record.execution_id],
  ["sequence", "integer", (record) => record.sequence],
  ["at", "timestamptz", (record) => record.at],
  ["type", "text", (record) => record.type],
  ["data", "text", (record) => record.data],
];

export const parkColumns: readonly Column<Parking>[] = [
  ["execution_id", "uuid", ({ park }) => park.execution_id],
  ["fence", "bigint", ({ fence }) => fence],
  ["status", "text", ({ park }) => park.status],
  ["available_at", "timestamptz", ({ park }) => park.available_at],
];

export const doneColumns: readonly Column<Finishing>[] = [
  ["execution_id", "uuid", ({ finish }) => finish.execution_id],
  ["fence", "bigint", ({ fence }) => fence],
  ["status", "text", ({ finish }) => finish.status],
  ...finishColumns,
];
