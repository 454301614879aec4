// How this process is doing, for people, load balancers and Prometheus.
import { isoTime } from "@workflow-core/core";
import { z } from "zod";
import { metricsContentType } from "../../observe/metrics.js";
import type { CircuitState } from "../../outbound/breaker.js";
import { circuitStates } from "../../outbound/circuit.js";
import { int32, time, wholeNumber } from "../documents.js";
import { ok, raw } from "../envelope.js";
import { route } from "../route.js";
import { moduleName, moduleVersion } from "../version.js";

const tag = "Operation";

const circuitSchema = z.object({
  worker: z.int().meta({ description: "The number of the process that called it; each finds out for itself." }),
  port: z.enum(["router", "http"]).meta({ description: "How it is called: as the Router, or by nodes that name it." }),
  community_id: int32.nullable().meta({ description: "Whose calls it is for; null: everybody's, to the Router." }),
  host: z.string().meta({ description: "host:port; a secret in it is not shown." }),
  state: z.enum(circuitStates),
  failures: z.int().meta({ description: "Calls that broke in a row, as far as they count." }),
  retry_at: time.nullable().meta({ description: "When the next call may be made; null: at any time." }),
});

const countsOf = (circuits: readonly CircuitState[]) => {
  const inState = (state: CircuitState["state"]) => circuits.filter((circuit) => circuit.state === state).length;
  return { closed: inState("closed"), open: inState("open"), "half-open": inState("half-open") };
};

export const statusRoutes = [
  route({
    method: "GET",
    path: "/health",
    access: "public",
    tag,
    summary: "Says that the process is alive.",
    schema: { gives: z.object({ healthy: z.literal(true), module: z.string() }) },
    handler: () => ok({ healthy: true, module: moduleName }),
  }),

  route({
    method: "GET",
    path: "/ready",
    access: "public",
    tag,
    summary: "Says whether the process can take requests: 200, or 503 with the reasons.",
    schema: { gives: z.object({ ready: z.boolean(), reasons: z.array(z.string()) }) },
    handler: (_input, services) => {
      const { ready, reasons } = services.ready();
      const ending = services.draining() ? ["the process is shutting down"] : [];
      const data = { ready: ready && ending.length === 0, reasons: [...reasons, ...ending] };
      // Not the failure envelope: to be not ready yet is an answer, not an error.
      return { ...ok(data), status: data.ready ? 200 : 503 };
    },
  }),

  route({
    method: "GET",
    path: "/api/v1/status",
    access: "public",
    tag,
    summary: "Gives module, version and features.",
    schema: {
      gives: z.object({
        ...{ module: z.string(), version: z.string(), status: z.enum(["operational", "draining", "disabled"]) },
        features: z.record(z.string(), z.boolean()),
        read_replicas: z.object({ configured: z.int(), ready: z.int() }),
        circuit_breakers: z.object({ closed: z.int(), open: z.int(), "half-open": z.int() }),
        ...{ started_at: z.iso.datetime(), uptime_seconds: z.number() },
      }),
    },
    handler: (_input, { settings, clock, startedAt, draining, practice, database, circuits }) => {
      const replicas = database.replicas?.() ?? [];
      return ok({
        module: moduleName,
        version: moduleVersion,
        status: draining() ? "draining" : settings.FEATURE_WORKFLOWS_ENABLED ? "operational" : "disabled",
        features: {
          workflows: settings.FEATURE_WORKFLOWS_ENABLED,
          release_mode: settings.RELEASE_MODE,
          practice_router: practice !== undefined,
        },
        read_replicas: {
          configured: replicas.length,
          ready: replicas.filter(({ state }) => state === "ready").length,
        },
        circuit_breakers: countsOf(circuits?.own() ?? []),
        started_at: new Date(startedAt).toISOString(),
        uptime_seconds: Math.max(0, Math.round((clock.now() - startedAt) / 1000)),
      });
    },
  }),

  route({
    method: "GET",
    path: "/api/v1/status/circuits",
    access: "service",
    tag,
    summary: "Gives the circuit breaker of each host that the processes of this machine called lately, for operators.",
    description:
      "Each community has its own circuits; the Router has one more, for everybody (`community_id` null). After five " +
      "calls in a row that broke (no connection, no answer in time, 502, 503, 504), a host is left alone for ten " +
      "seconds (open); then one trial call decides (half-open). For everybody's, three calls at most of one community " +
      "that got no answer in time count. Services only: what a community calls is not shown to others.",
    schema: {
      query: z.object({ community_id: wholeNumber(0, 2_147_483_647).optional() }),
      gives: z.array(circuitSchema),
    },
    handler: async ({ query: { community_id: of } }, { circuits }) => {
      const all = (await circuits?.all()) ?? [];
      const wanted = all.filter(({ community }) => of === undefined || of === community);
      return ok(
        wanted.map(({ worker, port, community, host, state, failures, retryAt }) => ({
          ...{ worker, port, community_id: community, host, state, failures },
          retry_at: retryAt === undefined ? null : isoTime(retryAt),
        })),
      );
    },
  }),

  route({
    method: "GET",
    path: "/metrics",
    access: "public",
    tag,
    summary: "Gives the numbers of this process, as Prometheus reads them.",
    schema: { gives: { contentType: "text/plain" } },
    handler: async (_input, { metrics }) => raw(metricsContentType, (await metrics?.text()) ?? ""),
  }),

  route({
    method: "GET",
    path: "/openapi.json",
    access: "public",
    tag,
    summary: "Gives this document.",
    schema: { gives: { contentType: "application/json" } },
    handler: ({ request }) => raw("application/json; charset=utf-8", JSON.stringify(request.openapi())),
  }),
];
