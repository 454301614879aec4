// `retry: "never"`: what may be sent once only, on real databases.
import type { WorkflowGraph } from "@workflow-core/core";
import { draw } from "@workflow-core/core/testing";
import { afterEach, expect, it } from "vitest";
import { describeEachDatabase } from "../../test/support/database.js";
import { type TestEngine, type TestEngineOptions, testEngine } from "../../test/support/engine.js";
import { until } from "../../test/support/until.js";

const once = (paths: string) =>
  draw(paths, {
    start: "trigger_webhook",
    a: { node_type: "action_module", config: { module_name: "m", action: "pay" }, retry: "never" },
    other: ["action_module", { module_name: "m", action: "tell" }],
    end: "flow_end",
  });

describeEachDatabase("what may be sent once only", (database) => {
  const engines: TestEngine[] = [];
  const open = async (options: TestEngineOptions = {}) => {
    const engine = await testEngine(database(), options);
    engines.push(engine);
    return engine;
  };
  /** Runs it on a worker that dies while the call is under way. */
  const dying = async (graph: WorkflowGraph) => {
    const lost = await open({
      answer: ({ node }) => (node === "a" ? new Promise(() => undefined) : { ok: true, value: {} }),
    });
    const { execution_id } = await lost.run(graph);
    await until(() => lost.calls.length === 1);
    await database().database.primary.query("DELETE FROM workflow_workers WHERE worker_id = $1", [lost.worker.id]);
    const heir = await open();
    const over = await heir.over(execution_id);
    return { over, sent: [...lost.calls, ...heir.calls].map(({ node }) => node) };
  };
  afterEach(async () => {
    await Promise.all(engines.splice(0).map((engine) => engine.close()));
  });

  it("is not sent again when its worker dies: its outcome is unknown, and said to be", async () => {
    const { over, sent } = await dying(once("start -> a -> end"));
    expect(over).toMatchObject({ status: "failed", error_type: "OUTCOME_UNKNOWN", error_node_id: "a" });
    expect(over.error_message).toMatch(/whether it took effect is unknown/);
    expect(sent).toEqual(["a"]);
  });

  it("lets the workflow decide by the error port", async () => {
    const { over, sent } = await dying(once("start -> a -> end; a -error-> other -> end"));
    expect(over).toMatchObject({ status: "completed", execution_path: ["start", "a", "other", "end"] });
    expect(sent).toEqual(["a", "other"]);
  });

  it("is an action like others when nothing happens to its worker", async () => {
    const engine = await open();
    const { execution_id } = await engine.run(once("start -> a -> end"));
    expect(await engine.over(execution_id)).toMatchObject({ status: "completed" });
    expect(engine.calls.map(({ node }) => node)).toEqual(["a"]);
  });

  it("is sent by whoever takes it from the queue", async () => {
    const [accepting, working] = [await open({ slots: 0 }), await open()];
    const { execution_id } = await accepting.run(once("start -> a -> end"));
    expect(await working.over(execution_id)).toMatchObject({ status: "completed" });
    expect(working.calls.map(({ node }) => node)).toEqual(["a"]);
  });
});
