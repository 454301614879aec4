// The engine's own tests, with executions that leave memory after every event: whatever is not stored is missed at once.
import { afterAll, beforeAll, expect, it } from "vitest";
import { testDatabase } from "../support/database.js";
import { testEngine } from "../support/engine.js";
import { diamond } from "../support/scene.js";

beforeAll(() => {
  process.env.WFCORE_ALWAYS_SUSPEND = "1";
});
afterAll(() => {
  delete process.env.WFCORE_ALWAYS_SUSPEND;
});

it("leaves memory after every event", async () => {
  const test = await testDatabase();
  const engine = await testEngine(test);
  const { execution_id } = await engine.run(diamond);
  expect(await engine.over(execution_id)).toMatchObject({ status: "completed", final_output: { done: true } });
  // Each claim raises the fence: after the start, after both branches and after the last call but one.
  const { rows } = await test.database.primary.query("SELECT fence::integer FROM workflow_executions");
  expect(rows[0].fence).toBeGreaterThanOrEqual(2);
  expect(engine.calls.map(({ node }) => node).sort()).toEqual(["a", "b", "c"]);
  await engine.close();
  await test.drop();
});

await import("../../src/execution/engine.test.js");
