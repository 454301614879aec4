// The HTTP door: a Fastify server that knows the routes, the envelope and the limits, and nothing of workflows.
import { randomUUID } from "node:crypto";
import cors from "@fastify/cors";
import swagger from "@fastify/swagger";
import { inputWords } from "@workflow-core/core";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import type { z } from "zod";
import { createSecrets } from "../access/secrets.js";
import { memorySessionStore } from "../access/session-stores.js";
import { createSessions } from "../access/sessions.js";
import { audited, createAudit } from "../audit.js";
import { type AppError, appError } from "../errors.js";
import { createMetrics } from "../observe/metrics.js";
import { traceRequests } from "../observe/tracing/requests.js";
import { schedulesInStep } from "../triggers/schedule-nodes.js";
import { createScheduleTimes } from "../triggers/schedule-times.js";
import { closeOtherMethods, otherMethodsOnly } from "./allowed-methods.js";
import { whoIs } from "./authorise.js";
import { serveBuilder } from "./builder.js";
import { createCallLimits } from "./call-limits.js";
import { bodyLimit, readBody } from "./edge.js";
import { failureBody } from "./envelope.js";
import { answerBrokenRequest, inputRefusal, refusalOf, refuseExpectation } from "./failure.js";
import { addHooks, logOf } from "./hooks.js";
import { openapiOptions } from "./openapi.js";
import { limitPipelining } from "./pipelining.js";
import { memoryPresence } from "./presence.js";
import { register } from "./register.js";
import type { Route } from "./route.js";
import { routes } from "./routes/index.js";
import { securityHeaders } from "./security-headers.js";
import type { Services } from "./services.js";
import { createStreams } from "./streams.js";
import { openWebhookDoor, webhookRoute, webhooksOf } from "./webhook-door.js";

/** A request that has not arrived whole within this time is closed (408). */
const requestPatienceMs = 30_000;
/** A connection on which nothing moves for so long is closed: its reader does not read. Longer than any wait for an answer. */
const idlePatienceMs = 120_000;

const knownRoutes: readonly Route[] = [...routes, webhookRoute];

/** The server with all its routes, ready to listen or to be injected into. `close()` ends it. */
export async function createHttpServer(given: Services): Promise<FastifyInstance> {
  const metrics = given.metrics ?? createMetrics();
  const streams = createStreams(given.clock);
  const { clock } = given;
  const sessions = given.sessions ?? createSessions({ store: memorySessionStore(clock), clock });
  const times = given.times ?? createScheduleTimes(given.settings.SCHEDULER_TIMEZONE);
  const also = given.also ?? schedulesInStep(times);
  const secrets = given.secrets ?? createSecrets(given);
  const presence = given.presence ?? memoryPresence(clock);
  const webhooks = webhooksOf(given);
  const audit = given.audit ?? createAudit(given);
  const log = given.audit === undefined ? audited(given.log, audit) : given.log;
  const callLimits = given.callLimits ?? createCallLimits({ ...given, log });
  const made = { log, audit, metrics, streams, sessions, secrets, times, also, webhooks, callLimits, presence };
  const services: Services = { ...given, ...made };
  const { TRUSTED_PROXIES, CORS_ORIGINS } = services.settings;
  const app = fastify({
    logger: false,
    genReqId: () => randomUUID(),
    trustProxy: TRUSTED_PROXIES.length > 0 ? [...TRUSTED_PROXIES] : false,
    bodyLimit,
    requestTimeout: requestPatienceMs,
    connectionTimeout: idlePatienceMs,
    forceCloseConnections: "idle",
    routerOptions: { maxParamLength: 8192 },
    // The parser's own limit stands above ours (edge.ts), so that our answer is the one that is given.
    http: { maxHeaderSize: 32 * 1024, headersTimeout: requestPatienceMs, connectionsCheckingInterval: 1000 },
    frameworkErrors: (error, request, reply) => void refuse(services, error, request, reply),
    clientErrorHandler: (error, socket) => answerBrokenRequest(error, socket, randomUUID()),
  });
  // Node leaves out headers beyond a number of its own; counted by size (edge.ts), none goes unseen.
  app.server.maxHeadersCount = 0;
  app.server.on("checkExpectation", (_request, response) => refuseExpectation(response, randomUUID()));

  limitPipelining(app);
  app.removeAllContentTypeParsers();
  readBodies(app);
  app.setValidatorCompiler<z.ZodType>(({ schema, httpPart = "" }) => (data) => {
    // Fastify gives null for a body that is not there.
    const result = schema.safeParse(httpPart === "body" ? (data ?? undefined) : data, { error: inputWords });
    if (result.success) return { value: result.data };
    return {
      error:
        httpPart === "params"
          ? appError("NOT_FOUND")
          : inputRefusal(result.error, httpPart === "body" ? "The body" : "The query"),
    };
  });
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  app.setErrorHandler((error, request, reply) => refuse(services, error, request, reply));
  const builder = await serveBuilder(app);
  app.setNotFoundHandler((request, reply) => {
    const missing = otherMethodsOnly(knownRoutes, request.url) ?? appError("NOT_FOUND");
    return missing.code === "NOT_FOUND" && builder.takes(request)
      ? builder.answer(request, reply)
      : refuse(services, missing, request, reply);
  });

  app.addHook("onRequest", async (_request, reply) => void reply.headers(securityHeaders));
  if (CORS_ORIGINS.length > 0) await app.register(cors, corsFor(CORS_ORIGINS));
  await app.register(swagger, openapiOptions);
  addHooks(app, services, metrics, knownRoutes);
  if (services.tracing !== undefined) traceRequests(app, services.tracing, clock);
  app.addHook("preClose", async () => streams.closeAll());
  app.addHook("onClose", async () => audit.close());
  for (const route of routes) register(app, services, route);
  closeOtherMethods(app, knownRoutes);
  await openWebhookDoor(app, services);
  await app.ready();
  return app;
}

/** So many bytes are read, checked and used in turns of their own, that others may have theirs in between. */
const largeBody = 64 * 1024;

function readBodies(app: FastifyInstance): void {
  const large = new WeakSet<FastifyRequest>();
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, (request, body, done) => {
    let value: unknown;
    try {
      value = readBody(body as Buffer); // parseAs says that it is one
    } catch (error) {
      done(error as Error); // AppErrors only
      return;
    }
    if (body.length <= largeBody) {
      done(null, value);
      return;
    }
    large.add(request);
    setImmediate(done, null, value);
  });
  app.addHook("preHandler", (request, _reply, done) => {
    if (large.has(request)) setImmediate(done);
    else done();
  });
}

/** Answers with a failure, and leaves a line where one belongs. */
function refuse(services: Services, thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const first = refusalOf(thrown);
  const refusal = services.callLimits?.ofStranger(first, request.ip) ?? first;
  logRefusal(services, refusal, thrown, request);
  return reply
    .code(refusal.status)
    .headers({ "X-Request-Id": request.id, ...refusal.headers })
    .type("application/json; charset=utf-8")
    .send(JSON.stringify(failureBody(refusal, request.id)));
}

function logRefusal(services: Services, refusal: AppError, thrown: unknown, request: FastifyRequest): void {
  const log = logOf(services, request);
  const facts = { route: request.routeOptions?.url ?? "(none)", method: request.method };
  const user = request.principal === undefined ? undefined : whoIs(request.principal);
  if (refusal.code === "INTERNAL_ERROR") {
    log.error("http_error", { ...facts, user, error: refusal.cause ?? thrown });
  } else if (refusal.code === "UNAUTHORIZED") {
    log.auth("http_sign_in", { ...facts, result: "DENIED", address: request.ip, reason: reasonOf(refusal.cause) });
  } else if (refusal.code === "SERVICE_UNAVAILABLE" && refusal.cause !== undefined) {
    log.system("WARNING", "http_unavailable", { ...facts, user, error: refusal.cause });
  }
}

const reasonOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

const corsFor = (origins: readonly string[]) => ({
  origin: [...origins],
  methods: ["GET", "HEAD", "POST", "PUT", "DELETE"],
  allowedHeaders: ["Authorization", "Content-Type", "If-Match", "Idempotency-Key", "Last-Event-ID"],
  exposedHeaders: ["ETag", "X-Request-Id", "Retry-After"],
  credentials: false,
  maxAge: 600,
  strictPreflight: false,
});
