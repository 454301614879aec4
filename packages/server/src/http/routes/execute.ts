// Starting executions by hand or from another program.
import { isFinal, type Json } from "@workflow-core/core";
import { z } from "zod";
import type { Principal } from "../../access/identity.js";
import { type AppError, appError } from "../../errors.js";
import { viewExecution } from "../../execution/view.js";
import { getExecution } from "../../store/executions.js";
import type { Workflow } from "../../store/workflows.js";
import { checkNotArchived } from "../authorise.js";
import { executionSchema, int32, record } from "../documents.js";
import { ok } from "../envelope.js";
import { route } from "../route.js";
import { untilOver } from "../until-over.js";

/** Which kind of trigger a source stands for; others start from the first trigger. */
export const kinds: Readonly<Record<string, string>> = {
  command: "trigger_command",
  event: "trigger_event",
  webhook: "trigger_webhook",
  schedule: "trigger_schedule",
};

const metadata = z.looseObject({
  trigger_source: z
    .string()
    .regex(/^[\w.:-]{1,50}$/, "must be a word of up to 50 characters")
    .optional(),
  session_id: z.union([z.string().min(1).max(255), z.int()]).optional(),
  trigger_node: z.string().min(1).max(255).optional().meta({ description: "The trigger to start from." }),
});

const executeBody = z
  .object({
    community_id: int32.optional().meta({ description: "The workflow's community; only services may leave it out." }),
    variables: record.default({}),
    metadata: metadata.default({}),
    license_key: z.string().min(1).max(255).optional(),
  })
  .prefault({});

const waitSeconds = z
  .string()
  .regex(/^\d{1,2}(\.\d{1,3})?$/, "must be a number of seconds")
  .transform(Number)
  .pipe(z.number().min(0).max(60))
  .optional()
  .meta({ type: "number", minimum: 0, maximum: 60, pattern: undefined, description: "Seconds to wait for the end." });

export const acceptedSchema = z.object({
  ...{ execution_id: z.guid(), workflow_id: z.guid(), status: z.literal("running"), start_time: z.iso.datetime() },
  execution_path: z.array(z.string()),
});

export const executeRoutes = [
  route({
    method: "POST",
    path: "/api/v1/workflows/:id/execute",
    access: { workflow: "execute" },
    tag: "Executions",
    summary: "Starts the published version; answers once the execution is stored.",
    description:
      "202 with the execution's id: from then on it runs to its end, whatever happens to this process. " +
      "`metadata.trigger_source` (command, event, webhook, schedule, manual) or `metadata.trigger_node` picks the " +
      "trigger; `metadata.session_id` goes along to modules. With the header `Idempotency-Key` (1 to 255 printable " +
      "ASCII characters) the same caller starts one execution per key. With `?wait=SECONDS` the answer is 200 with the " +
      "whole execution, or 504 EXECUTION_TIMEOUT when it is not over by then; it goes on.",
    schema: {
      query: z.object({ wait: waitSeconds }),
      body: executeBody,
      gives: acceptedSchema,
      status: 202,
      also: { 200: executionSchema },
    },
    handler: async ({ workflow, principal, query, body, request }, services) => {
      checkNotArchived(workflow);
      if (body.community_id === undefined && principal.kind !== "service") throw missing("community_id");
      const version = runnableVersion(workflow);
      const { license, database, start } = services;
      await license.require({ communityId: workflow.community_id, feature: "workflows", licenseKey: body.license_key });
      const { trigger_source: source = "manual", session_id, trigger_node, ...about } = body.metadata;
      const key = idempotencyKey(request.headers["idempotency-key"]);
      const { workflow_id, community_id, entity_id } = workflow;
      const started = await start({
        workflow: { workflow_id, community_id, entity_id, version },
        source,
        kind: kinds[source],
        triggerNode: trigger_node,
        variables: body.variables,
        about: Object.keys(about).length > 0 ? { metadata: about as Record<string, Json> } : {}, // it came as JSON
        userId: principal.kind === "user" ? principal.user_id : null,
        sessionId: session_id === undefined ? null : String(session_id),
        principal: principalRecord(principal),
        dedupe: key === undefined ? undefined : { source: `execute:${workflow_id}:${callerOf(principal)}`, key },
      });
      const { execution_id, duplicate } = started;
      request.audit("workflow_execute_start", {
        execution_id,
        duplicate,
        source,
        message: "Workflow execution started",
      });
      if (query.wait !== undefined && query.wait > 0) {
        const begun = isFinal(started.status) ? undefined : started.record;
        const row = await untilOver(services, execution_id, query.wait * 1000, request.signal, begun);
        if (row === undefined || !isFinal(row.status))
          throw appError("EXECUTION_TIMEOUT", undefined, { details: { execution_id } });
        return ok(await viewExecution(row, services));
      }
      const first = duplicate ? await getExecution(database, execution_id) : undefined;
      return ok(accepted(execution_id, workflow.workflow_id, first?.start_time ?? started.start_time), {
        status: 202,
        message: "Workflow execution started",
        headers: { Location: `/api/v1/workflows/executions/${execution_id}` },
      });
    },
  }),
];

/** What a caller learns at once. Accepted is under way: its state is asked for at its own address. */
export const accepted = (
  executionId: string,
  workflowId: string,
  startTime: string,
): z.infer<typeof acceptedSchema> => ({
  ...{
    execution_id: executionId,
    workflow_id: workflowId,
    status: "running",
    start_time: startTime,
    execution_path: [],
  },
});

/** The version that starts run. Throws EXECUTION_ERROR when there is none, or the workflow is switched off. */
export function runnableVersion({ published_version: version, enabled }: Workflow): string {
  if (version === null) throw appError("EXECUTION_ERROR", "The workflow is not published; publish it first.");
  if (!enabled) throw appError("EXECUTION_ERROR", "The workflow is switched off; set enabled to true first.");
  return version;
}

/** How a principal is stored with an execution. */
export const principalRecord = (principal: Principal): Record<string, Json> =>
  principal.kind === "service"
    ? { kind: "service", ...(principal.name === undefined ? {} : { name: principal.name }) }
    : {
        kind: "user",
        user_id: principal.user_id,
        ...(principal.username === undefined ? {} : { username: principal.username }),
      };

export const callerOf = (principal: Principal): string =>
  principal.kind === "user" ? `user:${principal.user_id}` : `service:${principal.name ?? ""}`;

export function idempotencyKey(header: string | readonly string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (typeof header === "string" && /^[\x20-\x7e]{1,255}$/.test(header)) return header;
  throw appError("BAD_REQUEST", "Idempotency-Key must be one text of 1 to 255 printable ASCII characters.");
}

const missing = (path: string): AppError =>
  appError("BAD_REQUEST", `${path}: is required`, { details: [{ path, message: "is required" }] });
