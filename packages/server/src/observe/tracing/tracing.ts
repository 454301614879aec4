// What traces are to the rest of the house: a span for each request that may start something, for the life of each
// execution, and for each attempt of an action. Nothing here knows of OpenTelemetry: open.ts does, and is loaded only
// when OTEL_EXPORTER_OTLP_ENDPOINT is set.
//
// Z1. An execution's trace is stored with its first event, so it is one trace through queues, waits and crashes.
// Z2. A caller's `traceparent` is taken from those who have signed in: strangers cannot have their calls recorded.
// Z3. What goes out (the Router, HTTP calls of nodes) carries the `traceparent` of its attempt.
import type { perform as performing } from "@workflow-core/core";
import type { Live } from "../../execution/live.js";
import type { Start } from "../../execution/start.js";

export interface Beginning {
  /** Few of them: a route, never an address. */
  name: string;
  attributes: Record<string, string>;
  /** As it came, when the caller may decide about the trace (Z2). */
  traceparent: string | undefined;
  /** ms since 1970. */
  at: number;
}

/** A span that is under way: what is run in it and starts executions has them in its trace. */
export interface Opened {
  run<T>(action: () => T): T;
  /** `failure`: it did not work, for a reason of ours. */
  end(attributes: Record<string, string | number>, failure?: string): void;
}

export interface Tracing {
  open(beginning: Beginning): Opened;
  /** The way in: each execution gets its place in a trace (Z1). */
  start(start: Start): Start;
  /** Each attempt is a span, and what it calls learns of it (Z3). `now` is the clock of executions: the database's. */
  perform(perform: typeof performing, now: () => number): typeof performing;
  /** The span of an execution is sent when it ends, by the process in which it ends. */
  watch(live: Live): void;
  /** Sends what waits, for three seconds at most. */
  close(): Promise<void>;
}
