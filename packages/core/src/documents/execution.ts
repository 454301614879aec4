// The words in which an execution is told to the outside: its states, its nodes' states and its record.
import type { Json } from "../json.js";

export const executionStatuses = [
  "queued",
  "running",
  "waiting",
  "completed",
  "failed",
  "cancelled",
  "timed_out",
] as const;
export type ExecutionStatus = (typeof executionStatuses)[number];
export type FinalStatus = Extract<ExecutionStatus, "completed" | "failed" | "cancelled" | "timed_out">;

/** Final states are never left again. */
export const isFinal = (status: ExecutionStatus): status is FinalStatus =>
  status === "completed" || status === "failed" || status === "cancelled" || status === "timed_out";

export type NodeStatus = "pending" | "running" | "waiting" | "completed" | "failed" | "skipped" | "cancelled";

/** What a node did, as `node_states` and `trace` show it; times are ISO-8601 with Z. */
export interface NodeState {
  status: NodeStatus;
  started_at: string | null;
  completed_at: string | null;
  input_data: Json;
  output_data: Json;
  logs: string[];
  error: string | null;
  error_type: string | null;
  retry_count: number;
  /** How often the node was visited: more than once inside loops. */
  visits: number;
}

/** Why an action did not work: data, never thrown. `retryable` says whether another attempt could help. */
export interface NodeFailure {
  code: string;
  message: string;
  retryable: boolean;
  /** Seconds that the other side asked us to wait before another attempt. */
  retryAfterSeconds?: number;
  /** Nothing was sent, by our own choice: it was no attempt, and uses none up. */
  unsent?: true;
  details?: Json;
}
