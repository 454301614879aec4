// What HTTP calls learn of the host from its answers: how long it asks to wait.
import { createServer } from "node:http";
import { describe, expect, it } from "vitest";
import { callOf } from "../../test/support/calls.js";
import { listen, request } from "../../test/support/served.js";
import { systemClock } from "../clock.js";
import { createEgress } from "./egress.js";

describe("Retry-After", () => {
  it.each([
    ["7", 7],
    [new Date(Date.UTC(2026, 0, 1, 0, 0, 9)).toUTCString(), 9],
    [new Date(Date.UTC(2025, 0, 1)).toUTCString(), 0],
    ["soon", undefined],
  ])("%s", async (header, seconds) => {
    const server = createServer((_request, response) => response.writeHead(429, { "retry-after": header }).end());
    const port = await listen(server);
    const clock = { ...systemClock, now: () => Date.UTC(2026, 0, 1) };
    const egress = createEgress({ allow: [{ cidr: "127.0.0.1/32", port }], clock });
    const answer = await egress(request(`http://127.0.0.1:${port}/`), callOf());
    expect(answer.ok && answer.value.retryAfterSeconds).toBe(seconds);
  });
});
