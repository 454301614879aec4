// What an execution may keep, and values that are too much together though each fits.
import { describe, expect, it } from "vitest";
import { compile } from "../graph/compile.js";
import type { Json } from "../json.js";
import { defaultLimits } from "../limits.js";
import { type Drawn, draw } from "../testing/draw.js";
import { replay, type SimulateOptions, simulate } from "./simulate.js";

const run = async (arrows: string, nodes: Record<string, Drawn>, options: SimulateOptions = {}) => {
  const { plan } = compile(draw(arrows, { start: ["trigger_command", { command_name: "x" }], ...nodes }));
  if (!plan) throw new Error("the workflow is wrong");
  const { state, events } = await simulate(plan, options);
  expect(replay(plan, events)).toEqual(state);
  return state;
};
const call: Drawn = ["action_module", { module_name: "m", action: "a" }];
const limited = (maxBytes: number): SimulateOptions => ({ limits: { ...defaultLimits, maxBytes } });
const excess = (nodeId: string, value: number) => ({
  code: "LIMIT_EXCEEDED",
  message: `MAX_EXECUTION_BYTES (${value}) exceeded at node "${nodeId}"`,
  node_id: nodeId,
});

describe("what an execution keeps", () => {
  const text = (variable: string): Drawn => [
    "data_variable_set",
    { variable_name: variable, value: "{{ 'x'.repeat(1000) }}" },
  ];

  it("is counted over all its visits, and has a limit", async () => {
    const nodes = { a: text("v"), b: text("v"), c: text("v"), end: ["flow_end", {}] as Drawn };
    const all = "start -> a -> b -> c -> end";
    const { failure, bytes } = await run(all, nodes, limited(20_000));
    expect([failure, bytes > 6_000]).toEqual([undefined, true]);
    expect((await run(all, nodes, limited(5_000))).failure).toMatchObject(excess("b", 5_000));
  });

  it("has none for an execution from before there was a limit", async () => {
    const { maxBytes: _, ...older } = defaultLimits;
    const nodes = { a: text("v"), end: ["flow_end", {}] as Drawn };
    expect((await run("start -> a -> end", nodes, { limits: older })).status).toBe("completed");
  });

  it.each<[string, SimulateOptions["answer"]]>([
    ["an answer", () => ({ ok: true, value: { output: "x".repeat(2_000) } })],
    ["variables", () => ({ ok: true, value: { output: null, variables: { v: "x".repeat(2_000) } } })],
    ["a log", () => ({ ok: true, value: { output: null, logs: ["x".repeat(2_000)] } })],
    [
      "the details of a failure",
      () => ({
        ok: false,
        failure: { code: "C", message: "m", retryable: false, details: { body: "x".repeat(2_000) } },
      }),
    ],
  ])("counts %s", async (_name, answer) => {
    const nodes = { call, sorry: ["flow_end", {}] as Drawn, end: ["flow_end", {}] as Drawn };
    const state = await run("start -> call -> end; call -error-> sorry", nodes, {
      ...limited(1_500),
      ...(answer ? { answer } : {}),
    });
    expect(state.failure).toMatchObject(excess("call", 1_500));
  });
});

it.each<[string, Json]>([
  ["too deep", JSON.parse(`${"[".repeat(63)}${"]".repeat(63)}`)],
  ["too large", "x".repeat(900_000)],
])("values that are %s together fail their node, which may be guarded", async (_name, value) => {
  const parts = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`k${index}`, { in: "{{ v }}" }]));
  const nodes: Record<string, Drawn> = {
    call: ["action_module", { module_name: "m", action: "a", params: parts }],
    end: ["flow_end", {}],
    sorry: ["flow_end", { output_data: { why: "{{ error.code }}" } }],
  };
  const state = await run("start -> call -> end; call -error-> sorry", nodes, { variables: { v: value } });
  expect(state.finalOutput).toEqual({ why: "CONFIG_INVALID" });
});
