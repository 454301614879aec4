// The OpenAPI 3.1 document: made from the routes by @fastify/swagger and from their schemas by zod.
import type { SwaggerOptions } from "@fastify/swagger";
import { jsonSchemaTransform, jsonSchemaTransformObject } from "fastify-type-provider-zod";
import { moduleVersion } from "./version.js";

const tags = [
  { name: "Workflows", description: "The documents that people draw, their versions and who may use them." },
  { name: "Executions", description: "Runs of workflows: started, watched, cancelled, repeated." },
  { name: "Permissions", description: "Who beside the author may view, edit, delete and execute a workflow." },
  { name: "Building", description: "What a builder of workflows needs: node types, validation, dry runs, practice." },
  { name: "Triggers", description: "Commands and events in, and why they did or did not start a workflow." },
  { name: "Secrets", description: "What workflows of a community may send and nobody may see." },
  { name: "Webhooks", description: "Addresses that other programs call to start a workflow." },
  { name: "Session", description: "The builder's sign-in: a token is exchanged for a cookie." },
  { name: "Operation", description: "How this process is doing." },
];

const description = `Workflows for chat communities: drawn as a graph, started by commands, events, webhooks and
schedules, carried out durably.

Every answer is \`{"success": true, "data": …}\` or \`{"success": false, "error": {"code", "message", "details"?,
"request_id"}}\`. Times are ISO-8601 with Z, identifiers are UUIDs; a malformed one is not found.`;

export const openapiOptions: SwaggerOptions = {
  openapi: {
    openapi: "3.1.0",
    info: {
      title: "Workflow Core",
      version: moduleVersion,
      description,
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    tags,
    components: {
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT", description: "HS256, with the claim user_id." },
        apiKey: {
          type: "apiKey",
          in: "header",
          name: "X-API-Key",
          description: "For services; X-On-Behalf-Of: <user id> holds the call to that person's rights.",
        },
      },
    },
  },
  transform: jsonSchemaTransform,
  transformObject: (document) => pruned(withOptionalBodies(jsonSchemaTransformObject(document))),
};

/** Marks an operation that may come without its body; @fastify/swagger has no word for it. */
export const optionalBody = "x-optional-body";

interface Operation {
  [optionalBody]?: boolean;
  requestBody?: object;
}

function withOptionalBodies<T extends object>(document: T): T {
  const { paths = {} } = document as { paths?: Record<string, Record<string, Operation>> };
  for (const operation of Object.values(paths).flatMap((methods) => Object.values(methods))) {
    if (operation[optionalBody] !== true) continue;
    delete operation[optionalBody];
    operation.requestBody = { ...operation.requestBody, required: false };
  }
  return document;
}

/** Leaves out components that nothing refers to, directly or through others. */
function pruned<T extends object>(document: T): T {
  const { components } = document as { components?: { schemas?: Record<string, unknown> } };
  const schemas = components?.schemas ?? {};
  const used = new Set<string>();
  const open: unknown[] = ["paths" in document ? document.paths : {}];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const [, name = ""] of JSON.stringify(next).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (used.has(name)) continue;
      used.add(name);
      open.push(schemas[name] ?? {});
    }
  }
  const kept = Object.entries(schemas).filter(([name]) => used.has(name));
  return { ...document, components: { ...components, schemas: Object.fromEntries(kept.sort()) } };
}
