// Connections to the database that die without a word: nothing is refused and nothing is answered. The whole program
// says so in five seconds, and goes on by itself; what it had accepted is done.
import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { apiKey } from "../support/app.js";
import { type GrpcApp, grpcAppBehindProxy } from "../support/grpc.js";
import type { PostgresProxy } from "../support/postgres-proxy.js";
import { callDelayCall } from "../support/scene.js";
import { until } from "../support/until.js";

/** What F22 allows, and what a busy machine adds. */
const promised = 5_000;
const allowed = promised + 1_000;

let proxy: PostgresProxy;
let app: GrpcApp;
let url: string;
let close: () => Promise<void>;
let workflow: string;
beforeAll(async () => {
  ({ app, proxy, close } = await grpcAppBehindProxy());
  url = app.url;
  workflow = await app.publish(callDelayCall(1));
}, 60_000);
afterAll(() => close());

const call = (method: string, path: string, headers: Record<string, string> = {}) =>
  fetch(`${url}${path}`, {
    method,
    headers: { "x-api-key": apiKey, ...(method === "POST" ? { "content-type": "application/json" } : {}), ...headers },
    ...(method === "POST" ? { body: '{"community_id":1}' } : {}),
  });
/** Starts the workflow; gives the execution. */
const accepted = async (): Promise<string> => {
  const answer = await start(randomUUID());
  expect(answer.status).toBe(202);
  return ((await answer.json()) as { data: { execution_id: string } }).data.execution_id;
};
const start = (key: string) => call("POST", `/api/v1/workflows/${workflow}/execute`, { "idempotency-key": key });
/** How a request is answered, and after how many milliseconds. */
const timed = async (asked: Promise<Response>) => {
  const begun = performance.now();
  const answer = await asked;
  await answer.text();
  return { status: answer.status, retry: Number(answer.headers.get("retry-after")), took: performance.now() - begun };
};
const direct = async <T>(text: string): Promise<T[]> => (await app.test.database.primary.query(text)).rows as T[];
const executions = () => direct("SELECT 1 FROM workflow_executions");
const isDone = async (execution: string) => {
  const rows = await direct<{ status: string }>(
    `SELECT status FROM workflow_executions WHERE execution_id = '${execution}'`,
  );
  return rows[0]?.status === "completed";
};
const requests = () => ({
  read: call("GET", `/api/v1/workflows/${workflow}`),
  list: call("GET", "/api/v1/workflows?community_id=1"),
  start: start(randomUUID()),
  webhook: call("POST", `/api/v1/workflows/webhooks/${"a".repeat(32)}`),
});
const allTimed = async () => {
  const answers = Object.entries(requests()).map(async ([name, asked]) => [name, await timed(asked)] as const);
  return Object.fromEntries(await Promise.all(answers));
};

const isReady = async () => (await fetch(`${url}/ready`)).status === 200;
afterEach(async () => {
  proxy.set({ mode: "pass" });
  await until(isReady, "ready again", 30_000);
});

describe("a database that answers nothing any more", () => {
  it("is said so in five seconds, and everything goes on when it answers again", async () => {
    const earlier = (await executions()).length;
    const before = await accepted();
    await until(async () => (await direct("SELECT 1 FROM workflow_execution_events")).length > 1, "its first step");
    proxy.set({ mode: "blackhole" });
    const begun = performance.now();
    const ready = until(async () => (await fetch(`${url}/ready`)).status === 503, "not ready", 30_000).then(
      () => performance.now() - begun,
    );
    const first = await allTimed();
    const notReady = await ready;
    const second = await allTimed();
    expect(notReady).toBeLessThan(allowed);
    for (const answers of [first, second])
      for (const [name, { status, retry, took }] of Object.entries(answers)) {
        expect([name, status, retry > 0]).toEqual([name, 503, true]);
        expect(took, name).toBeLessThan(allowed);
      }
    expect(proxy.faults.swallowed).toBeGreaterThan(0);

    proxy.set({ mode: "pass" });
    const back = performance.now();
    await until(isReady, "ready again", 30_000);
    expect(performance.now() - back).toBeLessThan(allowed);
    await until(() => isDone(before), "the execution that was accepted before", 20_000);
    const after = await accepted();
    await until(() => isDone(after), "one more", 20_000);
    expect(await executions()).toHaveLength(earlier + 2);
  }, 120_000);
});

describe("connections that were open", () => {
  it("are given up when they are found to carry nothing, and new ones serve", async () => {
    await allTimed();
    const told = app.lines.length;
    proxy.lose();
    const took: number[] = [];
    for (;;) {
      const { status, took: each } = await timed(call("GET", `/api/v1/workflows/${workflow}`));
      took.push(each);
      if (status === 200) break;
      expect(status).toBe(503);
    }
    expect(Math.max(...took)).toBeLessThan(allowed);
    const isHeard = () =>
      app.lines.slice(told).some(({ message }) => /listens to \w+ broke: Query read timeout/.test(String(message)));
    await until(isHeard, "the connection that listens to be found out", 15_000);
    const execution = await accepted();
    await until(() => isDone(execution), "an execution", 20_000);
  }, 240_000);
});
