// A process that is frozen and wakes too late, and processes that are asked to end.
import { expect, it as test } from "vitest";
import { postgresProxy } from "../support/postgres-proxy.js";
import { behind, callDelayCall, effects, execute, executeMany, line, sceneOf } from "../support/scene.js";
import { until } from "../support/until.js";

// Mostly they wait: they do so side by side.
const it = test.concurrent;

const quick = { WFCORE_LEASE_SECONDS: "2", MAX_CONCURRENT_WORKFLOWS: "20" };
const completed = (rows: { status: string }[]) => rows.filter(({ status }) => status === "completed").length;

it("changes nothing when it wakes after its lease was taken", async (context) => {
  const stage = await sceneOf(context);
  const { router } = stage;
  // The first answers come while the process sleeps: it finds them when it wakes.
  router.plan([{ match: { nth: 1, node_id: "a" }, behaviour: { do: "slow", milliseconds: 1000 } }]);
  const sleeper = await stage.replica(quick);
  const ids = await executeMany(sleeper, await stage.publish(line), 6);
  await until(() => router.ledger.length === 6, "calls under way");
  sleeper.signal("SIGSTOP");
  const heir = await stage.replica(quick);
  const over = await stage.over(ids);
  expect(completed(over)).toBe(6);
  expect(over.map(({ recoveries }) => recoveries)).toEqual(Array(6).fill(1)); // it was taken from the sleeper
  const before = { rows: await stage.facts(), sent: router.ledger.length };

  sleeper.signal("SIGCONT");
  await until(() => sleeper.said().includes("worker_fenced"), "the sleeper's finding that its lease is gone");
  // It works again, under a new lease: what it is given now it carries out.
  const workflow = await stage.publish(callDelayCall(0.1));
  let next: unknown;
  await until(async () => {
    const { status, body } = await execute(sleeper, workflow);
    next = body.data?.execution_id;
    return status === 202; // until it has its new lease, callers are told to come again
  }, "a new lease");
  await stage.over([next as string]);
  const rows = (await stage.facts()).filter(({ execution_id }) => execution_id !== next);
  expect(rows).toEqual(before.rows);
  expect(router.ledger.slice(before.sent).map(({ execution_id }) => execution_id)).toEqual([next, next]);
  expect(effects(router)).toEqual({ total: 14, worst: 1, conflicts: 0, withoutKey: 0 });
  expect([sleeper.alive, heir.alive]).toEqual([true, true]);
});

it("sends nothing when it wakes with the news that the step before was stored", async (context) => {
  const stage = await sceneOf(context);
  const { router } = stage;
  const { target, through } = behind(stage.uri);
  const proxy = await postgresProxy(target);
  context.onTestFinished(() => proxy.close());
  const sleeper = await stage.replica(quick, through(proxy.port));
  const workflow = await stage.publish(line);
  router.plan([{ match: { nth: 1, node_id: "a" }, behaviour: { do: "slow", milliseconds: 300 } }]);
  const ids = await executeMany(sleeper, workflow, 1);
  await until(() => router.ledger.length === 1, "the first call");
  proxy.set({ mode: "hold-answer", statement: "journal-flight", times: 1 });
  await until(() => proxy.faults.held === 1, "a stored step whose news is kept back");
  sleeper.signal("SIGSTOP");
  proxy.release(); // it lies in the sleeper's socket now
  await stage.replica(quick);
  expect(completed(await stage.over(ids))).toBe(1);
  sleeper.signal("SIGCONT");
  await until(() => sleeper.said().includes("worker_fenced"), "the sleeper's finding that its lease is gone");
  expect(router.ledger.map(({ node_id, nth }) => [node_id, nth])).toEqual([
    ["a", 1],
    ["b", 1],
  ]);
});

it("sends nothing when it wakes in a short delay between two calls", async (context) => {
  const stage = await sceneOf(context);
  const sleeper = await stage.replica(quick);
  // In hand and waiting for time: the second call would be the first thing that it does.
  const ids = await executeMany(sleeper, await stage.publish(callDelayCall(0.45)), 4);
  await until(() => stage.router.ledger.length === 4, "the first calls");
  await until(async () => (await stage.facts()).every(({ events }) => events === 2), "their answers are stored");
  sleeper.signal("SIGSTOP");
  expect(stage.router.ledger).toHaveLength(4);
  await stage.replica(quick);
  expect(completed(await stage.over(ids))).toBe(4);
  sleeper.signal("SIGCONT");
  await until(() => sleeper.said().includes("worker_fenced"), "the sleeper's finding that its lease is gone");
  expect(stage.router.ledger.map(({ nth }) => nth)).toEqual(Array(8).fill(1));
});

it("hands over on SIGTERM without burning an attempt, and exits with 0", async (context) => {
  const stage = await sceneOf(context);
  const { router } = stage;
  router.plan([{ match: { node_id: "b", nth: 1 }, behaviour: { do: "hang-after" } }]);
  const first = await stage.replica({ ...quick, SHUTDOWN_TIMEOUT_SECONDS: "1" });
  const workflow = await stage.publish(line);
  const ids = await executeMany(first, workflow, 10);
  await until(() => router.ledger.filter(({ node_id }) => node_id === "b").length === 10, "ten executions in hand");
  const second = await stage.replica(quick);
  first.signal("SIGTERM");
  const asked = Date.now();
  await until(async () => (await first.call("GET", "/ready").catch(() => undefined))?.status !== 200, "not ready");
  const refused = await first
    .call("POST", `/api/v1/workflows/${workflow}/execute`, { variables: {} })
    .catch(() => null);
  if (refused) expect(refused.status).toBe(503);
  expect(await first.ended).toBe(0);
  expect(Date.now() - asked).toBeLessThan(4000);
  const over = await stage.over(ids);
  expect(completed(over)).toBe(10);
  expect(over.map(({ recoveries }) => recoveries)).toEqual(Array(10).fill(0));
  const again = router.ledger.filter(({ nth }) => nth === 2);
  expect(again.map(({ node_id, attempt }) => [node_id, attempt])).toEqual(Array(10).fill(["b", 1]));
  expect(Math.max(...again.map(({ at }) => at)) - asked).toBeLessThan(5000);
  expect(effects(router)).toEqual({ total: 20, worst: 1, conflicts: 0, withoutKey: 0 });
  expect(second.alive).toBe(true);
});

it("finishes what it can in the time that it has", async (context) => {
  const stage = await sceneOf(context);
  stage.router.plan([{ behaviour: { do: "slow", milliseconds: 500 } }]);
  const first = await stage.replica(quick);
  const ids = await executeMany(first, await stage.publish(line), 10);
  await until(() => stage.router.ledger.length > 0, "calls under way");
  first.signal("SIGTERM");
  expect(await first.ended).toBe(0);
  const rows = (await stage.facts()).filter(({ execution_id }) => ids.includes(execution_id));
  expect(completed(rows)).toBe(10);
  expect(stage.router.ledger).toHaveLength(20);
});

it("ends at once on a second SIGTERM, and another goes on", async (context) => {
  const stage = await sceneOf(context);
  stage.router.plan([{ match: { nth: 1 }, behaviour: { do: "hang-after" } }]);
  const first = await stage.replica(quick);
  const ids = await executeMany(first, await stage.publish(line), 3);
  await until(() => stage.router.ledger.length === 3, "calls under way");
  first.signal("SIGTERM");
  await until(() => first.said().includes("SIGTERM"), "the drain");
  const asked = Date.now();
  first.signal("SIGTERM");
  expect(await first.ended).not.toBe(0);
  expect(Date.now() - asked).toBeLessThan(2000);
  stage.router.plan([]);
  await stage.replica(quick);
  expect(completed(await stage.over(ids))).toBe(3);
  expect(effects(stage.router)).toEqual({ total: 6, worst: 1, conflicts: 0, withoutKey: 0 });
});
