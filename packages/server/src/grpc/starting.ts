// TriggerWorkflow and ExecuteWorkflow: starting an execution, answered once it is stored.
import { type AbortSignalLike, isFinal } from "@workflow-core/core";
import { appError } from "../errors.js";
import type { StartResult } from "../execution/start.js";
import { viewExecution } from "../execution/view.js";
import { checkCommunity, checkNotArchived } from "../http/authorise.js";
import { jsonObject, refusal } from "../http/json-text.js";
import { callerOf, idempotencyKey, kinds, principalRecord, runnableVersion } from "../http/routes/execute.js";
import type { Services } from "../http/services.js";
import { untilOver } from "../http/until-over.js";
import { getExecution } from "../store/executions.js";
import type { Workflow } from "../store/workflows.js";
import { type Caller, permitted, stillThere } from "./call.js";
import type {
  ExecuteWorkflowRequest,
  Execution,
  TriggerWorkflowRequest,
  TriggerWorkflowResponse,
} from "./generated/workflow.js";
import { executionMessage, startedMessage } from "./messages.js";
import { short } from "./short-text.js";

/** Starts a workflow by a trigger, once per session. */
export async function triggerWorkflow(
  services: Services,
  request: TriggerWorkflowRequest,
  caller: Caller,
): Promise<TriggerWorkflowResponse> {
  const { workflow, version } = await startable(services, caller, request.workflowId);
  const { principal } = caller;
  const source = sourceOf(request.triggerSource, "grpc");
  const session = short("session_id", request.sessionId);
  const platform = short("platform", request.platform);
  const entity = short("entity_id", request.entityId);
  if (request.userId < 0) throw refusal("user_id", "must not be negative");
  const given = jsonObject("trigger_data", request.triggerData);
  // Who a person is says their token; only a service speaks of others.
  const userId = principal.kind === "user" ? principal.user_id : request.userId || null;
  await services.license.require({ communityId: workflow.community_id, feature: "workflows" });
  stillThere(caller);
  const { execution_id, duplicate } = await services.start({
    workflow: { ...workflow, version },
    source,
    ...(kinds[source] === undefined ? {} : { kind: kinds[source] }),
    data: {
      ...(userId === null ? {} : { user_id: String(userId) }),
      ...(platform === "" ? {} : { platform }),
      ...given,
    },
    about: {
      door: "grpc",
      ...(platform === "" ? {} : { platform }),
      ...(entity === "" ? {} : { entity_id: entity }),
    },
    userId,
    sessionId: session === "" ? null : session,
    principal: principalRecord(principal),
    ...(session === "" ? {} : { dedupe: { source: `grpc:${workflow.workflow_id}`, key: session } }),
  });
  caller.audit("workflow_execute_start", workflow, { execution_id, duplicate, source, message: started });
  const message = duplicate ? "Workflow execution was started before" : started;
  return { success: true, message, executionId: execution_id };
}

const started = "Workflow execution started";

/** Starts a workflow with variables, and waits for its end if wanted. */
export async function executeWorkflow(
  services: Services,
  request: ExecuteWorkflowRequest,
  caller: Caller,
): Promise<Execution> {
  const { workflow, version } = await startable(services, caller, request.workflowId);
  const { principal } = caller;
  const { communityId, waitSeconds } = request;
  if (communityId !== 0) checkCommunity(workflow, { community_id: communityId });
  else if (principal.kind === "user" && workflow.community_id !== 0) throw refusal("community_id", "is required");
  if (!(waitSeconds >= 0 && waitSeconds <= 60)) throw refusal("wait_seconds", "must be 0 to 60");
  const source = sourceOf(request.triggerSource, "manual");
  const session = short("session_id", request.sessionId);
  const node = short("trigger_node", request.triggerNode);
  const licenseKey = short("license_key", request.licenseKey) || undefined;
  const key = request.idempotencyKey === "" ? undefined : idempotencyKey(request.idempotencyKey);
  const variables = jsonObject("variables", request.variables);
  await services.license.require({ communityId: workflow.community_id, feature: "workflows", licenseKey });
  stillThere(caller);
  const start = await services.start({
    ...{ workflow: { ...workflow, version }, source, variables, about: { door: "grpc" } },
    ...(kinds[source] === undefined ? {} : { kind: kinds[source] }),
    ...(node === "" ? {} : { triggerNode: node }),
    userId: principal.kind === "user" ? principal.user_id : null,
    sessionId: session === "" ? null : session,
    principal: principalRecord(principal),
    ...(key === undefined ? {} : { dedupe: { source: `execute:${workflow.workflow_id}:${callerOf(principal)}`, key } }),
  });
  const { execution_id, duplicate, start_time } = start;
  caller.audit("workflow_execute_start", workflow, { execution_id, duplicate, source, message: started });
  if (waitSeconds > 0) return ended(services, start, waitSeconds * 1000, caller.signal);
  const first = duplicate ? await getExecution(services.database, execution_id) : undefined;
  return startedMessage({
    ...{ executionId: execution_id, workflowId: workflow.workflow_id, communityId: workflow.community_id },
    ...{ workflowVersion: first?.workflow_version ?? version, startTime: first?.start_time ?? start_time },
  });
}

async function ended(
  services: Services,
  { execution_id: id, status, record }: StartResult,
  milliseconds: number,
  signal: AbortSignalLike,
): Promise<Execution> {
  const row = await untilOver(services, id, milliseconds, signal, isFinal(status) ? undefined : record);
  if (row === undefined || !isFinal(row.status))
    throw appError("EXECUTION_TIMEOUT", `Execution ${id} has not finished in time; it goes on.`);
  return executionMessage(await viewExecution(row, services), false);
}

async function startable(
  services: Services,
  caller: Caller,
  workflowId: string,
): Promise<{ workflow: Workflow; version: string }> {
  const { workflow } = await permitted(services, caller, { workflow: "execute" }, workflowId);
  checkNotArchived(workflow);
  return { workflow, version: runnableVersion(workflow) };
}

function sourceOf(given: string, otherwise: string): string {
  if (given === "") return otherwise;
  if (/^[\w.:-]{1,50}$/.test(given)) return given;
  throw refusal("trigger_source", "must be a word of up to 50 characters");
}
