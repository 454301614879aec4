// The queue over HTTP: counted and listed for those who may view it, and the limits with what is used of them.
import { draw } from "@workflow-core/core/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Caller, publish, type TestApp, testApp, waiting } from "../support/app.js";

let app: TestApp;
let ada: Caller;
let eve: Caller;
beforeAll(async () => {
  const environment = { MAX_CONCURRENT_WORKFLOWS: "2", MAX_CONCURRENT_WORKFLOWS_PER_COMMUNITY: "7" };
  app = await testApp({ slots: 2, environment });
  ada = await app.as({ user_id: 7, community_ids: [1] });
  eve = await app.as({ user_id: 8, community_ids: [2] });
});
afterAll(() => app.close());

const start = async (workflowId: string): Promise<string> => {
  const call = { method: "POST", body: { community_id: 1 } } as const;
  return (await ada(`/api/v1/workflows/${workflowId}/execute`, call)).json.data.execution_id;
};

it("tells what runs and waits, to those who may view it, and what is used of the limits", async () => {
  const { workflow_id } = await publish(ada, waiting(200));
  const ids = [await start(workflow_id), await start(workflow_id), await start(workflow_id)];
  const queue = async (who: Caller) => (await who("/api/v1/queue")).json.data;
  await expect.poll(async () => (await queue(ada)).communities[0]?.waiting, { timeout: 5000 }).toBe(3);
  const told = await queue(ada);
  expect(told.communities).toEqual([
    { community_id: 1, queued: 0, running: 0, waiting: 3, due: 0, oldest_due_at: null },
  ]);
  expect(told.workers).toEqual({ processes: 1, slots: 2, in_hand: 0 });
  const limits = Object.fromEntries(told.limits.map((limit: { name: string }) => [limit.name, limit]));
  expect(limits.MAX_CONCURRENT_WORKFLOWS).toMatchObject({ scope: "process", value: 2, in_use: 0, available: 2 });
  expect(limits.MAX_CONCURRENT_WORKFLOWS_PER_COMMUNITY).toMatchObject({ value: 7, in_use: 0, available: 7 });
  expect(limits).not.toHaveProperty("MAX_CONCURRENT_WORKFLOWS_TOTAL");
  expect(limits.MAX_LOOP_ITERATIONS).toMatchObject({ scope: "execution", value: 100, in_use: null });
  expect(limits.MAX_LOOP_ITERATIONS.meaning).toContain("loop");

  const listed = (await ada("/api/v1/queue/executions?per_page=2")).json;
  expect(listed.meta.pagination).toMatchObject({ total: 3, has_next: true });
  expect(listed.data.map((each: { execution_id: string }) => each.execution_id)).toEqual(ids.slice(0, 2));
  expect(listed.data[0]).toMatchObject({ workflow_id, community_id: 1, status: "waiting" });
  expect(Date.parse(listed.data[0].due_at)).toBeGreaterThan(Date.now() + 100_000);

  expect((await queue(eve)).communities).toEqual([]);
  expect((await eve("/api/v1/queue/executions")).json.data).toEqual([]);
  expect((await queue(app.service())).communities).toHaveLength(1);
  expect((await ada("/api/v1/queue?community_id=2")).json.data.communities).toEqual([]);
  expect((await ada("/api/v1/queue?community_id=x")).status).toBe(400);
  for (const id of ids) await ada(`/api/v1/workflows/executions/${id}/cancel`, { method: "POST" });
  expect((await ada("/api/v1/queue/executions")).json.data).toEqual([]);
});

it("tells what stands in line and for how long", async () => {
  const busy = draw("start -> work", {
    start: ["trigger_command", { command_name: "work" }],
    work: ["data_transform", { transform_code: "while (true) {}", timeout_ms: 3000 }],
  });
  const { workflow_id } = await publish(ada, busy);
  const ids = await Promise.all(Array.from({ length: 5 }, () => start(workflow_id)));
  const community = async () => (await ada("/api/v1/queue")).json.data.communities[0];
  // Who is next in line is taken for a moment beforehand, and is then due again.
  await expect.poll(community, { timeout: 5000 }).toMatchObject({ running: 2, queued: 3, due: 3 });
  expect(Date.parse((await community()).oldest_due_at)).toBeLessThanOrEqual(Date.now() + 1000);
  expect((await ada("/api/v1/queue")).json.data.workers.in_hand).toBe(2);
  for (const id of ids) await ada(`/api/v1/workflows/executions/${id}/cancel`, { method: "POST" });
});
