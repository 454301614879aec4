// Looking ahead, on real databases: code is worked out before what led to it is stored, and nobody outside can tell.
import { draw } from "@workflow-core/core/testing";
import { afterEach, expect, it } from "vitest";
import { describeEachDatabase } from "../../test/support/database.js";
import { type TestEngine, type TestEngineOptions, testEngine } from "../../test/support/engine.js";
import { until } from "../../test/support/until.js";
import { readEvents } from "../store/claims.js";

const code = (transform_code: string, output_variable: string) =>
  ["data_transform", { transform_code, output_variable }] as const;
const call = (name: string) => ["action_module", { module_name: name, action: "x" }] as const;
const graph = draw("start -> first -> second -> tell -> third -> end", {
  start: "trigger_webhook",
  first: code("return 1", "one"),
  second: code("return variables.one + 1", "two"),
  tell: call("tell"),
  third: code("return variables.two + 1", "three"),
  end: "flow_end",
});
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describeEachDatabase("looking ahead", (database) => {
  const engines: TestEngine[] = [];
  const open = async (options: TestEngineOptions = {}) => {
    const engine = await testEngine(database(), options);
    engines.push(engine);
    return engine;
  };
  /** What is stored of an execution, as `performed first`. */
  const stored = async (executionId: string) => {
    const events = await readEvents(database().database.primary, [executionId]);
    const told = ({ type, data }: { type: string; data: string }) =>
      `${type} ${JSON.parse(data).token ?? ""}`.replace(":0", "").trim();
    return (events.get(executionId) ?? []).map(told);
  };
  const all = ["started", "performed first", "performed second", "performed tell", "performed third"];
  afterEach(async () => {
    await Promise.all(engines.splice(0).map((engine) => engine.close()));
  });

  it("stores code with what led to it: two flights for three codes and a call", async () => {
    const seen: number[] = [];
    const engine = await open({
      guest: ({ variables }) => Object.keys(variables).filter((name) => name !== "output").length,
      answer: async ({ key }) => {
        seen.push((await stored(key.slice(0, 36))).length);
        return { ok: true, value: {} };
      },
    });
    const workflow = await engine.publish(graph);
    engine.flights.length = 0;
    const { execution_id } = await engine.start({ workflow, source: "manual" });
    expect(await engine.over(execution_id)).toMatchObject({
      status: "completed",
      execution_path: ["start", "first", "second", "tell", "third", "end"],
      final_variables: { one: 0, two: 1 },
    });
    expect(engine.flights).toEqual([1, 1]);
    expect(await stored(execution_id)).toEqual(all);
    // V1: when the call is sent, all that led to it is stored.
    expect(seen).toEqual([3]);
  });

  it("stores an execution that is nothing but code in one flight, as over", async () => {
    const engine = await open({ guest: () => 7 });
    const workflow = await engine.publish(
      draw("start -> first -> end", { start: "trigger_webhook", first: code("return 7", "seven"), end: "flow_end" }),
    );
    engine.flights.length = 0;
    const started = await engine.start({ workflow, source: "manual" });
    expect(started.status).toBe("completed");
    expect(await engine.read(started.execution_id)).toMatchObject({
      status: "completed",
      final_variables: { seven: 7 },
    });
    expect(engine.flights).toEqual([1]);
  });

  it("does not wait for code that takes long: the start is stored, the code goes on", async () => {
    let goOn: (value: number) => void = () => undefined;
    let runs = 0;
    const engine = await open({
      guest: () => {
        runs += 1;
        return runs === 1 ? new Promise((resolve) => (goOn = resolve)) : 1;
      },
    });
    const { execution_id, status } = await engine.run(graph);
    expect(status).toBe("running");
    expect(await stored(execution_id)).toEqual(["started"]);
    goOn(1);
    expect(await engine.over(execution_id)).toMatchObject({ status: "completed" });
    expect(await stored(execution_id)).toEqual(all);
    expect(runs).toBe(3);
  });

  it("calls off the code of a start that is refused", async () => {
    const signals: { aborted: boolean }[] = [];
    const engine = await open({
      guest: async (_code, signal) => {
        signals.push(signal);
        await pause(100);
        return 1;
      },
    });
    const workflow = await engine.publish(graph);
    const dedupe = { source: "test", key: "one" };
    const first = await engine.start({ workflow, source: "manual", dedupe });
    const again = await engine.start({ workflow, source: "manual", dedupe });
    expect(again).toMatchObject({ duplicate: true, execution_id: first.execution_id });
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, true]);
    expect(await engine.over(first.execution_id)).toMatchObject({ status: "completed" });
    expect(engine.calls).toHaveLength(1);
  });

  it("takes a cancellation that comes while code runs", async () => {
    const engine = await open({ guest: () => new Promise(() => undefined) });
    const { execution_id } = await engine.run(graph);
    await engine.worker.cancel(execution_id, { by: "ada" });
    expect(await engine.over(execution_id)).toMatchObject({ status: "cancelled", error_message: "Cancelled by ada" });
  });

  it("goes on elsewhere when its worker dies in the middle of code, with the code run anew", async () => {
    let runs = 0;
    const lost = await open({ guest: () => (++runs === 1 ? new Promise(() => undefined) : 1) });
    const { execution_id } = await lost.run(graph);
    await database().database.primary.query("DELETE FROM workflow_workers WHERE worker_id = $1", [lost.worker.id]);
    const heir = await open({ guest: () => 1 });
    expect(await heir.over(execution_id)).toMatchObject({ status: "completed" });
    expect(await stored(execution_id)).toEqual(all);
    expect([...lost.calls, ...heir.calls]).toHaveLength(1);
  });

  it("stores a loop over code in few flights", async () => {
    const engine = await open({ guest: () => 1 });
    const workflow = await engine.publish(
      draw("start -> loop -> end; loop -loop_body-> each", {
        start: "trigger_webhook",
        loop: ["loop_while", { condition: "index < 50" }],
        each: code("return 1", "x"),
        end: "flow_end",
      }),
    );
    engine.flights.length = 0;
    const { execution_id } = await engine.start({ workflow, source: "manual" });
    expect(await engine.over(execution_id)).toMatchObject({ status: "completed" });
    expect((await stored(execution_id)).length).toBe(51);
    expect(engine.flights.length).toBeLessThan(10);
    await until(() => engine.worker.status.taken === 0);
  });
});
