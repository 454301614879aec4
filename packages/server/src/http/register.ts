// Hangs routes on the server: their schemas become validation and documentation, their answers are sent.
import { STATUS_CODES } from "node:http";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { whoIs } from "./authorise.js";
import { failureSchema, paginationSchema } from "./documents.js";
import type { Answer } from "./envelope.js";
import { jsonAnswer } from "./json-answer.js";
import { optionalBody } from "./openapi.js";
import { FactsOf } from "./request-facts.js";
import { flagOf, type Route } from "./route.js";
import type { Services } from "./services.js";

/** The exact list of what nobody has to sign in for; a public route that is not on it does not start (D6). */
const publicRoutes: ReadonlySet<string> = new Set([
  "GET /health",
  "GET /ready",
  "GET /metrics",
  "GET /openapi.json",
  "GET /docs",
  "GET /docs/:page",
  "GET /docs/:folder/:page",
  "GET /api/v1/status",
  "POST /api/v1/session",
  "POST /api/v1/workflows/webhooks/:token",
]);

/** Registers one route. Throws for a public one that is not on the list. */
export function register(app: FastifyInstance, services: Services, route: Route): void {
  const { method, path: url, access } = route;
  if (access === "public" && !publicRoutes.has(`${method} ${url}`))
    throw new Error(`${method} ${url} may not be public`);
  app.route({
    method,
    url,
    config: { route },
    schema: documented(route),
    handler: async (request, reply) => {
      const { own, wrote } = ownDatabase(services, request, route);
      const answer = await answerOf(() => route.handler(inputOf(request, reply, services), own), wrote);
      // Who publishes, switches off or archives and then sends an event finds it so, in this process at once.
      if (mayChangeTriggers(route)) await services.triggers.refresh();
      // A change that is answered is in the audit, as far as the database takes it.
      if (route.method !== "GET") await services.audit?.settled();
      return await send(reply, answer);
    },
  });
}

/** The handler's answer; `after` is called whether there is one or not. */
async function answerOf(handle: () => Promise<Answer> | Answer, after: () => void): Promise<Answer> {
  try {
    return await handle();
  } finally {
    after();
  }
}

/** What the caller has just written is there for them, also where reads go to replicas. */
function ownDatabase(services: Services, { principal }: FastifyRequest, { method, harmless }: Route) {
  const { database } = services;
  if (database.forCaller === undefined || principal === undefined) return { own: services, wrote: () => undefined };
  const caller = `${principal.kind}:${whoIs(principal)}`;
  return {
    own: { ...services, database: database.forCaller(caller) },
    wrote: () => (method === "GET" || harmless === true ? undefined : database.wrote?.(caller)),
  };
}

const mayChangeTriggers = ({ method, access }: Route): boolean =>
  method !== "GET" && (flagOf(access) === "edit" || flagOf(access) === "delete");

async function send(reply: FastifyReply, { status, headers, body }: Answer): Promise<FastifyReply> {
  reply.code(status).headers(headers);
  if (!isEnvelope(body)) return reply.send(body);
  return reply.type("application/json; charset=utf-8").send(await jsonAnswer(body));
}

/** Text, bytes and streams are sent as they are. */
const isEnvelope = (body: unknown): body is object =>
  typeof body === "object" && body !== null && Object.getPrototypeOf(body) === Object.prototype;

function inputOf(request: FastifyRequest, reply: FastifyReply, services: Services): unknown {
  const { principal, workflow, execution, params, query, body } = request;
  return { principal, workflow, execution, params, query, body, request: new FactsOf(request, reply, services) };
}

/** Every address about one workflow takes community_id, which must then be right (authorise.ts, A3). */
const communityQuery = z.object({
  community_id: z
    .string()
    .regex(/^\d{1,10}$/, "must be a whole number")
    .transform(Number)
    .optional()
    .meta({
      ...{ type: "integer", pattern: undefined },
      description: "Must be the workflow's own community; another one is refused with 403.",
    }),
});

/** What an address names, for the documentation: whether an id is one is found out by looking for it. */
const paramSchema = (name: string) => (/^(id|\w+_id)$/.test(name) ? z.string().meta({ format: "uuid" }) : z.string());

function documented(route: Route): Record<string, unknown> {
  const { access, tag, summary, description, schema, path } = route;
  const flag = flagOf(access);
  const { shape = {}, def } = schema.query ?? {};
  const named = { ...(flag === undefined ? {} : communityQuery.shape), ...shape };
  // What nobody knows is refused, unless the route says that it does not mind.
  const querystring = def?.catchall === undefined ? z.strictObject(named) : z.looseObject(named);
  const names = [...path.matchAll(/:(\w+)/g)].map(([, name = ""]) => name);
  const params = schema.params ?? z.object(Object.fromEntries(names.map((name) => [name, paramSchema(name)])));
  const rights = flag === undefined ? "" : `Needs the right to ${flag} the workflow.`;
  return {
    tags: [tag],
    summary,
    description: [description, rights].filter(Boolean).join("\n\n"),
    operationId: operationId(route),
    ...(access === "public" ? { security: [] } : { security: [{ bearer: [] }, { apiKey: [] }] }),
    ...(names.length > 0 ? { params } : {}),
    querystring,
    ...(schema.body === undefined ? {} : { body: schema.body }),
    ...(schema.body?.safeParse(undefined).success === true ? { [optionalBody]: true } : {}),
    response: {
      [schema.status ?? 200]: given(schema, schema.status ?? 200),
      ...Object.fromEntries(
        Object.entries(schema.also ?? {}).map(([status, gives]) => [status, given({ gives }, Number(status))]),
      ),
      "4xx": failureSchema,
      ...(access === "public" ? {} : { "5xx": failureSchema }),
    },
  };
}

function given({ gives, paged }: Route["schema"], status: number): unknown {
  const description = STATUS_CODES[status];
  if (gives !== undefined && "contentType" in gives) {
    return { description, content: { [gives.contentType]: { schema: z.string() } } };
  }
  const members = {
    success: z.literal(true),
    message: z.string().optional(),
    data: gives ?? z.unknown(),
    ...(paged === true ? { meta: z.object({ pagination: paginationSchema }) } : {}),
  };
  return z.object(members).meta({ description });
}

/** POST /api/v1/workflows/:id/publish → post_workflows_id_publish */
const operationId = ({ method, path }: Route): string =>
  `${method.toLowerCase()}_${path.replace(/^\/(api\/v1\/)?/, "").replace(/[^a-z0-9]+/gi, "_")}`;
