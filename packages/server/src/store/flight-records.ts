// What a flight of the journal carries: records, each for a row of its table.

export interface EventRecord {
  execution_id: string;
  sequence: number;
  /** ISO-8601 */
  at: string;
  type: string;
  /** JSON text */
  data: string;
}

/** The guide's columns of an execution that is over; JSON columns as JSON text. Whose it is was stored with its start. */
export interface FinishRecord {
  execution_id: string;
  workflow_id: string;
  community_id: number;
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
  /** The `started` event, and what was worked out from it at once. */
  events: readonly EventRecord[];
  /** When nothing is left to do after them, it is stored as over. */
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

export interface Parking extends Fence {
  park: ParkRecord;
}

export interface Finishing extends Fence {
  finish: FinishRecord;
}

export interface Flight {
  accepts: readonly AcceptRecord[];
  events: readonly EventRecord[];
  parks: readonly Parking[];
  finishes: readonly Finishing[];
}
