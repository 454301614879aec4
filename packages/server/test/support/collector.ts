// A collector of traces for tests: takes OTLP over HTTP as JSON, and keeps the spans.
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";

export interface CollectedSpan {
  service: unknown;
  name: string;
  traceId: string;
  spanId: string;
  /** Empty for a trace's first span. */
  parentSpanId: string;
  attributes: Record<string, unknown>;
  /** ms since 1970. */
  start: number;
  end: number;
  /** The message of one that did not work. */
  error: string | undefined;
}

export interface Collector {
  url: string;
  spans: CollectedSpan[];
  /** Of each delivery. */
  headers: IncomingHttpHeaders[];
  close(): void;
}

interface Attribute {
  key: string;
  value: Record<string, unknown>;
}

interface Delivered {
  resourceSpans: { resource: { attributes: Attribute[] }; scopeSpans: { spans: Span[] }[] }[];
}

interface Span extends Record<"name" | "traceId" | "spanId" | "startTimeUnixNano" | "endTimeUnixNano", string> {
  parentSpanId?: string;
  attributes: Attribute[];
  status: { code?: number; message?: string };
}

export async function startCollector(): Promise<Collector> {
  const spans: CollectedSpan[] = [];
  const headers: IncomingHttpHeaders[] = [];
  const server = createServer(async (request, response) => {
    if (request.url !== "/v1/traces" || request.method !== "POST") return response.writeHead(404).end();
    headers.push(request.headers);
    const { resourceSpans } = (await json(request)) as Delivered;
    for (const { resource, scopeSpans } of resourceSpans)
      for (const span of scopeSpans.flatMap((scope) => scope.spans))
        spans.push(collected(span, valuesOf(resource.attributes)["service.name"]));
    return response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // listening on TCP, so it is no pipe's name
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${port}`, spans, headers, close };
}

const valuesOf = (attributes: readonly Attribute[]): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

const collected = (span: Span, service: unknown): CollectedSpan => ({
  ...{ service, name: span.name, traceId: span.traceId, spanId: span.spanId, parentSpanId: span.parentSpanId ?? "" },
  attributes: valuesOf(span.attributes),
  start: Number(span.startTimeUnixNano) / 1e6,
  end: Number(span.endTimeUnixNano) / 1e6,
  error: span.status.code === 2 ? (span.status.message ?? "") : undefined,
});
