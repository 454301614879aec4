// W3C Trace Context: reading and writing `traceparent`. What is malformed is as if it were not there.

export interface SpanPlace {
  traceId: string;
  spanId: string;
  /** 1: recorded. */
  traceFlags: number;
}

const shape = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

export function readTraceparent(header: string | undefined): SpanPlace | undefined {
  const [, version, traceId, spanId, flags = "", more] = shape.exec(header ?? "") ?? [];
  if (traceId === undefined || spanId === undefined || (version === "00" && more !== undefined)) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1 };
}

export const writeTraceparent = ({ traceId, spanId, traceFlags }: SpanPlace): string =>
  `00-${traceId}-${spanId}-0${traceFlags & 1}`;
