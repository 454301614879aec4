// Everything that watches, put around the parts of the program by app.ts: what is watched knows nothing of it.
import { perform } from "@workflow-core/core";
import type { Clock } from "../clock.js";
import type { Engine, EngineOptions } from "../execution/engine.js";
import type { Start } from "../execution/start.js";
import { moduleVersion } from "../http/version.js";
import type { Log } from "../log.js";
import type { ServerOutside } from "../outbound/outside.js";
import type { Settings } from "../settings.js";
import type { Store } from "../store/open.js";
import type { TriggerLine } from "../store/trigger-log.js";
import type { OnOutcome } from "../triggers/deliver.js";
import type { Webhooks } from "../triggers/webhooks.js";
import { observeDatabase } from "./database.js";
import { countStarts, engineHooks, observeEngine, timeActions } from "./engine.js";
import { createMetrics, type Metrics } from "./metrics.js";
import { observeOutside } from "./outside.js";
import { merge, type Supervised } from "./siblings.js";
import type { Tracing } from "./tracing/tracing.js";
import { countSchedules, countWebhooks } from "./triggers.js";

export interface Observation {
  metrics: Metrics;
  tracing: Tracing | undefined;
  outside(ports: ServerOutside): ServerOutside;
  /** For the engine before it is made; `now` is its database's clock. */
  hooks(now: () => number): Pick<EngineOptions, "perform" | "onFlight" | "onFinish">;
  /** Watches an engine on its store; gives the way in to use. */
  watch(engine: Engine, store: Pick<Store, "database" | "pools">): Start;
  onOutcome: OnOutcome;
  schedules(note: (line: TriggerLine) => void): (line: TriggerLine) => void;
  webhooks(webhooks: Webhooks): Webhooks;
}

interface Base {
  settings: Settings;
  log: Log;
  clock: Clock;
}

export async function createObservation(base: Base, supervised: Supervised | undefined): Promise<Observation> {
  const { clock } = base;
  const tracing = await openTracingFor(base);
  const own = createMetrics({ worker: supervised?.worker });
  const ask = supervised?.ask("metrics", own.text);
  const metrics = ask === undefined ? own : { ...own, text: async () => merge(await ask()) };
  const timed = timeActions(metrics, clock, perform);
  return {
    ...{ metrics, tracing },
    outside: (ports) => observeOutside(metrics, clock, ports),
    hooks: (now) => ({ perform: tracing?.perform(timed, now) ?? timed, ...engineHooks(metrics) }),
    watch: (engine, { database, pools }) => {
      observeEngine(metrics, engine);
      observeDatabase(metrics, { database, pools, clock });
      tracing?.watch(engine.live);
      return countStarts(metrics, tracing?.start(engine.start) ?? engine.start);
    },
    onOutcome: (kind, outcome) => metrics.triggers.of(kind, outcome).add(),
    schedules: (note) => countSchedules(metrics, note),
    webhooks: (webhooks) => countWebhooks(metrics, webhooks),
  };
}

/** Traces, loaded only where they are sent somewhere. */
const openTracingFor = async ({ settings, log, clock }: Base): Promise<Tracing | undefined> => {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SERVICE_NAME: service } = settings;
  if (endpoint === undefined) return undefined;
  const { openTracing } = await import("./tracing/open.js");
  const [headers, share] = [settings.OTEL_EXPORTER_OTLP_HEADERS ?? {}, settings.OTEL_TRACES_SAMPLER_ARG];
  return openTracing({ endpoint, headers, service, share, version: moduleVersion, clock, log });
};
