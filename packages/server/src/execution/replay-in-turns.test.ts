import { compile, replay, simulate } from "@workflow-core/core";
import { draw } from "@workflow-core/core/testing";
import { expect, it } from "vitest";
import { replayInTurns } from "./replay-in-turns.js";

const calls = Array.from({ length: 20 }, (_, index) => `call${index}`);
const { plan } = compile(
  draw(["start", ...calls, "end"].join(" -> "), {
    start: ["trigger_command", { command_name: "x" }],
    ...Object.fromEntries(calls.map((id) => [id, ["action_module", { module_name: "m", action: "a" }]])),
    end: ["flow_end", {}],
  }),
);
if (!plan) throw new Error("the workflow is wrong");

it("gives the state that replaying in one go gives, and others their turn when it takes long", async () => {
  const { events } = await simulate(plan, {});
  let now = 0;
  const slow = { monotonic: () => (now += 15) };
  let turns = 0;
  let next = setImmediate(function count() {
    turns += 1;
    next = setImmediate(count);
  });
  const state = await replayInTurns(plan, events, slow);
  clearImmediate(next);
  expect(state).toEqual(replay(plan, events));
  expect(turns).toBeGreaterThanOrEqual(calls.length / 2);
});

it("wants to begin at the beginning", async () => {
  await expect(replayInTurns(plan, [])).rejects.toThrow("must be `started`");
});
