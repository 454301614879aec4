// What a builder of workflows shows: the node types, the language of expressions, and what the practice router got.
import { type CompletionEntry, completions, describeNodeTypes, type NodeTypeDescription } from "@workflow-core/core";
import { z } from "zod";
import { appError } from "../../errors.js";
import { viewableAmong } from "../../store/workflows.js";
import { wholeNumber } from "../documents.js";
import { ok } from "../envelope.js";
import { route } from "../route.js";
import { viewerOf } from "../viewer.js";

const tag = "Building";

type Catalogue = { node_types: NodeTypeDescription[]; expressions: CompletionEntry[] };

/** Made when it is first asked for; it never changes while the process lives. */
let catalogue: Catalogue | undefined;

const nodeTypeSchema = z.looseObject({
  ...{ type: z.string(), category: z.string(), title: z.string(), icon: z.string(), summary: z.string() },
  ...{ details: z.string().nullable(), feature: z.string().nullable() },
  ports: z.union([z.record(z.string(), z.string()), z.literal("any")]),
  fields: z.array(z.looseObject({ name: z.string(), title: z.string(), widget: z.string(), optional: z.boolean() })),
  config_schema: z.looseObject({}).meta({ description: "JSON Schema of the config." }),
});

const expressionSchema = z.looseObject({
  name: z.string(),
  kind: z.string(),
  signature: z.string(),
  summary: z.string(),
});

const messageSchema = z.looseObject({ id: z.guid(), at: z.iso.datetime(), text: z.string(), execution_id: z.string() });

export const buildingRoutes = [
  route({
    method: "GET",
    path: "/api/v1/node-types",
    access: "signed-in",
    tag,
    summary:
      "Gives every node type with its ports, fields and examples, and every function of the expression language.",
    schema: { gives: z.object({ node_types: z.array(nodeTypeSchema), expressions: z.array(expressionSchema) }) },
    handler: () => {
      catalogue ??= { node_types: describeNodeTypes(), expressions: completions() };
      return ok(catalogue);
    },
  }),

  route({
    method: "GET",
    path: "/api/v1/practice/messages",
    access: "signed-in",
    tag,
    summary: "Gives what workflows sent to the practice router, newest first.",
    description:
      "Only while no ROUTER_URL is set; 404 otherwise. People see the messages of the workflows that they may view.",
    schema: {
      query: z.object({
        community_id: wholeNumber(0, 2_147_483_647).optional(),
        limit: wholeNumber(1, 300).default(50),
      }),
      gives: z.array(messageSchema),
    },
    handler: async ({ query, principal }, { practice, database }) => {
      if (practice === undefined) throw appError("NOT_FOUND", "The practice router is not in use.");
      const { community_id, limit } = query;
      const all = practice.messages(community_id === undefined ? { limit: 300 } : { community_id, limit: 300 });
      const viewer = viewerOf(principal);
      if (viewer.all === true) return ok(all.slice(0, limit));
      const seen = await viewableAmong(database, viewer, [...new Set(all.map(({ workflow_id }) => workflow_id))]);
      return ok(all.filter(({ workflow_id }) => seen.has(workflow_id)).slice(0, limit));
    },
  }),
];
