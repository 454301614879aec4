import { describe, expect, it } from "vitest";
import type { WorkflowGraph } from "../documents/workflow.js";
import { defaultLimits } from "../limits.js";
import { type Drawn, draw } from "../testing/draw.js";
import { compile, compileDocument } from "./compile.js";
import type { ProblemCode } from "./problems.js";

const set = (value: unknown = 1): Drawn => ["data_variable_set", { variable_name: "x", value }];
const each: Drawn = ["loop_foreach", { collection: [1, 2] }];
const start = "trigger_webhook";
const end: Drawn = ["flow_end", {}];

const nested = (depth: number): WorkflowGraph => {
  const loops = Array.from({ length: depth }, (_, index) => `l${index}`);
  const paths = [
    `start -> l0`,
    ...loops.slice(1).map((id, index) => `l${index} -loop_body-> ${id}`),
    `${loops.at(-1)} -loop_body-> a`,
    "l0 -> end",
  ];
  return draw(paths.join(";"), { start, end, a: set(), ...Object.fromEntries(loops.map((id) => [id, each])) });
};

const errors: [ProblemCode, string, WorkflowGraph, Record<string, unknown>][] = [
  ["no_node", "an empty workflow", draw("", {}), {}],
  ["no_trigger", "nothing to start it", draw("a -> end", { a: set(), end }), {}],
  [
    "no_trigger",
    "a trigger that is switched off",
    draw("start -> end", { start: { node_type: start, enabled: false }, end }),
    {},
  ],
  ["unknown_node_type", "a type that is not there", draw("start -> a", { start, a: "action_mail" }), { node_id: "a" }],
  [
    "config_invalid",
    "a missing field",
    draw("start -> a", { start, a: ["condition_if", {}] }),
    { node_id: "a", path: "config.condition" },
  ],
  [
    "config_invalid",
    "a field that is not there",
    draw("start -> a", { start, a: ["flow_end", { outputs: {} }] }),
    { node_id: "a", path: "config.outputs" },
  ],
  [
    "config_invalid",
    "a value of the wrong kind",
    draw("start -> a", { start, a: ["action_delay", { delay_seconds: "soon" }] }),
    { node_id: "a", path: "config.delay_seconds" },
  ],
  [
    "config_invalid",
    "a value out of range",
    draw("start -> a", { start, a: ["action_delay", { delay_seconds: -1 }] }),
    { node_id: "a", path: "config.delay_seconds" },
  ],
  [
    "config_invalid",
    "a value deep inside",
    draw("start -> a", { start, a: ["condition_switch", { switch_variable: 1, cases: [{ value: 1 }] }] }),
    { path: "config.cases[0].output_port" },
  ],
  [
    "template_invalid",
    "a template that does not parse",
    draw("start -> a", { start, a: set("{{ 1 + }}") }),
    { node_id: "a", path: "config.value" },
  ],
  [
    "template_invalid",
    "a condition that does not parse",
    draw("start -> a", { start, a: ["condition_if", { condition: "score >" }] }),
    { node_id: "a", path: "config.condition" },
  ],
  [
    "template_invalid",
    "assignments, which the language does not have",
    draw("start -> a", { start, a: ["condition_if", { condition: "a = 1" }] }),
    { path: "config.condition" },
  ],
  [
    "connection_from_nothing",
    "an arrow from nothing",
    draw("start -> end; ghost -> end", { start, end }),
    { connection_id: "connection 2" },
  ],
  [
    "connection_to_nothing",
    "an arrow to nothing",
    draw("start -> ghost", { start }),
    { connection_id: "connection 1" },
  ],
  ["connection_to_trigger", "an arrow into a trigger", draw("start -> a -> start", { start, a: set() }), {}],
  [
    "unknown_port",
    "a port that the node does not have",
    draw("start -> a -maybe-> end", { start, a: set(), end }),
    { node_id: "a" },
  ],
  [
    "unknown_port",
    "a case that the switch does not have",
    draw("start -> a -blue-> end", {
      start,
      end,
      a: ["condition_switch", { switch_variable: 1, cases: [{ value: 1, output_port: "red" }] }],
    }),
    { node_id: "a" },
  ],
  [
    "cycle",
    "a circle outside a loop",
    draw("start -> a -> b -> c -> a", { start, a: set(), b: set(), c: set() }),
    { node_id: "a" },
  ],
  ["cycle", "an arrow to itself", draw("start -> a -> a", { start, a: set() }), { node_id: "a" }],
  [
    "cycle",
    "a circle inside a body that is not the loop's own",
    draw("start -> l -loop_body-> a -> b -> a", { start, l: each, a: set(), b: set() }),
    {},
  ],
  [
    "loop_jump",
    "an arrow out of a body",
    draw("start -> l -loop_body-> a -> end; l -> end", { start, l: each, a: set(), end }),
    { node_id: "a" },
  ],
  [
    "loop_jump",
    "an arrow into a body",
    draw("start -> l -loop_body-> a -> b; start -> c -> b", { start, l: each, a: set(), b: set(), c: set() }),
    {},
  ],
  [
    "loop_jump",
    "an arrow from an inner body into the outer one",
    draw("start -> l -loop_body-> m -loop_body-> a -> b; m -> b", { start, l: each, m: each, a: set(), b: set() }),
    { node_id: "a" },
  ],
  ["break_outside_loop", "loop_break outside a loop", draw("start -> a", { start, a: "loop_break" }), { node_id: "a" }],
  ["loop_too_deep", "an eleventh loop", nested(11), { node_id: "l10" }],
  [
    "merge_impossible",
    "a merge that waits for more than can come",
    draw("start -> m", { start, m: ["flow_merge", { merge_strategy: "wait_n", count: 2 }] }),
    { node_id: "m" },
  ],
];

const warnings: [ProblemCode, string, WorkflowGraph, Record<string, unknown>][] = [
  [
    "unreachable_node",
    "a node that nothing leads to",
    draw("start -> end; a -> b", { start, end, a: set(), b: set() }),
    { node_id: "a" },
  ],
  ["no_end", "no flow_end", draw("start -> a", { start, a: set() }), {}],
  [
    "dead_end",
    "a path that ends at a node",
    draw("start -> a; start -> end", { start, a: set(), end }),
    { node_id: "a" },
  ],
  [
    "unset_variable",
    "a variable that nothing sets",
    draw("start -> a -> end", { start, a: set("{{ nobody }}"), end }),
    { node_id: "a" },
  ],
  [
    "unguarded_action",
    "an action without error port and retry",
    draw("start -> a -> end", { start, end, a: ["action_module", { module_name: "m", action: "x" }] }),
    { node_id: "a" },
  ],
  [
    "loose_limit",
    "max_iterations above the limit",
    draw("start -> a -> end", { start, end, a: ["loop_while", { condition: "false", max_iterations: 5000 }] }),
    { node_id: "a" },
  ],
];

describe("compile", () => {
  it.each(errors)("%s: %s", (code, _title, graph, place) => {
    const { plan, problems } = compile(graph);
    expect(problems).toContainEqual(expect.objectContaining({ code, severity: "error", ...place }));
    expect(plan).toBeUndefined();
  });

  it.each(warnings)("%s: %s", (code, _title, graph, place) => {
    const { plan, problems } = compile(graph);
    expect(problems).toContainEqual(expect.objectContaining({ code, severity: "warning", ...place }));
    expect(plan).toBeDefined();
  });

  it("accepts ten levels of loops", () => {
    expect(compile(nested(10)).plan?.byId.get("a")).toMatchObject({ depth: 10 });
  });

  it("finds nothing to say about a workflow that is right", () => {
    const graph = draw("start -> if -true-> l -loop_body-> a -> b; b -> l; l -> end; if -false-> end", {
      start,
      if: ["condition_if", { condition: "payload.ok" }],
      l: each,
      a: set("{{ item }}"),
      b: ["loop_break", { condition: "index > 1" }],
      end,
    });
    expect(compile(graph).problems).toEqual([]);
  });

  it("says where a document does not have the shape of a workflow", () => {
    const { problems } = compileDocument({ nodes: { a: { type: "x" } }, connections: [{ from_node_id: "a" }] });
    expect(problems.map(({ path }) => path)).toEqual(
      expect.arrayContaining(["nodes.a.node_type", "nodes.a.type", "connections[0].to_node_id"]),
    );
    for (const wrong of [null, 7, "text", [], { nodes: [] }, { connections: {} }])
      expect(compileDocument(wrong).plan).toBeUndefined();
  });

  it.each([
    [
      { node_type: "action_chat_mesage" },
      'There is no node type "action_chat_mesage"; did you mean "action_chat_message"?',
    ],
    [{ node_type: "webhook" }, 'There is no node type "webhook"; did you mean "trigger_webhook"?'],
    [
      { node_type: "action_chat_message", config: { message: "Hi {{ payloat }}" } },
      'Nothing sets "payloat"; did you mean "payload"?',
    ],
    [{ node_type: "frobnicate" }, 'There is no node type "frobnicate"'],
    [
      { node_type: "flow_end", config: { output_dat: {} } },
      'flow_end has no field output_dat; did you mean "output_data"?',
    ],
    [{ node_type: "flow_end", config: { colour: 1 } }, "flow_end has no field colour"],
  ])("says what was probably meant: %j", (node, message) => {
    const { problems } = compileDocument({
      nodes: { start: { node_type: start }, a: node },
      connections: [],
      global_variables: {},
    });
    expect(problems.map((each) => each.message)).toContain(message);
  });

  it("refuses more than 10,000 nodes", () => {
    const nodes = Object.fromEntries(Array.from({ length: 10_001 }, (_, index) => [`n${index}`, set()]));
    expect(compile(draw("", nodes)).problems).toEqual([expect.objectContaining({ code: "too_many_nodes" })]);
  });

  it("takes a chain of 10,000 nodes, 40 diamonds and thousands of nested loops without running out of stack", () => {
    const chain = Array.from({ length: 9_998 }, (_, index) => `n${index}`);
    const long = draw(`start -> ${chain.join(" -> ")} -> end`, {
      start,
      end,
      ...Object.fromEntries(chain.map((id) => [id, set()])),
    });
    expect(compile(long).plan?.nodes).toHaveLength(10_000);
    expect(compile(nested(5_000), { ...defaultLimits, maxLoopDepth: 6_000 }).plan).toBeDefined();
  });
});
