import { type Json, nodeTypes, value } from "@workflow-core/core";
import { draw } from "@workflow-core/core/testing";
import { expect, it } from "vitest";
import { emptyDraft } from "../builder/draft.js";
import { toComparison, toExpression } from "./condition.js";
import { sampleEnv } from "./context.js";
import { parseDuration, spokenDuration } from "./duration.js";
import { previewOf } from "./preview.js";
import { ancestors, sampleFor } from "./sample.js";

it.each([
  ["90", 90],
  ["1m 30s", 90],
  ["2h", 7200],
  ["1.5 min", 90],
  ["250ms", 0.25],
  ["1d12h", 129_600],
  ["soon", undefined],
  ["5 parsecs", undefined],
  ["", undefined],
])("reads the duration %s", (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
});

it("says durations", () => {
  expect(spokenDuration(90)).toBe("1 min 30 s");
  expect(spokenDuration(7200)).toBe("2 h");
  expect(spokenDuration(59)).toBe("");
});

it("turns conditions into expressions and simple expressions back", () => {
  expect(
    toExpression({
      and: [
        { operator: "greater_than", left: "{{ score }}", right: 10 },
        { not: { operator: "equals", left: "{{ platform }}", right: "twitch" } },
      ],
    }),
  ).toBe('score > 10 && !(platform === "twitch")');
  expect(toComparison("score >= 10")).toEqual({ operator: "greater_equal", left: "{{ score }}", right: 10 });
  expect(toComparison("platform === 'twitch'")).toEqual({
    operator: "equals",
    left: "{{ platform }}",
    right: "twitch",
  });
  expect(toComparison("a > 1 && b > 2")).toBeUndefined();
});

const env = sampleEnv({ variables: { username: "ada", scores: [1, 2] }, unknown: [], source: "example" });
const field = (type: string, key: string) => {
  const found = nodeTypes.find((each) => each.type === type)?.config[key];
  if (!found) throw new Error(`${type}.${key}`);
  return found;
};

it("previews as the interpreter binds", () => {
  expect(previewOf(value("V"), "{{ scores }}", env)).toEqual({ kind: "value", text: "[1,2]" });
  expect(previewOf(field("action_chat_message", "message"), "Hi {{ username }}{{ title }}", env)).toEqual({
    kind: "value",
    text: "Hi ada",
  });
  expect(previewOf(field("action_webhook", "url"), "https://x.example/{{ 'a/b' }}", env)).toEqual({
    kind: "value",
    text: "https://x.example/a%2Fb",
  });
  expect(previewOf(field("condition_if", "condition"), "scores.length > 1", env)).toEqual({
    kind: "value",
    text: "true",
  });
  expect(previewOf(value("V"), "{{ nobody }}", env)).toMatchObject({ kind: "failure" });
  expect(previewOf(value("V"), "plain", env)).toBeUndefined();
  expect(previewOf(value("V"), "{{ 1 + }}", env)).toBeUndefined();
});

it("every field of every node type has a preview or none, but never fails", () => {
  for (const type of nodeTypes)
    for (const [key, each] of Object.entries(type.config))
      for (const example of type.examples)
        expect(() => previewOf(each, example.config[key] as Json | undefined, env)).not.toThrow();
});

const drawing = {
  ...emptyDraft,
  ...draw("start -> big; big -true-> count -> say; big -false-> each -loop_body-> line; each -> bye", {
    start: ["trigger_event", { event_type: "raid" }],
    big: ["condition_if", { condition: "viewers > 10" }],
    count: ["data_variable_set", { variable_name: "points", value: "{{ viewers * 2 }}" }],
    say: ["action_chat_message", { message: "{{ points }}" }],
    each: ["loop_foreach", { collection: ["a", "b"], item_variable: "letter" }],
    line: ["action_chat_message", { message: "{{ letter }}" }],
    bye: ["action_chat_message", {}],
  }),
};

it("knows what leads to a node", () => {
  expect([...ancestors(drawing, "say")].sort()).toEqual(["big", "count", "start"]);
});

it("lets the trigger's example go through the nodes in front", async () => {
  const { variables, source } = await sampleFor(drawing, "say");
  expect(source).toBe("example");
  expect(variables).toMatchObject({ viewers: 42, points: 84, username: "ada" });
});

it("knows the loop's item in its body, even where the example goes another way and another node is not finished", async () => {
  const { variables } = await sampleFor(drawing, "line");
  expect(variables).toMatchObject({ letter: "a", index: 0 });
});
