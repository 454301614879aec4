// Executions: listed, read, cancelled, repeated.
import { answersBefore, executionStatuses, isFinal, type Performed, type Started } from "@workflow-core/core";
import { z } from "zod";
import { appError } from "../../errors.js";
import { type Standing, standingOf, viewExecution } from "../../execution/view.js";
import { type ExecutionDetail, getExecution, listExecutions, requestCancel } from "../../store/executions.js";
import { checkNotArchived, whoIs } from "../authorise.js";
import { executionSchema, executionSummarySchema, paging, yesOrNo } from "../documents.js";
import { ok, pagination } from "../envelope.js";
import { route } from "../route.js";
import type { Services } from "../services.js";
import { untilOver } from "../until-over.js";
import { accepted, acceptedSchema, principalRecord } from "./execute.js";

const tag = "Executions";

/** How long a cancellation is waited for, so that the answer shows its end. */
const cancelPatienceMs = 1000;

export const executionRoutes = [
  route({
    method: "GET",
    path: "/api/v1/workflows/:id/executions",
    access: { workflow: "view" },
    tag,
    summary: "Lists the executions of a workflow.",
    schema: {
      query: z.object({
        ...paging,
        status: z.enum(executionStatuses).optional(),
        sort_by: z.enum(["start_time", "status", "execution_time"]).default("start_time"),
        sort_order: z.enum(["asc", "desc"]).default("desc"),
      }),
      gives: z.array(executionSummarySchema),
      paged: true,
    },
    handler: async ({ workflow, query }, { database }) => {
      const { page, per_page: perPage, status, sort_by: sortBy, sort_order } = query;
      const { rows, total } = await listExecutions(database.read(), {
        ...{ workflowId: workflow.workflow_id, sortBy, descending: sort_order === "desc", page, perPage },
        ...(status === undefined ? {} : { status }),
      });
      return ok(rows, { pagination: pagination(page, perPage, total) });
    },
  }),

  route({
    method: "GET",
    path: "/api/v1/workflows/executions/:execution_id",
    access: { execution: "view" },
    tag,
    summary: "Gives one execution, live while it runs.",
    description: "`include_metrics=true` adds counts, durations and the slowest nodes.",
    schema: {
      query: z.object({ include_logs: yesOrNo.default(true), include_metrics: yesOrNo.default(false) }),
      gives: executionSchema,
    },
    handler: async ({ execution, query }, { database, plans }) => {
      const options = { includeLogs: query.include_logs, includeMetrics: query.include_metrics };
      return ok(await viewExecution(execution, { database, plans, ...options }));
    },
  }),

  route({
    method: "POST",
    path: "/api/v1/workflows/executions/:execution_id/cancel",
    access: { execution: "execute" },
    tag,
    summary: "Ends an execution wherever it stands.",
    description: "Answers when it has ended, or after a second. 400 EXECUTION_ERROR when it was over before.",
    schema: { body: z.object({ reason: z.string().max(255).optional() }).optional(), gives: executionSchema },
    handler: async ({ execution, principal, body, request }, services) => {
      const id = execution.execution_id;
      const wish = { by: String(whoIs(principal)), ...(body?.reason === undefined ? {} : { reason: body.reason }) };
      const wished = await requestCancel(services.database.primary, id, wish);
      if (wished === "over") return ok(await viewExecution(await cancelledBefore(services, id), services));
      request.audit("workflow_execute_cancel", { execution_id: id });
      await services.worker.cancel(id, wish);
      const row = (await untilOver(services, id, cancelPatienceMs, request.signal)) ?? execution;
      return ok(await viewExecution(row, services), {
        message: isFinal(row.status) ? "Execution cancelled" : "Cancellation requested",
      });
    },
  }),

  route({
    method: "POST",
    path: "/api/v1/workflows/executions/:execution_id/retry",
    access: { execution: "execute" },
    tag,
    summary: "Repeats a finished execution with the same trigger data and the same version, as a new one.",
    description: "With `from_node`, what was done before that node is kept; without it, everything is done again.",
    schema: {
      body: z.object({ from_node: z.string().min(1).max(255).optional() }).optional(),
      gives: acceptedSchema,
      status: 202,
    },
    handler: async ({ execution, workflow, principal, body, request }, services) => {
      if (!isFinal(execution.status))
        throw appError("EXECUTION_ERROR", "The execution is not over yet; cancel it first.");
      checkNotArchived(workflow);
      if (!workflow.enabled)
        throw appError("EXECUTION_ERROR", "The workflow is switched off; set enabled to true first.");
      const standing = await standingOf(execution, services);
      const version = execution.workflow_version;
      if (standing === undefined || version === null)
        throw appError("EXECUTION_ERROR", "What the execution did is not kept any more, so it cannot be repeated.");
      await services.license.require({ communityId: workflow.community_id, feature: "workflows" });
      const first = standing.state.started;
      const started = await services.start({
        workflow: { ...workflow, version },
        ...repeated(first),
        source: "retry",
        about: {
          retried_from: execution.execution_id,
          ...(body?.from_node === undefined ? {} : { from_node: body.from_node }),
        },
        principal: principalRecord(principal),
        retry: { of: execution.execution_id, prior: priorAnswers(standing, body?.from_node) },
      });
      request.audit("workflow_execute_retry", {
        execution_id: started.execution_id,
        retried_from: execution.execution_id,
      });
      return ok(accepted(started.execution_id, workflow.workflow_id, started.start_time), {
        status: 202,
        message: "Workflow execution started",
        headers: { Location: `/api/v1/workflows/executions/${started.execution_id}` },
      });
    },
  }),
];

/** Cancelling twice is the same as once; cancelling what ended otherwise is refused. */
async function cancelledBefore({ database }: Services, executionId: string): Promise<ExecutionDetail> {
  const row = await getExecution(database, executionId);
  if (row?.status === "cancelled") return row;
  throw appError("EXECUTION_ERROR", `The execution is over: it is ${row?.status ?? "gone"}.`);
}

const repeated = ({ trigger, data, variables, context }: Omit<Started, "type">) => ({
  ...{ triggerNode: trigger, data, variables, userId: context.user_id, sessionId: context.session_id },
});

function priorAnswers({ plan, state }: Standing, fromNode: string | undefined): Record<string, Performed> {
  if (fromNode === undefined) return {};
  if (!plan.byId.has(fromNode)) throw appError("BAD_REQUEST", `from_node: the workflow has no node "${fromNode}"`);
  return answersBefore(plan, state, fromNode);
}
