import { describe, expect, it } from "vitest";
import { type Env, ExpressionFailure, ExpressionSyntaxError } from "../expression/index.js";
import type { Json } from "../json.js";
import { type ConditionDocument, compileCondition, conditionSchema } from "./condition.js";

const envOf = (variables: Record<string, Json>): Env => ({
  lookup: (name) => variables[name],
  now: 0,
  random: () => 0,
});
const test = (drawn: ConditionDocument, variables: Record<string, Json> = {}) =>
  compileCondition(drawn).test(envOf(variables));

const compare = (operator: string, left: Json, right?: Json) =>
  ({ operator, left, ...(right === undefined ? {} : { right }) }) as ConditionDocument;

describe("conditions", () => {
  it.each<[ConditionDocument, Record<string, Json>, boolean]>([
    [true, {}, true],
    [false, {}, false],
    ["score > 10", { score: 11 }, true],
    ["score > 10", { score: 10 }, false],
    ["{{ score > 10 }}", { score: 11 }, true],
    ["  {{ is_vip }}  ", { is_vip: false }, false],
    ["name", { name: "" }, false],
    [compare("equals", "{{ args[0] }}", "ada"), { args: ["ada"] }, true],
    [compare("equals", "{{ count }}", 10), { count: "10" }, false],
    [compare("equals", "{{ first }} {{ last }}", "Ada L"), { first: "Ada", last: "L" }, true],
    [compare("in_list", "{{ name }}", ["{{ a }}", "b"]), { name: "x", a: "x" }, true],
    [compare("is_empty", "{{ args }}"), { args: [] }, true],
    [compare("equals", null), {}, true],
    [{ and: ["a", "b"] }, { a: true, b: true }, true],
    [{ and: ["a", "b"] }, { a: true, b: false }, false],
    [{ or: ["a", "b"] }, { a: false, b: true }, true],
    [{ or: ["a", "b"] }, { a: false, b: false }, false],
    [{ not: "a" }, { a: false }, true],
    [{ not: { and: ["a", { or: ["b", { not: "c" }] }] } }, { a: true, b: false, c: true }, true],
  ])("%j with %j: %s", (drawn, variables, expected) => {
    expect(conditionSchema.safeParse(drawn).success).toBe(true);
    expect(test(drawn, variables)).toBe(expected);
  });

  it("ask no further than they must", () => {
    expect(test({ or: ["true", "missing"] })).toBe(true);
    expect(test({ and: ["false", "missing"] })).toBe(false);
  });

  it("name what they read, each once", () => {
    const { names } = compileCondition({ and: ["a > b", compare("equals", "{{ a }}", ["{{ c }}"]), { not: "d" }] });
    expect([...names].sort()).toEqual(["a", "b", "c", "d"]);
  });

  it.each<[ConditionDocument, RegExp]>([
    [compare("greater_than", "{{ text }}", 5), /greater_than: text and a number have no order/],
    [compare("equals", "{{ missing }}", 5), /missing/],
    ["missing > 5", /missing/],
    [compare("matches_regex", "a", "{{ broken }}"), /matches_regex/],
  ])("%j fails as an expression does", (drawn, sentence) => {
    const condition = compileCondition(drawn);
    const answer = () => condition.test(envOf({ text: "ten", broken: "(" }));
    expect(answer).toThrow(ExpressionFailure);
    expect(answer).toThrow(sentence);
  });

  it.each<[ConditionDocument]>([
    ["score >"],
    ["{{ }}"],
    [{ and: ["ok", "not ok"] }],
    [{ not: compare("equals", "{{ a + }}", 1) }],
    [compare("matches_regex", "{{ name }}", "(")],
  ])("%j does not parse", (drawn) => expect(() => compileCondition(drawn)).toThrow(ExpressionSyntaxError));

  it("say what they may be", () => {
    for (const drawn of [1, null, { operator: "like", left: 1 }])
      expect(conditionSchema.safeParse(drawn).error?.issues[0]?.message).toMatch(/must be an expression, \{operator/);
  });

  it.each<[unknown]>([
    [""],
    [1],
    [null],
    [{}],
    [[]],
    [{ operator: "like", left: 1, right: 1 }],
    [{ operator: "toString", left: 1, right: 1 }],
    [{ operator: "equals", right: 1 }],
    [{ operator: "equals", left: 1, right: 1, more: 1 }],
    [{ and: [] }],
    [{ and: "a" }],
    [{ not: null }],
    [{ and: ["a"], or: ["b"] }],
  ])("%j is none", (drawn) => expect(conditionSchema.safeParse(drawn).success).toBe(false));
});
