// Whose turn it is: fairness between communities, and caps over all workers, on real databases.
import { draw } from "@workflow-core/core/testing";
import { afterEach, expect, it } from "vitest";
import { describeEachDatabase } from "../../test/support/database.js";
import { type TestEngine, type TestEngineOptions, testEngine } from "../../test/support/engine.js";
import { until } from "../../test/support/until.js";
import type { StartRequest } from "./start.js";

const graph = draw("start -> a -> end", {
  start: "trigger_webhook",
  a: ["action_module", { module_name: "m", action: "x" }],
  end: "flow_end",
});
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describeEachDatabase("turns", (database) => {
  const engines: TestEngine[] = [];
  const open = async (options: TestEngineOptions = {}) => {
    const engine = await testEngine(database(), options);
    engines.push(engine);
    return engine;
  };
  const unfinished = async () => {
    const { rows } = await database().database.primary.query<{ count: number }>(
      "SELECT count(*)::int AS count FROM workflow_executions WHERE end_time IS NULL",
    );
    return rows[0]?.count ?? 0;
  };
  afterEach(async () => {
    await Promise.all(engines.splice(0).map((engine) => engine.close()));
    await database().database.primary.query("TRUNCATE workflow_executions, workflow_execution_events CASCADE");
  });
  const startMany = (engine: TestEngine, workflow: StartRequest["workflow"], count: number) =>
    Promise.all(Array.from({ length: count }, () => engine.start({ workflow, source: "manual" })));

  it("does not let a community that floods the queue keep the others waiting", async () => {
    const accepting = await open({ slots: 0 });
    const flood = await accepting.publish(graph, 1);
    const modest = await accepting.publish(graph, 2);
    await startMany(accepting, flood, 600);
    await startMany(accepting, modest, 2);
    const order: number[] = [];
    const working = await open({
      slots: 2,
      answer: async ({ body }) => {
        order.push((body as { community_id: number }).community_id);
        await pause(5);
        return { ok: true, value: {} };
      },
    });
    await until(() => order.filter((community) => community === 2).length === 2, "the modest one's turn");
    expect(order.length).toBeLessThan(30);
    await working.worker.drain(0);
  });

  it("never has more in hand than MAX_CONCURRENT_WORKFLOWS_TOTAL and _PER_COMMUNITY say, over two workers", async () => {
    const now = new Map<number, number>();
    const most = { total: 0, community: 0 };
    const answer: TestEngineOptions["answer"] = async ({ body }) => {
      const community = (body as { community_id: number }).community_id;
      now.set(community, (now.get(community) ?? 0) + 1);
      most.total = Math.max(
        most.total,
        [...now.values()].reduce((sum, each) => sum + each, 0),
      );
      most.community = Math.max(most.community, now.get(community) ?? 0);
      await pause(20);
      now.set(community, (now.get(community) ?? 1) - 1);
      return { ok: true, value: {} };
    };
    const caps = { total: 3, perCommunity: 2 };
    const [first, second] = [await open({ caps, answer }), await open({ caps, answer })];
    for (const [engine, community] of [
      [first, 1],
      [second, 2],
      [first, 3],
    ] as const)
      await startMany(engine, await engine.publish(graph, community), 12);
    await until(async () => (await unfinished()) === 0, "the end of all", 60_000);
    expect(most).toEqual({ total: 3, community: 2 });
    expect(first.calls.length + second.calls.length).toBe(36);
    expect(Math.min(first.calls.length, second.calls.length)).toBeGreaterThan(0);
  });
});
