// Every example of every node type is a test, and so is every promise that all node types make together.
import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Json } from "../json.js";
import type { ActionNode, Decision, DecisionNode, Example, NodeType, TriggerNode } from "../node.js";
import { portsOf } from "../node.js";
import { nodeType, nodeTypes } from "./index.js";
import { answered, bound, perform, recorder, trialCall, trialEnv } from "./trial.js";

const decided = (type: DecisionNode, { config, variables = {}, iteration = 0, arrived = 1 }: Example): Decision =>
  type.decide({
    config: bound(type, config, variables),
    iteration,
    arrived,
    timedOut: false,
    variable: (name) => trialEnv(variables).lookup(name),
    trigger: {},
  });

const checkTrigger = (type: TriggerNode, example: Example): void => {
  expect({ output: type.sample(bound(type, example.config)) }).toEqual(example.result);
};

const checkAction = async (
  type: ActionNode,
  { config, variables, answer: says = null, asks, result }: Example,
): Promise<void> => {
  const { asked, outside } = recorder(() => answered(says));
  const answer = await perform(type, config, outside, variables);
  if ("kind" in result)
    expect(answer).toEqual({ ok: false, failure: result.kind === "fail" ? result.failure : undefined });
  else {
    if (!answer.ok) throw new Error(answer.failure.message);
    const { logs: _logs, ...value } = answer.value;
    expect(value).toEqual(result);
  }
  expect(asked.map(({ what }) => what)).toEqual(Array.isArray(asks) ? asks : [asks]);
  for (const { context } of asked) if (context) expect(context).toEqual(trialCall.context);
};

/** What drafts may hold in the place of anything. */
const rubbish: unknown[] = [
  undefined,
  null,
  "",
  " ",
  "{{ y }}",
  "long ".repeat(100),
  -1,
  1e21,
  Number.NaN,
  true,
  [],
  {},
  [null],
  [{}],
  [{ output_port: 1 }],
  { not: { and: [1, { or: [] }] } },
  { operator: "constructor" },
];

const draftsOf = (type: NodeType): Record<string, unknown>[] => {
  const keys = Object.keys(type.config);
  const together = rubbish.map((wrong) => Object.fromEntries(keys.map((key) => [key, wrong])));
  return [{}, ...together, ...keys.flatMap((key) => rubbish.map((wrong) => ({ [key]: wrong })))];
};

describe.each(nodeTypes.map((type) => [type.type, type] as const))("%s", (_name, type) => {
  it.each(type.examples.map((example) => [example.title, example] as const))("%s", async (_title, example) => {
    if (type.behaviour === "trigger") checkTrigger(type, example);
    else if (type.behaviour === "action") await checkAction(type, example);
    else expect(decided(type, example)).toEqual(example.result);
  });

  it("says what it is and shows it in at least two examples", () => {
    expect(type.summary).toMatch(/^[A-Z][^.]*\.$/);
    expect(type.details ?? "Done.").toMatch(/\.$/);
    expect(type.icon).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(type.title).toMatch(/^[A-Z]/);
    for (const field of Object.values(type.config)) expect(field.title).toMatch(/^[A-Z]/);
    expect(new Set(type.examples.map(({ title }) => title)).size).toBeGreaterThanOrEqual(2);
  });

  it("emits from ports that it has", () => {
    for (const { config, result } of type.examples) {
      const ports = portsOf(type, config);
      if (ports === "any") continue;
      for (const sentence of Object.values(ports)) expect(sentence).toMatch(/^[A-Z].*[^.]$/);
      if (!("kind" in result)) expect(Object.keys(ports)).toContain("output");
      else if (result.kind === "emit") expect(Object.keys(ports)).toContain(result.port);
      else if (result.kind === "iterate") expect(Object.keys(ports)).toEqual(["loop_body", "output"]);
    }
  });

  it("says which variables it sets", () => {
    for (const { config, result } of type.examples) {
      const sets = "variables" in result ? Object.keys(result.variables ?? {}) : [];
      if (sets.length > 0) expect([...(type.sets?.(config) ?? [])].sort()).toEqual(sets.sort());
    }
  });

  it("takes drafts that are incomplete or wrong", () => {
    for (const draft of draftsOf(type)) {
      const label = type.label(draft);
      expect(label).toMatch(/\S/);
      expect([...label].length).toBeLessThanOrEqual(100);
      const ports = portsOf(type, draft);
      if (ports !== "any") expect(Object.keys(ports)).not.toContain("");
      expect((type.sets?.(draft) ?? []).filter((name) => typeof name !== "string")).toEqual([]);
      expect(type.problem?.(draft)?.message ?? "fine").toMatch(/\S/);
      if (type.behaviour === "trigger")
        expect(Object.keys(type.sample(draft))).toEqual(expect.arrayContaining(Object.keys(type.gives)));
    }
  });

  if (type.behaviour === "action")
    it("pretends what it would give, and gives the outside's failure on", async () => {
      for (const { config, variables, result, asks } of type.examples) {
        const pretended = type.pretend(bound(type, config, variables));
        expect(pretended.output).toBeDefined();
        if ("variables" in result)
          expect(Object.keys(pretended.variables ?? {})).toEqual(Object.keys(result.variables ?? {}));
        const failure = { code: "TIMEOUT", message: "no answer", retryable: true };
        const { outside } = recorder(() => ({ ok: false, failure }));
        if (!Array.isArray(asks))
          expect(await perform(type, config, outside, variables)).toEqual({ ok: false, failure });
      }
    });

  if (type.behaviour === "trigger")
    it("gives what it says", () => {
      for (const { config } of type.examples) {
        const gives: Record<string, Json> = type.sample(config);
        const extra = Object.keys(gives).filter((name) => !Object.hasOwn(type.gives, name));
        expect(type.sets?.(config) ?? []).toEqual(expect.arrayContaining(extra));
      }
    });
});

describe("the list", () => {
  it("has one file for each type, named by it", () => {
    const files = readdirSync(new URL(".", import.meta.url)).filter((file) => /^[a-z]+_[a-z_]+\.ts$/.test(file));
    expect(nodeTypes.map(({ type }) => `${type}.ts`).sort()).toEqual(files.sort());
    expect(nodeTypes).toHaveLength(22);
    expect(nodeType("condition_if")?.title).toBe("If");
    expect(nodeType("toString")).toBeUndefined();
  });

  it("knows which types are advanced", () => {
    const advanced = nodeTypes.filter(({ feature }) => feature === "advanced_workflows").map(({ type }) => type);
    expect(advanced.sort()).toEqual([
      "action_browser_source",
      "action_webhook",
      "condition_filter",
      "condition_switch",
      "data_transform",
      "flow_merge",
      "flow_parallel",
      "loop_break",
      "loop_foreach",
      "loop_while",
    ]);
  });

  it("has an error port on every action that can fail, and only there", () => {
    for (const type of nodeTypes) {
      const ports = portsOf(type, {});
      expect(ports !== "any" && Object.hasOwn(ports, "error")).toBe(type.behaviour === "action");
    }
  });
});
