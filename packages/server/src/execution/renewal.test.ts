// A worker whose lease was taken away, and who is busy while it takes a new one.
import { draw } from "@workflow-core/core/testing";
import { afterEach, expect, it, vi } from "vitest";
import { describeEachDatabase } from "../../test/support/database.js";
import { type TestEngine, testEngine } from "../../test/support/engine.js";

const graph = draw("start -> a -> end", {
  start: "trigger_webhook",
  a: ["action_module", { module_name: "m", action: "x" }],
  end: "flow_end",
});
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describeEachDatabase("a lost lease", (database) => {
  let engine: TestEngine;
  afterEach(async () => {
    vi.restoreAllMocks();
    await engine.close();
  });

  it("is followed by a new one, though executions were accepted while that was taken slowly", async () => {
    engine = await testEngine(database());
    const workflow = await engine.publish(graph);
    const { primary } = database().database;
    const query = primary.query.bind(primary) as (...args: unknown[]) => Promise<unknown>;
    let slow = 0;
    vi.spyOn(primary, "query").mockImplementation((async (...args: unknown[]) => {
      if (JSON.stringify(args[0]).includes("INSERT INTO workflow_workers")) {
        slow += 1;
        await pause(500);
      }
      return query(...args);
    }) as never);
    const before = engine.worker.id;
    await query("DELETE FROM workflow_workers WHERE worker_id = $1", [before]);
    const begun = Date.now();
    while (Date.now() - begun < 3000) {
      await engine.start({ workflow, source: "manual" }).catch(() => undefined);
      await pause(20);
    }
    expect(slow).toBeGreaterThan(0);
    expect(engine.worker.id).not.toBe(before);
    const { execution_id } = await engine.start({ workflow, source: "manual" });
    expect(await engine.over(execution_id)).toMatchObject({ status: "completed" });
  });
});
