// The dry run of a workflow, saved or not.
import { randomUUID } from "node:crypto";
import { finalVariables, isFinal, type Json, type Plan, type State } from "@workflow-core/core";
import { z } from "zod";
import { appError } from "../../errors.js";
import { graphParts, int32, record } from "../documents.js";
import { type DryRunResult, dryRun } from "../dry-run.js";
import { ok } from "../envelope.js";
import { route } from "../route.js";
import { validate } from "../validation.js";

const nodeId = z.string().min(1).max(255);

const testBody = z
  .object({
    community_id: int32,
    ...z.object(graphParts).shape,
    variables: record.meta({ description: "Variables to start with; they win over the trigger's." }),
    trigger_data: record.meta({ description: "What the trigger gives; its own sample unless given." }),
    trigger_node: nodeId,
    until_node: nodeId.meta({ description: "Stop when this node has been visited." }),
    mocks: record.meta({ description: 'By node: the answer that its action gets; {"error": …} makes it fail.' }),
  })
  .partial();

const traceEntry = z.looseObject({
  ...{ node_id: z.string(), status: z.string(), duration_seconds: z.number(), input: z.unknown(), output: z.unknown() },
  ...{ logs: z.array(z.string()), error: z.string().nullable() },
});

const resultSchema = z.object({
  ...{ execution_id: z.guid(), test_mode: z.literal(true), status: z.string(), execution_time_seconds: z.number() },
  stopped_at: z.string().nullable().meta({ description: "`until_node`, when the run stopped there." }),
  trace: z.array(traceEntry),
  ...{ final_variables: record, final_output: z.unknown(), error_message: z.string().nullable() },
  error_node_id: z.string().nullable(),
  summary: z.object({
    nodes_executed: z.int(),
    nodes_failed: z.int(),
    total_duration: z.number(),
    passed: z.boolean(),
  }),
});

export const dryRunRoutes = [
  route({
    method: "POST",
    path: "/api/v1/workflows/:id/test",
    access: { workflow: "execute" },
    tag: "Building",
    summary: "Runs what is drawn without touching anything: a dry run.",
    description:
      "Nothing is sent and nothing is stored. Actions answer as if everything went well, or what `mocks` says; code " +
      "runs in the sandbox; delays take no time, durations are those of the virtual clock. The body may bring `nodes`, " +
      "`connections`, `global_variables` and `metadata` that are not saved. 400 VALIDATION_FAILED when they have errors.",
    schema: { body: testBody.optional(), gives: resultSchema },
    handler: async ({ workflow, principal, body = {}, request }, { limits, clock, outside }) => {
      const { nodes, connections, global_variables, metadata } = { ...workflow, ...drawn(body) };
      const { compiled, ...validation } = await validate({ nodes, connections, global_variables, metadata }, limits);
      const { plan } = compiled;
      if (plan === undefined) throw appError("VALIDATION_FAILED", undefined, { details: validation });
      const trigger = triggerOf(plan, body.trigger_node);
      checkNodes(plan, body.until_node, body.mocks ?? {});
      const executionId = randomUUID();
      const result = await dryRun({
        ...{ plan, limits, clock, sandbox: outside.sandbox, mocks: body.mocks ?? {}, signal: request.signal },
        context: {
          ...{ execution_id: executionId, workflow_id: workflow.workflow_id, community_id: workflow.community_id },
          ...{ entity_id: workflow.entity_id, session_id: null },
          user_id: principal.kind === "user" ? principal.user_id : null,
        },
        trigger: trigger.id,
        data: body.trigger_data ?? sampleOf(trigger),
        variables: body.variables ?? {},
        untilNode: body.until_node,
      });
      request.audit("workflow_test", { execution_id: executionId });
      return ok(told(executionId, result, body.until_node));
    },
  }),
];

type Body = Partial<z.output<typeof testBody>>;

const drawn = ({ nodes, connections, global_variables, metadata }: Body) => ({
  ...(nodes === undefined ? {} : { nodes }),
  ...(connections === undefined ? {} : { connections }),
  ...(global_variables === undefined ? {} : { global_variables }),
  ...(metadata === undefined ? {} : { metadata }),
});

type TriggerNode = Plan["triggers"][number];

function triggerOf(plan: Plan, wanted: string | undefined): TriggerNode {
  const trigger = plan.triggers.find(({ id }) => wanted === undefined || id === wanted);
  if (trigger === undefined) throw badInput("trigger_node", `the workflow has no enabled trigger "${wanted}"`);
  return trigger;
}

const sampleOf = ({ type, drawn: config }: TriggerNode): Record<string, Json> =>
  type.behaviour === "trigger" ? type.sample(config) : {};

function checkNodes(plan: Plan, until: string | undefined, mocks: Readonly<Record<string, Json>>): void {
  if (until !== undefined && !plan.byId.has(until)) throw badInput("until_node", `the workflow has no node "${until}"`);
  for (const id of Object.keys(mocks)) {
    const node = plan.byId.get(id);
    if (node === undefined) throw badInput(`mocks.${id}`, `the workflow has no node "${id}"`);
    if (node.type.behaviour !== "action")
      throw badInput(`mocks.${id}`, `"${id}" is no action; only actions have answers`);
  }
}

const badInput = (path: string, message: string) =>
  appError("BAD_REQUEST", `${path}: ${message}`, { details: [{ path, message }] });

function told(
  executionId: string,
  { state, trace, outOfTime }: DryRunResult,
  until: string | undefined,
): z.input<typeof resultSchema> {
  const seconds = ((state.finishedAt ?? state.at) - state.started.at) / 1000;
  const failures = trace.filter(({ status }) => status === "failed").length;
  const stopped = !isFinal(state.status);
  return {
    ...{ execution_id: executionId, test_mode: true, status: statusOf(state), execution_time_seconds: seconds },
    stopped_at: stopped && until !== undefined ? until : null,
    trace: trace.map((entry) => ({ ...entry })),
    final_variables: finalVariables(state),
    final_output: state.finalOutput ?? null,
    error_message: state.failure?.message ?? null,
    error_node_id: state.failure?.node_id ?? null,
    summary: {
      ...{ nodes_executed: state.operations, nodes_failed: failures, total_duration: seconds },
      passed: !outOfTime && (stopped ? failures === 0 : state.status === "completed"),
    },
  };
}

/** A run that was stopped on purpose did all that was asked of it. */
const statusOf = ({ status }: State): string => (isFinal(status) ? status : "completed");
