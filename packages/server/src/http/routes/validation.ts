// Validation without publishing: of what is saved, or of a document that is not saved yet. Nothing is run.
import { z } from "zod";
import { record, validationSchema } from "../documents.js";
import { ok } from "../envelope.js";
import { route } from "../route.js";
import { validate } from "../validation.js";

const tag = "Building";

const told = async (document: unknown, limits: Parameters<typeof validate>[1]) => {
  const { compiled: _, ...result } = await validate(document, limits);
  return ok(result);
};

export const validationRoutes = [
  route({
    method: "POST",
    path: "/api/v1/workflows/validate",
    access: "signed-in",
    tag,
    summary: "Validates a document that need not be saved. 200 always; the result says what is wrong.",
    schema: {
      body: record.meta({ description: "A workflow: nodes, connections, global_variables, metadata, in any state." }),
      gives: validationSchema,
    },
    handler: ({ body }, { limits }) => told(body, limits),
  }),

  route({
    method: "POST",
    path: "/api/v1/workflows/:id/validate",
    access: { workflow: "view" },
    tag,
    summary: "Validates what is saved. 200 always; the result says what is wrong.",
    schema: { body: z.object({}).optional(), gives: validationSchema },
    handler: ({ workflow }, { limits }) => told(workflow, limits),
  }),
];
