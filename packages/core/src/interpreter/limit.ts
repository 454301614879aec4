// The failure of a limit: its name, its value and the node that met it.
import type { NodeFailure } from "../documents/execution.js";

export type LimitName =
  | "MAX_LOOP_ITERATIONS"
  | "MAX_TOTAL_OPERATIONS"
  | "MAX_LOOP_DEPTH"
  | "WORKFLOW_TIMEOUT_SECONDS"
  | "MAX_EVENT_BYTES"
  | "MAX_EXECUTION_BYTES";

export const limitFailure = (name: LimitName, value: number, nodeId: string, detail = ""): NodeFailure => ({
  code: "LIMIT_EXCEEDED",
  message: `${name} (${value}) exceeded at node "${nodeId}"${detail}`,
  retryable: false,
  details: { limit: name, value, node_id: nodeId },
});
