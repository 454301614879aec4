// The whole program while its database cannot be reached: 503 and UNAVAILABLE, never "there is no such thing", and what
// was accepted is there when the database is back.
import { randomUUID } from "node:crypto";
import { status } from "@grpc/grpc-js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { routes } from "../../src/http/routes/index.js";
import { apiKey, greeting } from "../support/app.js";
import { ask, type GrpcApp, grpcAppBehindProxy, metadata } from "../support/grpc.js";
import type { PostgresProxy } from "../support/postgres-proxy.js";
import { until } from "../support/until.js";

let proxy: PostgresProxy;
let app: GrpcApp;
let url: string;
let close: () => Promise<void>;
let workflow: string;
let execution: string;
beforeAll(async () => {
  ({ app, proxy, close } = await grpcAppBehindProxy());
  url = app.url;
  workflow = await app.publish(greeting());
  const started = { ...asked, workflowId: workflow, waitSeconds: 10 };
  execution = (await ask(app.client, app.client.executeWorkflow, started)).executionId;
});
afterAll(() => close());

const asked = {
  ...{ workflowId: "", communityId: 1, variables: "", triggerSource: "", triggerNode: "", sessionId: "" },
  ...{ idempotencyKey: "", waitSeconds: 0, licenseKey: "" },
};
const triggered = (sessionId: string) => ({
  ...{ token: "", workflowId: workflow, triggerSource: "command", triggerData: "", sessionId },
  ...{ entityId: "1", userId: 7, platform: "twitch" },
});
const executions = async (): Promise<number> =>
  (await app.test.database.primary.query("SELECT count(*)::int AS n FROM workflow_executions")).rows[0].n;

describe("while the database is away", () => {
  beforeAll(() => {
    proxy.set({ mode: "refuse" });
    proxy.reset();
  });
  afterAll(async () => {
    proxy.set({ mode: "pass" });
    await until(async () => (await fetch(`${url}/ready`)).status === 200, "ready again");
  });

  it("every method over gRPC is UNAVAILABLE, for what is there and for what is not", async () => {
    const { client } = app;
    for (const id of [workflow, randomUUID()]) {
      const calls = {
        trigger: () => ask(client, client.triggerWorkflow, { ...triggered("away"), workflowId: id }),
        execute: () => ask(client, client.executeWorkflow, { ...asked, workflowId: id }),
        get: () => ask(client, client.getExecutionStatus, { executionId: execution, includeNodes: true }),
        cancel: () => ask(client, client.cancelExecution, { executionId: execution, reason: "" }),
        watch: () =>
          new Promise((resolve, reject) => {
            const stream = client.watchExecution({ executionId: execution, afterSequence: 0 }, metadata());
            stream.on("error", reject).on("end", resolve).resume();
          }),
      };
      for (const [name, call] of Object.entries(calls))
        await expect(call(), name).rejects.toMatchObject({
          code: status.UNAVAILABLE,
          details: expect.not.stringMatching(/ECONN|127\.0\.0\.1|select/i),
        });
    }
  });

  const closed = routes.filter(({ access }) => access !== "public");
  it.each(closed.map((route) => ({ route, name: `${route.method} ${route.path}` })))(
    "$name is 503 with Retry-After, or needs no database",
    async ({ route }) => {
      const path = route.path
        .replace(":execution_id", execution)
        .replace(/:(id|workflow_id)\b/, workflow)
        .replace(":community_id", "1")
        .replace(":name", "one")
        .replace(/:\w+/, "1");
      const body = route.method === "GET" || route.method === "DELETE" ? undefined : "{}";
      const answer = await fetch(`${url}${path}`, {
        method: route.method,
        headers: { "x-api-key": apiKey, ...(body === undefined ? {} : { "content-type": "application/json" }) },
        ...(body === undefined ? {} : { body }),
      });
      const text = await answer.text();
      expect([200, 400, 503], text.slice(0, 300)).toContain(answer.status);
      if (typeof route.access !== "string") expect(answer.status).toBe(503);
      if (answer.status === 503) expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
      expect(text).not.toMatch(/ECONNREFUSED|ECONNRESET|127\.0\.0\.1:\d/);
    },
  );

  it("a webhook is 503, since its token may be a good one", async () => {
    const answer = await fetch(`${url}/api/v1/workflows/webhooks/${"a".repeat(32)}`, { method: "POST" });
    expect([answer.status, Number(answer.headers.get("retry-after")) > 0]).toEqual([503, true]);
  });

  it("an event that meets nothing is 503: what it concerns may have been published elsewhere meanwhile", async () => {
    const event = {
      ...{ delivery_id: "away", type: "command", platform: "twitch", entity_id: 1, community_id: 1 },
      ...{ user: { id: "1", name: "ada", roles: [] }, message: "!nobody-knows" },
    };
    const send = () =>
      fetch(`${url}/api/v1/events`, {
        method: "POST",
        headers: { "x-api-key": apiKey, "content-type": "application/json" },
        body: JSON.stringify(event),
      });
    await until(async () => {
      const answer = await send();
      return answer.status === 503 && Number(answer.headers.get("retry-after")) > 0;
    }, "the answer 503");
  });
});

it("a call whose answer from the database got lost is there once, however often it is repeated", async () => {
  const before = await executions();
  proxy.set({ mode: "cut-after", statement: "journal-flight-accepts", times: 3 });
  const session = randomUUID();
  const told: string[] = [];
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const answer = await ask(app.client, app.client.triggerWorkflow, triggered(session)).catch(
      ({ code }: { code: number }) => {
        expect(code).toBe(status.UNAVAILABLE);
        return undefined;
      },
    );
    if (answer !== undefined) told.push(answer.executionId);
  }
  proxy.set({ mode: "pass" });
  const last = await ask(app.client, app.client.triggerWorkflow, triggered(session));
  expect(proxy.faults.cutAfter).toBeGreaterThan(0);
  expect(new Set([...told, last.executionId]).size).toBe(1);
  expect(await executions()).toBe(before + 1);
});
