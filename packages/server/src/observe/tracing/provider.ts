// OpenTelemetry's own machinery: where spans get their ids, whether they are recorded, and how they are sent.
import { DiagLogLevel, diag, type Span, type Tracer } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  ParentBasedSampler,
  RandomIdGenerator,
  TraceIdRatioBasedSampler,
} from "@opentelemetry/sdk-trace-base";
import type { Clock } from "../../clock.js";
import type { Log } from "../../log.js";
import type { SpanPlace } from "./traceparent.js";

export interface ProviderOptions {
  /** OTEL_EXPORTER_OTLP_ENDPOINT, without /v1/traces. */
  endpoint: string;
  headers: Readonly<Record<string, string>>;
  service: string;
  version: string;
  /** Of traces that begin here, from 0 to 1. */
  share: number;
  clock: Clock;
  log: Pick<Log, "system">;
}

export interface Provider {
  tracer: Tracer;
  /** Makes a span that has these ids. */
  withIds(place: SpanPlace, make: () => Span): Span;
  close(): Promise<void>;
}

const sendEveryMs = 1000;
const closePatienceMs = 3000;
const tellEveryMs = 60_000;

export function createProvider({ endpoint, headers, service, version, share, clock, log }: ProviderOptions): Provider {
  const tell = teller(clock, log);
  const random = new RandomIdGenerator();
  let given: SpanPlace | undefined;
  const idGenerator = {
    generateTraceId: () => given?.traceId ?? random.generateTraceId(),
    generateSpanId: () => given?.spanId ?? random.generateSpanId(),
  };
  const exporter = new OTLPTraceExporter({ url: `${endpoint}/v1/traces`, headers: { ...headers } });
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ "service.name": service, "service.version": version }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(share) }),
    idGenerator,
    spanProcessors: [new BatchSpanProcessor(exporter, { scheduledDelayMillis: sendEveryMs })],
  });
  return {
    tracer: provider.getTracer("workflow-core", version),
    withIds: (place, make) => {
      given = place;
      try {
        return make();
      } finally {
        given = undefined;
      }
    },
    close: () => {
      let stop: () => void = () => undefined;
      const patience = new Promise<void>((_resolve, reject) => {
        stop = clock.setTimer(closePatienceMs, () => reject(new Error("the collector did not take the last ones")));
      });
      return Promise.race([provider.shutdown(), patience])
        .catch((error: unknown) => tell(error instanceof Error ? error.message : String(error)))
        .finally(() => stop());
    },
  };
}

/** A collector that takes nothing is told of once a minute; OpenTelemetry's own complaints come here too. */
function teller(clock: Clock, log: Pick<Log, "system">): (message: string) => void {
  let toldAt = Number.NEGATIVE_INFINITY;
  const tell = (message: string) => {
    if (clock.monotonic() - toldAt < tellEveryMs) return;
    toldAt = clock.monotonic();
    // It writes errors as JSON, with their stacks.
    const [, said = message] = /"message":"((?:[^"\\]|\\.)*)"/.exec(message) ?? [];
    log.system("WARNING", "tracing", { message: `Traces could not be sent: ${said.slice(0, 500)}` });
  };
  const quiet = () => undefined;
  const logger = { error: tell, warn: tell, info: quiet, debug: quiet, verbose: quiet };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  return tell;
}
