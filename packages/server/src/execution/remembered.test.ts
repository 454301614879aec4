// What is remembered of waiting executions: on real databases, and what is not remembered.
import { defaultLimits, type Started } from "@workflow-core/core";
import { draw } from "@workflow-core/core/testing";
import { afterEach, expect, it } from "vitest";
import { describeEachDatabase } from "../../test/support/database.js";
import { type TestEngine, type TestEngineOptions, testEngine } from "../../test/support/engine.js";
import { until } from "../../test/support/until.js";
import type { AcceptRecord } from "../store/flight-records.js";
import { Remembered } from "./remembered.js";

const graph = draw("start -> a -> end", {
  start: "trigger_webhook",
  a: ["action_module", { module_name: "m", action: "x" }],
  end: "flow_end",
});

describeEachDatabase("what was accepted here and waits", (database) => {
  const engines: TestEngine[] = [];
  const open = async (options: TestEngineOptions = {}) => {
    const engine = await testEngine(database(), options);
    engines.push(engine);
    return engine;
  };
  afterEach(async () => {
    await Promise.all(engines.splice(0).map((engine) => engine.close()));
  });

  it("begins without its event being read back", async () => {
    let goOn: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const engine = await open({
      slots: 1,
      answer: async () => {
        await held;
        return { ok: true, value: {} };
      },
    });
    const workflow = await engine.publish(graph);
    const first = await engine.start({ workflow, source: "manual" });
    await until(() => engine.calls.length === 1);
    const second = await engine.start({ workflow, source: "manual", variables: { who: "ada" } });
    expect(second.status).toBe("queued");
    // Whoever read it now would find nothing, and fail it as unreadable.
    const { primary } = database().database;
    await primary.query("DELETE FROM workflow_execution_events WHERE execution_id = $1", [second.execution_id]);
    goOn();
    expect(await engine.over(first.execution_id)).toMatchObject({ status: "completed" });
    expect(await engine.over(second.execution_id)).toMatchObject({
      status: "completed",
      final_variables: { who: "ada" },
    });
  });

  it("is read by whoever did not accept it", async () => {
    const accepting = await open({ slots: 0 });
    const { execution_id } = await accepting.run(graph, { variables: { who: "ada" } });
    const working = await open();
    expect(await working.over(execution_id)).toMatchObject({ status: "completed", final_variables: { who: "ada" } });
  });
});

const started = { type: "started", limits: defaultLimits } as Started;
const record = (execution_id: string, { claimed_by = null as string | null, data = "{}" } = {}) =>
  ({ execution_id, claimed_by, events: [{ data }] }) as unknown as AcceptRecord;
const claim = (execution_id: string, fence = 1) => ({ execution_id, fence }) as Parameters<Remembered["take"]>[0];

it("is told once, and by the first claim only", () => {
  const remembered = new Remembered();
  remembered.add(record("a"), started);
  remembered.add(record("b"), started);
  expect(remembered.take(claim("a"))).toBe(started);
  expect(remembered.take(claim("a"))).toBeUndefined();
  expect(remembered.take(claim("b", 2))).toBeUndefined();
  expect(remembered.take(claim("b"))).toBeUndefined();
});

it("is not what somebody holds, nor what is large, nor all there is", () => {
  const remembered = new Remembered();
  remembered.add(record("held", { claimed_by: "somebody" }), started);
  remembered.add(record("large", { data: "x".repeat(20_000) }), started);
  expect(remembered.take(claim("held"))).toBeUndefined();
  expect(remembered.take(claim("large"))).toBeUndefined();
  for (let number = 0; number <= 1_000; number += 1) remembered.add(record(String(number)), started);
  expect(remembered.take(claim("0"))).toBeUndefined();
  expect(remembered.take(claim("1"))).toBe(started);
  expect(remembered.take(claim("1000"))).toBe(started);
});
