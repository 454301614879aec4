// The numbers of this process for Prometheus: those of definitions.ts, and what prom-client knows of every process
// (memory, processor time, garbage collection, lag of the event loop).
import { collectDefaultMetrics, Registry } from "prom-client";
import { type Definition, definitions, type MetricName } from "./definitions.js";
import { createFamily, type Family } from "./family.js";

export type Metrics = Readonly<Record<MetricName, Family>> & {
  /** Told before each scrape: who has figures that nobody counts sets them now. It must not reject. */
  onScrape(listener: () => void | Promise<void>): void;
  /** One answered request; `route` is the route's template, never the address itself. */
  observeRequest(method: string, route: string, status: number, seconds: number): void;
  /** All of it in Prometheus' text format. */
  text(): Promise<string>;
};

export const metricsContentType = Registry.PROMETHEUS_CONTENT_TYPE;

/** A registry of its own with all metrics; `worker` is which of several supervised processes this one is. */
export function createMetrics({ worker }: { worker?: string | undefined } = {}): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  if (worker !== undefined) registry.setDefaultLabels({ worker });
  const entries = Object.entries<Definition>(definitions);
  const families = Object.fromEntries(
    entries.map(([key, definition]) => [key, createFamily(registry, definition)]),
  ) as Record<MetricName, Family>; // the keys of the table
  const listeners: (() => void | Promise<void>)[] = [];
  return {
    ...families,
    onScrape: (listener) => void listeners.push(listener),
    observeRequest: (method, route, status, seconds) =>
      families.requestSeconds.of(method, route, `${Math.floor(status / 100)}xx`).add(seconds),
    text: async () => {
      await Promise.all(listeners.map((listener) => listener()));
      return registry.metrics();
    },
  };
}
