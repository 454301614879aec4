// The document that people draw: nodes, connections, variables and settings of one workflow, as stored and sent.
// A draft may be wrong in every way that still fits these shapes; `compile` says what is wrong with it.
import { z } from "zod";
import { jsonSchema } from "../json-schema.js";

/** An identifier of a node or connection inside one workflow: 1 to 255 characters, none of JavaScript's hostile names. */
const identifier = z
  .string()
  .min(1)
  .max(255)
  .refine((id) => !["__proto__", "constructor", "prototype"].includes(id), "is a reserved name");

/**
 * How a node's failed attempts are repeated. `false`: by the workflow's rule only if it asks; `"never"`: not even then,
 * and not after a crash either: a call whose outcome nobody knows fails as OUTCOME_UNKNOWN.
 */
export const retrySchema = z.union([
  z.boolean(),
  z.literal("never"),
  z.strictObject({
    max_retries: z.int().min(0).max(20).optional(),
    first_seconds: z.number().positive().max(3600).optional(),
    factor: z.number().min(1).max(10).optional(),
    max_seconds: z.number().positive().max(86_400).optional(),
    on: z.array(z.string().min(1).max(100)).max(20).optional(),
  }),
]);

export const nodeSchema = z.strictObject({
  node_type: z.string().min(1).max(100),
  label: z.string().max(255).optional(),
  position: z.strictObject({ x: z.number(), y: z.number() }).optional(),
  enabled: z.boolean().optional(),
  retry: retrySchema.optional(),
  notes: z.string().max(10_000).optional(),
  config: z.record(z.string(), jsonSchema).optional(),
});

export const connectionSchema = z.strictObject({
  connection_id: identifier.optional(),
  from_node_id: z.string().min(1).max(255),
  from_port_name: z.string().min(1).max(100).optional(),
  to_node_id: z.string().min(1).max(255),
  to_port_name: z.string().min(1).max(100).optional(),
  enabled: z.boolean().optional(),
  condition: z.string().max(10_000).optional(),
});

/** Settings of a workflow beside its graph; unknown keys are kept (tags, notes of other programs). */
export const metadataSchema = z.looseObject({
  max_execution_time_seconds: z.number().positive().max(31_536_000).optional(),
  max_retries: z.int().min(0).max(20).optional(),
  retry_failed_nodes: z.boolean().optional(),
  on_overlap: z.enum(["queue", "skip", "cancel_previous"]).optional(),
  tags: z.array(z.string().max(100)).max(100).optional(),
});

/** More connections than this no graph has. */
export const mostConnections = 50_000;

/** What is drawn: everything `compile` needs. Missing parts are empty. */
export const graphSchema = z.object({
  nodes: z.record(identifier, nodeSchema).default({}),
  connections: z.array(connectionSchema).max(mostConnections).default([]),
  global_variables: z.record(identifier, jsonSchema).default({}),
  metadata: metadataSchema.default({}),
});

export type NodeDocument = z.infer<typeof nodeSchema>;
export type ConnectionDocument = z.infer<typeof connectionSchema>;
export type RetryDocument = z.infer<typeof retrySchema>;
export type WorkflowMetadata = z.infer<typeof metadataSchema>;
export type WorkflowGraph = z.infer<typeof graphSchema>;
