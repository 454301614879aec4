// The database goes away and comes back: nothing that was accepted is lost, nobody is told anything wrong meanwhile, and
// the program needs no restart.
import { setTimeout as pause } from "node:timers/promises";
import { expect, type TestContext, it as test } from "vitest";
import { startLoad } from "../support/load.js";
import { type OwnPostgres, ownPostgres } from "../support/own-postgres.js";
import { callDelayCall, diamond, effects, line, loop, type Scene, scene } from "../support/scene.js";
import { until } from "../support/until.js";

// Mostly they wait: they do so side by side.
const it = test.concurrent;

async function stageOf({ onTestFinished }: TestContext): Promise<{ postgres: OwnPostgres; stage: Scene }> {
  const postgres = await ownPostgres("crash");
  onTestFinished(() => postgres.close()); // last: what is registered later is done first
  const stage = await scene({ uri: postgres.uri("crash") });
  onTestFinished(async () => {
    await postgres.start();
    await stage.close();
  });
  return { postgres, stage };
}

const settings = { MAX_CONCURRENT_WORKFLOWS: "20" };
const troubles = /unhandledRejection|uncaughtException|"action":"uncaught"/;

it("keeps everything over immediate restarts under load", async (context) => {
  const { postgres, stage } = await stageOf(context);
  const replica = await stage.replica(settings);
  const workflows = await Promise.all([line, diamond, loop, callDelayCall(1)].map((graph) => stage.publish(graph)));
  const load = startLoad({ workflows, perSecond: 10, replica: () => replica });
  for (let restarts = 0; restarts < 4; restarts += 1) {
    const before = load.accepted.size;
    await until(() => load.accepted.size > before + 8, "load", 20_000);
    await postgres.crash();
    await postgres.start();
  }
  await load.end();
  const over = await stage.over([...load.accepted.values()], 40_000);
  expect(postgres.restarts).toBe(4);
  expect(replica.alive).toBe(true);
  expect(load.changed).toEqual([]);
  expect([...load.told.keys()].filter((status) => status !== 202 && status !== 503)).toEqual([]);
  expect(over.filter(({ status }) => status !== "completed")).toEqual([]);
  expect(over.filter(({ recoveries }) => recoveries > 0)).toEqual([]);
  const kept = [...load.once.values()].filter((status) => status === 202).length;
  expect(await stage.facts()).toHaveLength(load.accepted.size + kept);
  expect(effects(stage.router)).toMatchObject({ worst: 1, conflicts: 0, withoutKey: 0 });
  expect(replica.said()).not.toMatch(troubles);
  console.info(`restarts ${postgres.restarts}, accepted ${load.accepted.size}, told`, Object.fromEntries(load.told));
}, 90_000);

it("waits for a database that is down for ten seconds", async (context) => {
  const { postgres, stage } = await stageOf(context);
  const [one, two] = [await stage.replica(settings), await stage.replica(settings)];
  stage.router.plan([{ match: { node_id: "a" }, behaviour: { do: "slow", milliseconds: 1500 } }]);
  const workflows = await Promise.all([line, callDelayCall(2)].map((graph) => stage.publish(graph)));
  let turn = 0;
  const load = startLoad({ workflows, perSecond: 10, replica: () => (turn++ % 2 ? one : two) });
  await until(() => load.accepted.size > 20, "load", 20_000);
  const [known] = [...load.accepted.values()];
  await postgres.crash();
  const down = Date.now();
  await until(async () => (await one.call("GET", "/ready")).status === 503, "not ready");
  const statuses: number[] = [];
  while (Date.now() - down < 10_000) {
    statuses.push((await one.call("GET", `/api/v1/workflows/executions/${known}`)).status);
    expect((await two.call("GET", "/health")).status).toBe(200);
    await pause(500);
  }
  expect(new Set(statuses)).toEqual(new Set([503]));
  const toldBefore = load.told.get(503) ?? 0;
  await postgres.start();
  const up = Date.now();
  await until(async () => (await one.call("GET", "/ready")).status === 200, "ready", 10_000);
  await load.end();
  const over = await stage.over([...load.accepted.values()], 40_000);
  console.info(`down ${up - down} ms, 503 told ${toldBefore} times, all over ${Date.now() - up} ms after its return`);
  expect(toldBefore).toBeGreaterThan(0);
  expect([one.alive, two.alive]).toEqual([true, true]);
  expect([...load.told.keys()].filter((status) => status !== 202 && status !== 503)).toEqual([]);
  expect(over.filter(({ status }) => status !== "completed")).toEqual([]);
  expect(over.filter(({ recoveries }) => recoveries > 0)).toEqual([]); // nobody was dead
  const kept = [...load.once.values()].filter((status) => status === 202).length;
  expect(await stage.facts()).toHaveLength(load.accepted.size + kept); // and nothing that was refused
  expect(effects(stage.router)).toMatchObject({ worst: 1, conflicts: 0, withoutKey: 0 });
  expect(one.said() + two.said()).not.toMatch(troubles);
}, 90_000);
