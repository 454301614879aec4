// Executions as messages. What is absent is empty, as protobuf has it; values of any shape are JSON text.
import type { Json } from "@workflow-core/core";
import type { ExecutionView } from "../execution/view.js";
import type { Execution, NodeState } from "./generated/workflow.js";

const text = (value: Json | undefined): string => (value === undefined || value === null ? "" : JSON.stringify(value));

/** An execution, with the states of its nodes if they are wanted. */
export const executionMessage = (view: ExecutionView, includeNodes: boolean): Execution => ({
  executionId: view.execution_id,
  workflowId: view.workflow_id,
  workflowVersion: view.workflow_version ?? "",
  communityId: view.community_id,
  status: view.status,
  startTime: view.start_time,
  endTime: view.end_time ?? "",
  executionTimeSeconds: view.execution_time_seconds ?? 0,
  nodesExecuted: view.nodes_executed,
  executionPath: view.execution_path,
  errorMessage: view.error_message ?? "",
  errorNodeId: view.error_node_id ?? "",
  errorType: view.error_type ?? "",
  finalOutput: text(view.final_output),
  finalVariables: JSON.stringify(view.final_variables),
  nodes: includeNodes ? nodeMessages(view.node_states) : {},
});

/** What is known of an execution that was stored a moment ago. */
export const startedMessage = (
  execution: Pick<Execution, "executionId" | "workflowId" | "communityId" | "workflowVersion" | "startTime">,
): Execution => ({
  ...execution,
  ...{ status: "running", endTime: "", executionTimeSeconds: 0, nodesExecuted: 0, executionPath: [] },
  ...{ errorMessage: "", errorNodeId: "", errorType: "", finalOutput: "", finalVariables: "{}", nodes: {} },
});

const nodeMessages = (states: ExecutionView["node_states"]): Record<string, NodeState> =>
  Object.fromEntries(
    Object.entries(states).map(([id, state]) => [
      id,
      {
        status: state.status,
        startedAt: state.started_at ?? "",
        completedAt: state.completed_at ?? "",
        error: state.error ?? "",
        errorType: state.error_type ?? "",
        retryCount: state.retry_count,
        visits: state.visits,
        inputData: text(state.input_data),
        outputData: text(state.output_data),
        logs: state.logs ?? [],
      },
    ]),
  );
