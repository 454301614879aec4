import { describe, expect, it } from "vitest";
import { retryAfterSeconds } from "./retry-after.js";

const now = Date.parse("2026-01-01T00:00:00Z");

describe("Retry-After", () => {
  it.each([
    ["0", 0],
    [" 120 ", 120],
    ["99999999", 86_400],
    ["Thu, 01 Jan 2026 00:00:30 GMT", 30],
    ["Wed, 31 Dec 2025 23:00:00 GMT", 0],
    ["Sat, 01 Jan 2028 00:00:00 GMT", 86_400],
    ["-1", undefined],
    ["1.5", undefined],
    ["soon", undefined],
    ["2026", 2026],
    ["", undefined],
    [undefined, undefined],
  ])("%j", (header, seconds) => {
    expect(retryAfterSeconds(header, now)).toBe(seconds);
  });
});
