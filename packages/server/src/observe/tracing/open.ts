// Traces by OpenTelemetry, sent to a collector by OTLP over HTTP.
//
// An execution may begin in one process and end in another, so its span is not kept: its ids are drawn when it is
// accepted and stored with it, and the span is made, with these ids, when it ends.
import { AsyncLocalStorage } from "node:async_hooks";
import { type Context, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { NodeFailure, perform as performing } from "@workflow-core/core";
import { isFinal, type Outside, type State } from "@workflow-core/core";
import type { Start } from "../../execution/start.js";
import { createProvider, type ProviderOptions } from "./provider.js";
import { readTraceparent, type SpanPlace, writeTraceparent } from "./traceparent.js";
import type { Beginning, Opened, Tracing } from "./tracing.js";

const under = (place: SpanPlace): Context => trace.setSpanContext(ROOT_CONTEXT, { ...place, isRemote: true });
const fail = (span: Span, { code, message }: Pick<NodeFailure, "code" | "message">): void => {
  span.setAttribute("error.type", code);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
};

/** Begins to trace. The collector need not be there: what it does not take is lost, and the log says so. */
export function openTracing(options: ProviderOptions): Tracing {
  const { clock } = options;
  const { tracer, withIds, close } = createProvider(options);
  const around = new AsyncLocalStorage<Context>();

  const open = ({ name, attributes, traceparent, at }: Beginning): Opened => {
    const caller = readTraceparent(traceparent);
    const parent = caller === undefined ? ROOT_CONTEXT : under(caller);
    const span = tracer.startSpan(name, { kind: SpanKind.SERVER, startTime: at, attributes }, parent);
    const context = trace.setSpan(parent, span);
    return {
      run: (action) => around.run(context, action),
      end: (more, failure) => {
        span.setAttributes(more);
        if (failure !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: failure });
        span.end();
      },
    };
  };

  const start =
    (inner: Start): Start =>
    (request) => {
      const context = around.getStore() ?? ROOT_CONTEXT;
      const parent = trace.getSpanContext(context);
      // Only its ids and whether it is recorded are wanted; it is never ended, so never sent.
      const place = tracer.startSpan("execution", {}, context).spanContext();
      const own = { traceparent: writeTraceparent(place), ...(parent === undefined ? {} : { parent: parent.spanId }) };
      return inner({ ...request, trace: own });
    };

  const perform =
    (inner: typeof performing, now: () => number): typeof performing =>
    async (plan, state, owed, outside, signal) => {
      const execution = readTraceparent(state.started.trace?.traceparent);
      if (execution === undefined) return inner(plan, state, owed, outside, signal);
      const node = plan.nodes[owed.node];
      const attributes = {
        ...about(state),
        ...{ "workflow_core.node.id": node?.id ?? "", "workflow_core.node.type": node?.type.type ?? "" },
        ...{ "workflow_core.attempt": owed.attempt, "workflow_core.idempotency_key": owed.idempotencyKey },
      };
      const name = node?.type.type ?? "action";
      const [startTime, begun] = [now(), clock.monotonic()];
      const span = tracer.startSpan(name, { kind: SpanKind.CLIENT, startTime, attributes }, under(execution));
      try {
        const telling = carrying(outside, writeTraceparent(span.spanContext()));
        const answer = await inner(plan, state, owed, telling, signal);
        if (!answer.ok) fail(span, answer.failure);
        return answer;
      } finally {
        span.end(startTime + clock.monotonic() - begun);
      }
    };

  const ended = (state: State): void => {
    const place = readTraceparent(state.started.trace?.traceparent);
    if (place === undefined || !isFinal(state.status)) return;
    const spanId = state.started.trace?.parent;
    const parent = spanId === undefined ? ROOT_CONTEXT : under({ ...place, spanId });
    const attributes = { ...about(state), "workflow_core.outcome": state.status };
    const startTime = state.started.at;
    const span = withIds(place, () => tracer.startSpan("execution", { startTime, attributes }, parent));
    if (state.failure !== undefined) fail(span, state.failure);
    span.end(state.finishedAt ?? state.at);
  };

  return { open, start, perform, watch: (live) => void live.onAny(({ state }) => ended(state)), close };
}

const about = ({ started: { context } }: State): Record<string, string | number> => ({
  "workflow_core.execution.id": context.execution_id,
  "workflow_core.workflow.id": context.workflow_id,
  "workflow_core.community.id": context.community_id,
});

/** The same ports, whose calls carry the span (Z3). */
const carrying = (outside: Outside, traceparent: string): Outside => ({
  router: (kind, body, seconds, call) => outside.router(kind, body, seconds, { ...call, traceparent }),
  http: (request, call) => outside.http(request, { ...call, traceparent }),
  sandbox: outside.sandbox,
});
