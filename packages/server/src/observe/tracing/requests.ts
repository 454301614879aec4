// Requests that may start something, as the first spans of their traces.
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Clock } from "../../clock.js";
import type { Opened, Tracing } from "./tracing.js";

/** Puts the hooks on the server, behind those that find out who is asking. Reading is not traced. */
export function traceRequests(app: FastifyInstance, tracing: Pick<Tracing, "open">, clock: Clock): void {
  const spans = new WeakMap<FastifyRequest, Opened>();

  app.addHook("preHandler", (request, _reply, done) => {
    const { url, config } = request.routeOptions;
    if (url === undefined || config.route === undefined || config.route.method === "GET") return done();
    const { traceparent } = request.headers;
    const span = tracing.open({
      name: `${request.method} ${url}`,
      attributes: { "http.request.method": request.method, "http.route": url, "workflow_core.request.id": request.id },
      traceparent: request.principal !== undefined && typeof traceparent === "string" ? traceparent : undefined,
      at: clock.now() - (clock.monotonic() - request.startedAt),
    });
    spans.set(request, span);
    span.run(done);
  });

  app.addHook("onResponse", async (request, { statusCode }) => {
    const failure = statusCode >= 500 ? `answered ${statusCode}` : undefined;
    spans.get(request)?.end({ "http.response.status_code": statusCode }, failure);
  });
}
