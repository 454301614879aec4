// Between the interpreter's values and the store's records.
import {
  asJson,
  type ExecutionEvent,
  executionPath,
  finalVariables,
  isoTime,
  nodeStates,
  type Plan,
  type Started,
  type State,
} from "@workflow-core/core";
import type { EventRecord, FinishRecord } from "../store/flight-records.js";

/** An event as it is stored: its own columns, and the rest as JSON text. */
export const toEventRecord = (executionId: string, sequence: number, event: ExecutionEvent): EventRecord => {
  const data = JSON.stringify({ ...event, type: undefined, at: undefined });
  return { execution_id: executionId, sequence, at: isoTime(event.at), type: event.type, data };
};

/** An event as it was. Throws when the stored text is not an event. */
export const fromEventRecord = (record: EventRecord): ExecutionEvent => {
  const at = Date.parse(record.at);
  if (Number.isNaN(at)) throw new Error(`event ${record.sequence} has no time`);
  return { ...JSON.parse(record.data), type: record.type, at };
};

/** The guide's columns of an execution that is over. Spelt out: spreading costs as much as all of it. */
export const toFinishRecord = (executionId: string, plan: Plan, state: State): FinishRecord => {
  const end = state.finishedAt ?? state.at;
  const { workflow_id, community_id } = state.started.context;
  return {
    execution_id: executionId,
    workflow_id,
    community_id,
    status: state.status,
    end_time: isoTime(end),
    execution_time_seconds: Math.max(0, end - state.started.at) / 1000,
    nodes_executed: state.operations,
    execution_path: JSON.stringify(executionPath(plan, state)),
    node_states: JSON.stringify(nodeStates(plan, state)),
    final_variables: JSON.stringify(finalVariables(state)),
    final_output: state.finalOutput === undefined ? null : JSON.stringify(state.finalOutput),
    error_message: state.failure?.message.slice(0, 1000) ?? null,
    error_node_id: state.failure?.node_id?.slice(0, 255) ?? null,
    error_type: state.failure?.code.slice(0, 100) ?? null,
  };
};

/** What comes in with a start passes the one gate before it is stored. */
export const cleanStarted = (started: Started): Started => ({
  ...started,
  data: asJson(started.data) as Started["data"],
  variables: asJson(started.variables) as Started["variables"],
});

/** The end of an execution that cannot be read any more: nothing of it is known but that it failed. */
export const unreadableFinish = (
  { execution_id, workflow_id, community_id }: Pick<FinishRecord, "execution_id" | "workflow_id" | "community_id">,
  at: number,
  message: string,
): FinishRecord => ({
  ...{ execution_id, workflow_id, community_id },
  status: "failed",
  end_time: isoTime(at),
  execution_time_seconds: 0,
  nodes_executed: 0,
  execution_path: "[]",
  node_states: "{}",
  final_variables: "{}",
  final_output: null,
  error_message: message.slice(0, 1000),
  error_node_id: null,
  error_type: "UNREADABLE",
});

/** The largest answer that is stored, as JSON text. */
export const maxEventBytes = 2 * 1024 * 1024;

/** What an answer that is larger becomes. */
export const tooLarge = (
  event: Extract<ExecutionEvent, { type: "performed" }>,
  bytes: number,
): Extract<ExecutionEvent, { type: "faulted" }> => ({
  type: "faulted",
  at: event.at,
  token: event.token,
  attempt: event.attempt,
  failure: {
    code: "ANSWER_TOO_LARGE",
    message: `The answer of ${bytes} bytes is larger than MAX_EVENT_BYTES (${maxEventBytes})`,
    retryable: false,
  },
});
