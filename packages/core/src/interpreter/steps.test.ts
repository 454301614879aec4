// What all expressions together may take for one event.
import { expect, it } from "vitest";
import { compile } from "../graph/compile.js";
import { defaultLimits, type Limits, MAX_EXPRESSION_STEPS } from "../limits.js";
import { type Drawn, draw } from "../testing/draw.js";
import { replay, simulate } from "./simulate.js";

/** Four visits, each of some 60,000 steps, decided in one go. */
const run = async (limits: Limits) => {
  const costly = (name: string): Drawn => [
    "data_variable_set",
    { variable_name: name, value: "{{ range(20000).map(x => x + 1).length }}" },
  ];
  const start: Drawn = ["trigger_command", { command_name: "x" }];
  const nodes = { start, a: costly("a"), b: costly("b"), c: costly("c"), d: costly("d"), e: costly("e") };
  const { plan } = compile(draw("start -> a -> b -> c -> d -> e", nodes));
  if (!plan) throw new Error("the workflow is wrong");
  const { state, events } = await simulate(plan, { limits });
  expect(replay(plan, events)).toEqual(state);
  return state;
};

it("is bounded, and the failure says by how much", async () => {
  const { failure } = await run({ ...defaultLimits, maxSteps: 70_000 });
  expect(failure).toMatchObject({ code: "EXPRESSION_BUDGET", message: expect.stringContaining("70000 steps") });
  expect((await run(defaultLimits)).failure).toBeUndefined();
  expect(MAX_EXPRESSION_STEPS).toBe(200_000);
});

it("stays what it was for an execution from before the bound was one of its limits", async () => {
  const { maxSteps: _, ...older } = defaultLimits;
  expect((await run(older)).failure).toBeUndefined();
});
