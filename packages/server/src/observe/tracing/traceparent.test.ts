// W3C Trace Context, with the cases of its specification.
import { expect, it } from "vitest";
import { readTraceparent, writeTraceparent } from "./traceparent.js";

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const spanId = "00f067aa0ba902b7";

it("reads what is written, and later versions with more behind it", () => {
  for (const traceFlags of [0, 1])
    expect(readTraceparent(writeTraceparent({ traceId, spanId, traceFlags }))).toEqual({ traceId, spanId, traceFlags });
  expect(readTraceparent(`cc-${traceId}-${spanId}-01-what-the-future-brings`)?.spanId).toBe(spanId);
  expect(readTraceparent(`00-${traceId}-${spanId}-03`)?.traceFlags).toBe(1);
});

it.each([
  undefined,
  "",
  "garbage",
  `00-${traceId}-${spanId}`,
  `00-${traceId}-${spanId}-01-more`,
  `ff-${traceId}-${spanId}-01`,
  `00-${"0".repeat(32)}-${spanId}-01`,
  `00-${traceId}-${"0".repeat(16)}-01`,
  `00-${traceId.toUpperCase()}-${spanId}-01`,
  `00-${traceId}-${spanId}-1`,
  `00-${traceId}-${spanId}-01\n`,
])("takes %j for none", (header) => {
  expect(readTraceparent(header)).toBeUndefined();
});
