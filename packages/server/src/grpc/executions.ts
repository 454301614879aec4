// GetExecutionStatus and CancelExecution.
import { appError } from "../errors.js";
import { viewExecution } from "../execution/view.js";
import { present, whoIs } from "../http/authorise.js";
import type { Services } from "../http/services.js";
import { untilOver } from "../http/until-over.js";
import { getExecution, requestCancel } from "../store/executions.js";
import { type Caller, permitted } from "./call.js";
import type { CancelExecutionRequest, Execution, GetExecutionStatusRequest } from "./generated/workflow.js";
import { executionMessage } from "./messages.js";
import { short } from "./short-text.js";

/** How long a cancellation is waited for, so that the answer shows its end. */
const cancelPatienceMs = 1000;

/** An execution, live while it runs. */
export async function getExecutionStatus(
  services: Services,
  { executionId, includeNodes }: GetExecutionStatusRequest,
  caller: Caller,
): Promise<Execution> {
  const { execution } = await permitted(services, caller, { execution: "view" }, executionId);
  return executionMessage(await viewExecution(present(execution), services), includeNodes);
}

/** Ends an execution; answers when it has ended, or after a second. Cancelling twice is the same as once. */
export async function cancelExecution(
  services: Services,
  { executionId, reason }: CancelExecutionRequest,
  caller: Caller,
): Promise<Execution> {
  const { workflow, execution } = await permitted(services, caller, { execution: "execute" }, executionId);
  short("reason", reason);
  const { execution_id } = present(execution);
  const wish = { by: String(whoIs(caller.principal)), ...(reason === "" ? {} : { reason }) };
  const wished = await requestCancel(services.database.primary, execution_id, wish);
  if (wished !== "over") {
    caller.audit("workflow_execute_cancel", workflow, { execution_id });
    await services.worker.cancel(execution_id, wish);
    await untilOver(services, execution_id, cancelPatienceMs, caller.signal);
  }
  const row = present(await getExecution(services.database, execution_id));
  if (wished === "over" && row.status !== "cancelled")
    throw appError("EXECUTION_ERROR", `The execution is over: it is ${row.status}.`);
  return executionMessage(await viewExecution(row, services), false);
}
