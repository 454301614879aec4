// Time goes on while processes are dead: delays, waits before retries and time limits keep the moment at which they end;
// and what kills its workers ends alone.
import { draw } from "@workflow-core/core/testing";
import { expect, it as test } from "vitest";
import { callDelayCall, effects, executeMany, line, type Scene, sceneOf } from "../support/scene.js";
import { until } from "../support/until.js";

// Mostly they wait: they do so side by side.
const it = test.concurrent;

const quick = { WFCORE_LEASE_SECONDS: "2", MAX_CONCURRENT_WORKFLOWS: "20" };
const timesOf = (stage: Scene, node: string) =>
  stage.router.ledger.filter(({ node_id }) => node_id === node).map(({ at }) => at);
const resting = async (stage: Scene) => (await stage.facts()).every(({ claimed_by }) => claimed_by === null);

it("ends a delay when it was to end, on whatever process", async (context) => {
  const stage = await sceneOf(context);
  const first = await stage.replica(quick);
  const ids = await executeMany(first, await stage.publish(callDelayCall(8)), 3);
  await until(async () => timesOf(stage, "a").length === 3 && (await resting(stage)), "the delays");
  const due = (await stage.facts()).map(({ available_at }) => available_at?.getTime() ?? 0);
  await first.kill();
  await stage.replica(quick);
  const up = Date.now();
  await stage.over(ids);
  // On a busy machine the other process may not have been up in time.
  const ends = due.sort((left, right) => left - right).map((at) => Math.max(at, up));
  const late = timesOf(stage, "b").map((at, index) => at - (ends[index] ?? 0));
  expect(Math.min(...timesOf(stage, "b"))).toBeGreaterThanOrEqual(Math.min(...due));
  console.info(`delays ended late by ${late.join(", ")} ms`);
  for (const each of late) {
    expect(each).toBeGreaterThanOrEqual(0);
    expect(each).toBeLessThan(2000);
  }
});

it("goes on with the waits between retries, and counts the attempts before its death", async (context) => {
  const stage = await sceneOf(context);
  stage.router.plan([{ match: { node_id: "a" }, times: 2, behaviour: { do: "status", status: 503 } }]);
  const first = await stage.replica(quick);
  const [id] = await executeMany(first, await stage.publish({ ...line, metadata: { retry_failed_nodes: true } }), 1);
  await until(async () => timesOf(stage, "a").length === 1 && (await resting(stage)), "the first wait");
  await first.kill();
  const second = await stage.replica(quick);
  const up = Date.now();
  await until(async () => timesOf(stage, "a").length === 2 && (await resting(stage)), "the second wait");
  await second.kill();
  await stage.replica(quick);
  const upAgain = Date.now();
  expect(await stage.over([id as string])).toMatchObject([{ status: "completed", recoveries: 0 }]);
  const [one = 0, two = 0, three = 0, ...more] = timesOf(stage, "a");
  expect(more).toEqual([]);
  expect(stage.router.ledger.map(({ node_id, attempt }) => `${node_id} ${attempt}`)).toEqual([
    "a 1",
    "a 2",
    "a 3",
    "b 1",
  ]);
  // 2 and 4 seconds after the failures, or when there was a process again.
  expect(two - one).toBeGreaterThanOrEqual(2000);
  expect(three - two).toBeGreaterThanOrEqual(4000);
  expect(two).toBeLessThan(Math.max(one + 2000, up) + 2000);
  expect(three).toBeLessThan(Math.max(two + 4000, upAgain) + 2000);
});

it("ends at its time limit though its worker is dead, and sends nothing after it", async (context) => {
  const stage = await sceneOf(context);
  stage.router.plan([{ match: { node_id: "a" }, behaviour: { do: "hang-after" } }]);
  const first = await stage.replica({ ...quick, WFCORE_LEASE_SECONDS: "4" });
  const limited = { metadata: { max_execution_time_seconds: 2 } };
  const [hanging] = await executeMany(first, await stage.publish({ ...line, ...limited }), 1);
  await until(() => stage.router.ledger.length === 1, "the call under way");
  await first.kill();
  await stage.replica({ ...quick, WFCORE_LEASE_SECONDS: "4" });
  const [over] = await stage.over([hanging as string]);
  expect(over).toMatchObject({ status: "timed_out", error_type: "TIMED_OUT" });
  expect(stage.router.ledger).toHaveLength(1);
});

it("ends a delay at the time limit to the second on another process", async (context) => {
  const stage = await sceneOf(context);
  const first = await stage.replica(quick);
  await stage.replica(quick);
  const limited = { metadata: { max_execution_time_seconds: 3 } };
  const [waiting] = await executeMany(first, await stage.publish({ ...callDelayCall(60), ...limited }), 1);
  await until(async () => (await resting(stage)) && timesOf(stage, "a").length === 1, "the delay");
  await first.kill();
  const [over] = await stage.over([waiting as string]);
  expect(over).toMatchObject({ status: "timed_out", recoveries: 0 });
  const seconds = ((over?.end_time?.getTime() ?? 0) - (over?.start_time.getTime() ?? 0)) / 1000;
  expect(seconds).toBeGreaterThanOrEqual(3);
  expect(seconds).toBeLessThan(4.5);
});

it("fails what kills its worker three times, and nothing else", async (context) => {
  const stage = await sceneOf(context);
  const brief = { ...quick, WFCORE_LEASE_SECONDS: "1" };
  stage.router.plan([{ match: { node_id: "killer" }, behaviour: { do: "hang-after" } }]);
  const killer = draw("start -> killer -> end", {
    start: "trigger_webhook",
    killer: ["action_module", { module_name: "killer", action: "run" }],
    end: "flow_end",
  });
  let replica = await stage.replica(brief);
  const [poison] = await executeMany(replica, await stage.publish(killer), 1);
  const others = await executeMany(replica, await stage.publish(callDelayCall(3)), 3);
  for (let deaths = 1; deaths <= 3; deaths += 1) {
    await until(() => timesOf(stage, "killer").length === deaths, `death ${deaths}`, 30_000);
    await replica.kill();
    replica = await stage.replica(brief);
  }
  const over = await stage.over();
  expect(over.find(({ execution_id }) => execution_id === poison)).toMatchObject({
    ...{ status: "failed", error_type: "RECOVERY_LIMIT", recoveries: 3 },
  });
  expect(timesOf(stage, "killer")).toHaveLength(3);
  for (const id of others) expect(over.find(({ execution_id }) => execution_id === id)?.status).toBe("completed");
  expect(effects(stage.router)).toMatchObject({ worst: 1, conflicts: 0 });
}, 60_000);

it("fails alone what cannot be read", async (context) => {
  const stage = await sceneOf(context);
  const first = await stage.replica(quick);
  const ids = await executeMany(first, await stage.publish(callDelayCall(2)), 3);
  await until(async () => timesOf(stage, "a").length === 3 && (await resting(stage)), "the delays");
  await first.kill();
  const { rowCount } = await stage.database.primary.query(
    "UPDATE workflow_execution_events SET data = '{\"token\":' WHERE execution_id = $1 AND sequence = 2",
    [ids[0]],
  );
  expect(rowCount).toBe(1);
  await stage.replica(quick);
  const over = await stage.over(ids);
  const statusOf = (id: string | undefined) => over.find(({ execution_id }) => execution_id === id);
  expect(statusOf(ids[0])).toMatchObject({ status: "failed", error_type: "UNREADABLE" });
  expect(ids.slice(1).map((id) => statusOf(id)?.status)).toEqual(["completed", "completed"]);
  expect(timesOf(stage, "b")).toHaveLength(2);
});
