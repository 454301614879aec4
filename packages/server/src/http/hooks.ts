// What happens to every request before and after its handler. The order is the point:
//
// H1. Size and form of address and headers; then who is asking; then, with the body read, whether they may; only then
//     what they say is looked at. So a stranger learns nothing from the way in which a request is wrong.
// H2. A route without an access rule is closed to everybody: nothing is public but what says so.
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type Headers, identify, type Principal } from "../access/identity.js";
import type { FoundSession } from "../access/sessions.js";
import { namesCommunities, unauthorized } from "../access/tokens.js";
import { appError } from "../errors.js";
import type { Log } from "../log.js";
import type { Metrics } from "../observe/metrics.js";
import type { ExecutionDetail } from "../store/executions.js";
import type { CalledWebhook } from "../store/webhooks.js";
import type { Workflow } from "../store/workflows.js";
import { otherMethodsOnly } from "./allowed-methods.js";
import { authorise, checkCommunity, whoIs } from "./authorise.js";
import { checkForgery, sessionCookie, setSessionCookie } from "./cookies.js";
import { checkAddress, checkHeaders } from "./edge.js";
import type { Route } from "./route.js";
import type { Services } from "./services.js";

declare module "fastify" {
  interface FastifyContextConfig {
    /** The route that this address is; only route.ts makes one. */
    route?: Route;
    /** The address is known, but not with this method: see allowed-methods.ts. */
    closed?: boolean;
  }
  interface FastifyRequest {
    principal: Principal | undefined;
    /** See RequestFacts. */
    communities: readonly number[] | undefined;
    workflow: Workflow | undefined;
    execution: ExecutionDetail | undefined;
    /** Found by webhook-door.ts. */
    webhook: CalledWebhook | undefined;
    startedAt: number;
    /** The session that signs the request in, and its cookie's value. */
    session: FoundSession | undefined;
    sessionId: string | undefined;
  }
}

/** The log with the request's id in every line. */
export const logOf = (services: Services, request: FastifyRequest): Log =>
  services.log.with({ request_id: request.id });

/** Puts the hooks on the whole server, whose routes are `knownRoutes`. */
export function addHooks(
  app: FastifyInstance,
  services: Services,
  metrics: Pick<Metrics, "observeRequest">,
  knownRoutes: readonly Route[],
): void {
  for (const name of ["principal", "communities", "workflow", "execution", "webhook", "session", "sessionId"])
    app.decorateRequest(name, undefined);
  app.decorateRequest("startedAt", 0);

  app.addHook("onRequest", async (request, reply) => {
    request.startedAt = services.clock.monotonic();
    reply.header("X-Request-Id", request.id);
    if (request.url.startsWith("/api/")) reply.header("Cache-Control", "no-store");
    checkAddress(request.url);
    checkHeaders(request.raw.rawHeaders);
    if (request.is404) return;
    const { route, closed } = request.routeOptions.config;
    if (closed === true) throw otherMethodsOnly(knownRoutes, request.url) ?? appError("NOT_FOUND");
    if (route === undefined) throw unauthorized("the route names no access rule"); // H2
    if (route.access !== "public") await signIn(services, request, reply);
    if (request.principal !== undefined) services.callLimits?.checkPerson(request.principal);
    checkOpen(services, route, reply);
  });

  app.addHook("preValidation", async (request) => {
    const { route } = request.routeOptions.config;
    if (route === undefined || request.principal === undefined) return;
    // The router gives every param as text.
    const params = request.params as Readonly<Record<string, string | undefined>>;
    const log = logOf(services, request);
    const found = await authorise({ database: services.database, log }, request.principal, route.access, params);
    request.workflow = found.workflow;
    request.execution = found.execution;
    checkCommunity(found.workflow, request.query, request.body); // as they came: schemas drop what they do not know
  });

  app.addHook("onResponse", async (request, reply) => {
    const path = request.routeOptions.url ?? "(none)";
    const milliseconds = services.clock.monotonic() - request.startedAt;
    metrics.observeRequest(request.method, path, reply.statusCode, milliseconds / 1000);
    if (!services.log.writes("DEBUG")) return;
    services.log.system("DEBUG", "http_request", {
      ...{ request_id: request.id, method: request.method, route: path, status: reply.statusCode },
      ...{ milliseconds: Math.round(milliseconds * 10) / 10, address: request.ip },
      ...(request.principal === undefined ? {} : { user: whoIs(request.principal) }),
      message: `${request.method} ${path} ${reply.statusCode}`,
    });
  });
}

/** Finds out who is asking. Throws UNAUTHORIZED, and FORBIDDEN for a change that another page may have made. */
async function signIn(services: Services, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const principal = await identify(credentialsOf(request), services.settings);
  if (principal === undefined) return signInBySession(services, request, reply);
  request.principal = principal;
  const { authorization } = request.headers;
  if (principal.kind !== "user" || principal.via !== undefined || authorization === undefined) return;
  if (namesCommunities(authorization.replace(/^\S+ +/, ""))) request.communities = principal.community_ids;
}

/** The headers, with a second Authorization that Node leaves out unseen: what was sent twice proves nothing. */
function credentialsOf({ headers, raw }: FastifyRequest): Headers {
  const names = raw.rawHeaders.map((name) => name.toLowerCase());
  const authorization = raw.rawHeaders.filter((_, index) => index % 2 === 1 && names[index - 1] === "authorization");
  return authorization.length > 1 ? { ...headers, authorization } : headers;
}

/** The session of the builder's cookie: looked at only when there are no other credentials. */
async function signInBySession(services: Services, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const id = sessionCookie(request.headers);
  const session = id === undefined ? undefined : await services.sessions?.find(id);
  if (id === undefined || session === undefined) {
    throw unauthorized(id === undefined ? "no credentials" : "the session has ended");
  }
  checkForgery(request.method, request.headers, session);
  request.principal = session.principal;
  request.communities = session.communities;
  request.session = session;
  request.sessionId = id;
  if (!session.renewed) return;
  const { clock, settings } = services;
  const cookie = { id, expiresAt: session.expiresAt };
  reply.header("Set-Cookie", setSessionCookie(cookie, { now: clock.now(), publicUrl: settings.PUBLIC_BASE_URL }));
}

/** While workflows are switched off, or this process is about to end, only what changes nothing is answered. */
function checkOpen({ settings, draining }: Services, { method, harmless }: Route, reply: FastifyReply): void {
  const ending = draining();
  if (ending) reply.header("Connection", "close");
  if (method === "GET" || harmless === true) return;
  if (!settings.FEATURE_WORKFLOWS_ENABLED)
    throw appError("SERVICE_UNAVAILABLE", "Workflows are switched off (FEATURE_WORKFLOWS_ENABLED=false).");
  if (ending)
    throw appError("SERVICE_UNAVAILABLE", "This process is shutting down; try again.", {
      headers: { "Retry-After": "1" },
    });
}
