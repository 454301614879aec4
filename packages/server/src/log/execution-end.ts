// The line that tells of an execution's end, to go with the one that told of its start: one for each, by the process that
// stored its end.
import type { Log } from "../log.js";
import type { FinishRecord } from "../store/flight-records.js";

/** Tells the log that an execution is over, and how it went. */
export function auditEnd(log: Pick<Log, "audit">, finish: FinishRecord): void {
  const { execution_id, workflow_id, community_id: community, status, execution_time_seconds: seconds } = finish;
  const { nodes_executed, error_type, error_node_id, error_message } = finish;
  log.audit("workflow_execute_end", {
    community,
    workflow_id,
    execution_id,
    result: status === "completed" ? "SUCCESS" : "FAILURE",
    message: `Workflow execution ${status.replace("_", " ")}`,
    status,
    seconds,
    nodes_executed,
    error_type: error_type ?? undefined,
    error_message: error_type === null ? undefined : error_message,
    error_node_id: error_node_id ?? undefined,
  });
}
