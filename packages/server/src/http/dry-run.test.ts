// What a dry run costs others: their turn comes between any two of its events, and it has an end.
import { compile, defaultLimits } from "@workflow-core/core";
import { draw } from "@workflow-core/core/testing";
import { expect, it } from "vitest";
import type { Clock } from "../clock.js";
import { type DryRun, dryRun } from "./dry-run.js";

const calls = Array.from({ length: 20 }, (_, index) => `call${index}`);
const { plan } = compile(
  draw(["start", ...calls, "end"].join(" -> "), {
    start: ["trigger_command", { command_name: "x" }],
    ...Object.fromEntries(calls.map((id) => [id, ["action_module", { module_name: "m", action: "a" }]])),
    end: ["flow_end", {}],
  }),
);
if (!plan) throw new Error("the workflow is wrong");

const run = (monotonic: () => number): DryRun => {
  const clock: Clock = { now: () => 0, monotonic, setTimer: () => () => undefined };
  const context = { execution_id: "e", workflow_id: "w", community_id: 1, entity_id: 1, user_id: 1, session_id: null };
  return {
    ...{ plan, limits: defaultLimits, clock, context, mocks: {}, trigger: undefined, data: {}, variables: {} },
    ...{ untilNode: undefined, signal: new AbortController().signal },
    sandbox: async () => ({ ok: true, value: { output: null, logs: [] } }),
  };
};

it("gives others their turn between any two events", async () => {
  let turns = 0;
  let next = setImmediate(function count() {
    turns += 1;
    next = setImmediate(count);
  });
  const { state } = await dryRun(run(() => 0));
  clearImmediate(next);
  expect(state.status).toBe("completed");
  expect(turns).toBeGreaterThanOrEqual(calls.length);
});

it("ends when its time is up, whatever takes it", async () => {
  let now = 0;
  const { state, outOfTime } = await dryRun(run(() => (now += 5_000)));
  expect([state.status, outOfTime, state.failure?.code]).toEqual(["failed", true, "TEST_TIMEOUT"]);
  expect(state.operations).toBeLessThan(calls.length);
});
