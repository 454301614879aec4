// What people choose us for: executions outlive the processes that carry them.
import { expect, it as test } from "vitest";
import { callDelayCall, effects, execute, executeMany, type Scene, sceneOf } from "../support/scene.js";
import { until } from "../support/until.js";

// Mostly they wait: they do so side by side.
const it = test.concurrent;

const deliveriesOf = (stage: Scene, node: string) => stage.router.ledger.filter(({ node_id }) => node_id === node);

it("finishes 20 of 20 after kill -9 of everything in the middle of a delay", async (context) => {
  const stage = await sceneOf(context);
  const first = await stage.replica({ MAX_CONCURRENT_WORKFLOWS: "20" });
  const ids = await executeMany(first, await stage.publish(callDelayCall(6)), 20);
  await until(() => deliveriesOf(stage, "a").length === 20, "all first calls");
  await until(async () => (await stage.facts()).some(({ status }) => status === "waiting"), "the delays");
  await first.kill();
  expect(stage.replicas.filter(({ alive }) => alive)).toEqual([]);
  expect(deliveriesOf(stage, "b")).toEqual([]);
  await stage.replica({ MAX_CONCURRENT_WORKFLOWS: "20" });
  const over = await stage.over(ids);
  expect(over.filter(({ status }) => status === "completed")).toHaveLength(20);
  expect(effects(stage.router)).toEqual({ total: 40, worst: 1, conflicts: 0, withoutKey: 0 });
});

it("goes on within 10 s on a second replica while the first stays dead", async (context) => {
  const stage = await sceneOf(context);
  const first = await stage.replica({ MAX_CONCURRENT_WORKFLOWS: "20" });
  // Half of them are in hand when it dies: their calls are under way. The others are in their delay.
  stage.router.plan([{ match: { node_id: "a", nth: 1 }, behaviour: { do: "hang-after" }, times: 10 }]);
  const ids = await executeMany(first, await stage.publish(callDelayCall(6)), 20);
  const second = await stage.replica({ MAX_CONCURRENT_WORKFLOWS: "20" });
  await until(() => deliveriesOf(stage, "a").length === 20, "all first calls");
  await until(
    async () => (await stage.facts()).filter(({ status }) => status === "waiting").length === 10,
    "the delays",
  );
  await first.kill();
  const died = Date.now();
  const over = await stage.over(ids);
  expect(second.alive).toBe(true);
  expect(over.filter(({ status }) => status === "completed")).toHaveLength(20);
  expect(effects(stage.router)).toEqual({ total: 40, worst: 1, conflicts: 0, withoutKey: 0 });
  const again = deliveriesOf(stage, "a").filter(({ nth }) => nth === 2);
  expect(again).toHaveLength(10);
  const takeOver = Math.max(...again.map(({ at }) => at)) - died;
  console.info(`take-over: ${takeOver} ms`);
  expect(takeOver).toBeLessThan(10_000);
  expect(over.filter(({ recoveries }) => recoveries === 1)).toHaveLength(10);
  const moments = over.flatMap(({ recovered_at }) => (recovered_at === null ? [] : [recovered_at.getTime()]));
  expect(moments).toHaveLength(10);
  expect(Math.max(...moments.map((moment) => Math.abs(moment - died)))).toBeLessThan(10_000);
});

it("starts one execution per key, though the answer to the first request was lost", async (context) => {
  const stage = await sceneOf(context);
  const first = await stage.replica();
  const workflow = await stage.publish(callDelayCall(6));
  const accepted = await execute(first, workflow, "the same key");
  await first.kill();
  const second = await stage.replica();
  const again = await execute(second, workflow, "the same key");
  expect(again.status).toBe(202);
  expect(again.body.data?.execution_id).toBe(accepted.body.data?.execution_id);
  expect(await stage.facts()).toHaveLength(1);
});
