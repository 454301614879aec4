// What HTTP calls learn of the host from its answers: that it is down, and how long it asks to wait.
import { createServer } from "node:http";
import type { HttpRequest } from "@workflow-core/core";
import { describe, expect, it } from "vitest";
import { callOf } from "../../test/support/calls.js";
import { listen, request, served } from "../../test/support/served.js";
import { systemClock } from "../clock.js";
import { aborted } from "./answers.js";
import type { Breaker } from "./breaker.js";
import { createEgress } from "./egress.js";
import type { Resolve } from "./target.js";

describe("a host that is down", () => {
  it("is left alone after five calls that broke, whatever the address asks of it, by the community that called it", async () => {
    let calls = 0;
    const { base, ask } = await served((_request, response) => {
      calls += 1;
      response.writeHead(503).end();
    });
    for (let n = 0; n < 5; n++) expect(await ask({ url: `${base}/${n}` })).toMatchObject({ ok: true });
    const { host } = new URL(base);
    expect(await ask()).toMatchObject({ ok: false, failure: { code: "CIRCUIT_OPEN", details: { host } } });
    expect(calls).toBe(5);
    await ask({}, callOf({ context: { community_id: 2 } }));
    expect(calls).toBe(6);
  });

  it("is told apart by its port, and by the name that people are shown for it", async () => {
    const resolve: Resolve = async () => [];
    const asked: string[] = [];
    const breaker: Breaker = {
      through: async ({ host }) => {
        asked.push(host);
        return aborted();
      },
      states: () => [],
    };
    const egress = createEgress({ allow: [], resolve, breaker });
    const of = (url: string, more: Partial<HttpRequest> = {}) => egress(request(url, more), callOf());
    for (const url of ["https://A.example/x", "http://a.example", "http://a.example:8080", "http://[::1]/"])
      await of(url);
    await of("https://hidden.example", { shownHost: "[secret base]" });
    await of(`https://${"a".repeat(1_000)}/`);
    expect(asked).toEqual([
      ...["a.example:443", "a.example:80", "a.example:8080", "[::1]:80", "[secret base]", `${"a".repeat(253)}:443`],
    ]);
  });

  it("is not what an address is that may not be called", async () => {
    const egress = createEgress({ allow: [] });
    for (let n = 0; n < 6; n++)
      expect(await egress(request("http://10.0.0.1/"), callOf())).toMatchObject({
        failure: { code: "EGRESS_BLOCKED" },
      });
  });
});

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
