// The documents that go in and out, as zod schemas. What comes in is checked with them; what goes out is described by
// them. Each with an id is a component of the OpenAPI document.
import {
  connectionSchema,
  executionStatuses,
  graphSchema,
  jsonSchema,
  metadataSchema,
  nodeSchema,
  type ProblemCode,
  problemTable,
} from "@workflow-core/core";
import { z } from "zod";

const named = <T extends z.ZodType>(id: string, schema: T): T => {
  z.globalRegistry.add(schema, { ...z.globalRegistry.get(schema), id });
  return schema;
};

named("Json", jsonSchema);
named("Node", nodeSchema);
named("Connection", connectionSchema);
named("WorkflowMetadata", metadataSchema);

/** What an INTEGER column of ours takes as an id. */
export const int32 = z.int().min(0).max(2_147_483_647);
export const time = z.iso.datetime();
export const record = z.record(z.string(), jsonSchema);
const uuid = z.guid();

/** The parts of a graph without their defaults: what is absent stays absent. */
export const graphParts = {
  nodes: graphSchema.shape.nodes.unwrap(),
  connections: graphSchema.shape.connections.unwrap(),
  global_variables: graphSchema.shape.global_variables.unwrap(),
  metadata: metadataSchema,
};

/** A query parameter that is a whole number; everything arrives as text, and is documented as what it means. */
export const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,10}$/, "must be a whole number")
    .transform(Number)
    .pipe(z.int().min(min).max(max))
    .meta({ type: "integer", minimum: min, maximum: max, pattern: undefined });

/** true or false as text. */
export const yesOrNo = z.enum(["true", "false"]).transform((text) => text === "true");

export const paging = {
  page: wholeNumber(1, 1_000_000).default(1).meta({ description: "1 unless given." }),
  per_page: wholeNumber(1, 100).default(20).meta({ description: "20 unless given." }),
};

export const paginationSchema = named(
  "Pagination",
  z.object({
    ...{ page: z.int(), per_page: z.int(), total: z.int(), total_pages: z.int() },
    ...{ has_next: z.boolean(), has_prev: z.boolean() },
  }),
);

export const failureSchema = named(
  "Failure",
  z.object({
    success: z.literal(false),
    error: z.object({ code: z.string(), message: z.string(), details: z.unknown().optional(), request_id: uuid }),
  }),
);

export const workflowStatuses = ["draft", "published", "archived"] as const;

export const workflowSchema = named(
  "Workflow",
  z.object({
    ...{ workflow_id: uuid, name: z.string(), description: z.string().nullable() },
    ...{ entity_id: z.int(), community_id: z.int(), author_id: z.int(), status: z.enum(workflowStatuses) },
    version: z.string().meta({ description: "The newest version that was published." }),
    published_version: z.string().nullable().meta({ description: "The version that triggers run; null: none." }),
    ...graphParts,
    enabled: z.boolean(),
    revision: z.int().meta({ description: "Grows with every change; the ETag is this number in quotes." }),
    ...{ created_at: time, updated_at: time, published_at: time.nullable(), archived_at: time.nullable() },
  }),
);

export const versionSummarySchema = named(
  "VersionSummary",
  z.object({
    ...{ workflow_id: uuid, version: z.string(), number: z.int(), name: z.string().nullable() },
    description: z.string().nullable(),
    title: z.string().nullable().meta({ description: "What people call the version; null: it has only its number." }),
    note: z.string().nullable().meta({ description: "Why it was made." }),
    author_id: z.int().nullable(),
    published: z.boolean().meta({ description: "False: never published, kept when a rollback replaced it." }),
    created_at: time,
  }),
);
export const versionSchema = named("Version", versionSummarySchema.extend(graphParts));

const problemSchema = named(
  "Problem",
  z.object({
    code: z.enum(Object.keys(problemTable) as [ProblemCode, ...ProblemCode[]]),
    message: z.string(),
    ...{ node_id: z.string().optional(), connection_id: z.string().optional(), path: z.string().optional() },
  }),
);
export const validationSchema = named(
  "Validation",
  z.object({
    is_valid: z.boolean(),
    ...{ errors: z.array(problemSchema), warnings: z.array(problemSchema) },
    node_validation_errors: z.record(z.string(), z.array(problemSchema)),
    ...{ error_count: z.int(), warning_count: z.int() },
  }),
);

const nodeStateSchema = named(
  "NodeState",
  z.object({
    status: z.enum(["pending", "running", "waiting", "completed", "failed", "skipped", "cancelled"]),
    ...{ started_at: time.nullable(), completed_at: time.nullable() },
    ...{ input_data: jsonSchema, output_data: jsonSchema, logs: z.array(z.string()).optional() },
    ...{ error: z.string().nullable(), error_type: z.string().nullable(), retry_count: z.int() },
    visits: z.int().meta({ description: "How often the node was visited: more than once inside loops." }),
  }),
);

export const visitStatuses = ["running", "waiting", "completed", "failed", "cancelled"] as const;
export const visitSchema = named(
  "Visit",
  z.object({
    ...{
      node_id: z.string(),
      visit: z.string().nullable().meta({
        description:
          "Its name: the node and the iteration path. Null: the events are not kept any more, so this is the node's last visit.",
      }),
    },
    number: z.int().meta({ description: "1 for the node's first visit." }),
    iteration: z.array(z.int()).meta({ description: "Loop indexes, outermost first; empty outside loops." }),
    ...{ status: z.enum(visitStatuses), started_at: time, duration_seconds: z.number() },
    ...{ error: z.string().nullable(), error_type: z.string().nullable(), retry_count: z.int() },
    ...{ input: jsonSchema.optional(), output: jsonSchema.optional(), logs: z.array(z.string()).optional() },
    variables: record.optional().meta({ description: "What the visit has set." }),
  }),
);

const executionFields = {
  ...{ execution_id: uuid, workflow_id: uuid, workflow_version: z.string().nullable() },
  ...{ community_id: z.int(), entity_id: z.int().nullable(), status: z.enum(executionStatuses) },
  ...{ start_time: time, end_time: time.nullable(), execution_time_seconds: z.number().nullable() },
  ...{ nodes_executed: z.int(), error_message: z.string().nullable(), error_node_id: z.string().nullable() },
  error_type: z.string().nullable(),
  trigger: jsonSchema.meta({ description: "What started it: source, node_id and what the source adds." }),
  retried_from: uuid.nullable(),
  recoveries: z.int().meta({ description: "How often a worker died with it in hand since its last step." }),
  recovered_at: time.nullable().meta({ description: "When it was last taken over from a worker that had died." }),
  cancel_requested: jsonSchema,
};
export const executionSummarySchema = named("ExecutionSummary", z.object(executionFields));
const executionMetricsSchema = z.object({
  ...{ nodes_executed: z.int(), total_duration_seconds: z.number(), waiting_seconds: z.number(), retries: z.int() },
  slowest_nodes: z.array(z.object({ node_id: z.string(), duration_seconds: z.number() })),
});
export const executionSchema = named(
  "Execution",
  z.object({
    ...executionFields,
    execution_path: z.array(z.string()),
    node_states: z.record(z.string(), nodeStateSchema),
    ...{ final_variables: record, final_output: jsonSchema },
    metrics: executionMetricsSchema.optional(),
  }),
);

export const triggerLineSchema = named(
  "TriggerLine",
  z.object({
    ...{ at: time, community_id: z.int(), workflow_id: uuid, workflow_name: z.string(), node_id: z.string() },
    trigger: z.string().meta({ description: "What was said or happened: !hug, raid." }),
    ...{ platform: z.string(), user_id: z.string(), user_name: z.string(), roles: z.array(z.string()) },
    outcome: z.enum(["started", "duplicate", "cooldown", "not_permitted", "filtered", "limit"]),
    detail: z.string().nullable(),
    ...{ delivery_id: z.string(), execution_id: uuid.nullable() },
  }),
);

export const grantSchema = named(
  "Permission",
  z.object({
    ...{ permission_id: z.int(), workflow_id: uuid },
    ...{ user_id: z.int().nullable(), role_id: z.int().nullable(), community_id: z.int().nullable() },
    ...{ can_view: z.boolean(), can_edit: z.boolean(), can_delete: z.boolean(), can_execute: z.boolean() },
    created_at: time,
  }),
);

export const scheduleSchema = named(
  "Schedule",
  z.object({
    ...{ schedule_id: uuid, workflow_id: uuid },
    node_id: z
      .string()
      .nullable()
      .meta({ description: "The trigger_schedule node it stands for; null: made by hand." }),
    ...{ name: z.string(), cron_expression: z.string() },
    timezone: z.string().nullable().meta({ description: "Null: SCHEDULER_TIMEZONE." }),
    ...{ enabled: z.boolean(), paused: z.boolean() },
    next_run_at: time
      .nullable()
      .meta({ description: "Null while it cannot fire: switched off or paused, or its workflow is not published." }),
    ...{ last_run_at: time.nullable(), run_count: z.int(), last_execution_id: uuid.nullable() },
    last_skip_at: time.nullable().meta({ description: "The last time that started nothing." }),
    ...{ last_skip_reason: z.string().nullable(), created_at: time, updated_at: time },
  }),
);
