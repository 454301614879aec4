import { describe, expect, it } from "vitest";
import type { Json } from "../json.js";
import { type OperatorName, operatorNames, operators } from "./operators.js";

const table: [Json, OperatorName, Json, boolean | RegExp][] = [
  ["a", "equals", "a", true],
  ["10", "equals", 10, false],
  [0, "equals", false, false],
  [null, "equals", "", false],
  [[1, { a: [] }], "equals", [1, { a: [] }], true],
  [{ a: 1, b: 2 }, "equals", { b: 2, a: 1 }, true],
  [{ a: 1 }, "equals", { a: 1, b: null }, false],
  [{ a: null }, "equals", { b: null }, false],
  [[], "equals", {}, false],
  ["10", "not_equals", 10, true],
  ["a", "not_equals", "a", false],
  [2, "greater_than", 1, true],
  [1, "greater_than", 1, false],
  ["b", "greater_than", "a", true],
  ["10", "greater_than", "9", false],
  ["10", "greater_than", 9, /text and a number have no order/],
  [null, "greater_than", 1, /nothing and a number have no order/],
  [[2], "greater_than", [1], /a list and a list have no order/],
  [1, "less_than", 2, true],
  [2, "less_than", 2, false],
  [true, "less_than", 2, /a boolean and a number/],
  [2, "greater_equal", 2, true],
  [1.9, "greater_equal", 2, false],
  [{}, "greater_equal", 2, /an? object and a number/],
  [2, "less_equal", 2, true],
  ["c", "less_equal", "b", false],
  ["abc", "contains", "bc", true],
  ["abc", "contains", "", true],
  ["a1", "contains", 1, /text can only contain text/],
  [["a", 1], "contains", 1, true],
  [["a", 1], "contains", "1", false],
  [[{ id: 1 }], "contains", { id: 1 }, true],
  [{ a: 1 }, "contains", "a", true],
  [{ a: 1 }, "contains", "toString", false],
  [null, "contains", "a", /nothing cannot contain anything/],
  [12, "contains", 1, /a number cannot contain anything/],
  ["abc", "not_contains", "x", true],
  [["a"], "not_contains", "a", false],
  [null, "not_contains", "a", /nothing cannot contain/],
  ["!hug", "starts_with", "!", true],
  ["hug", "starts_with", "!", false],
  [5, "starts_with", "5", /the left side must be text, not a number/],
  ["hug!", "ends_with", "!", true],
  ["hug", "ends_with", 1, /the right side must be text, not a number/],
  ["ada99", "matches_regex", "^[a-z]+\\d+$", true],
  ["ada", "matches_regex", "\\d", false],
  [5, "matches_regex", "5", /the left side must be text/],
  ["a", "in_list", ["a", "b"], true],
  [1, "in_list", ["1"], false],
  [{ a: 1 }, "in_list", [{ a: 1 }], true],
  ["a", "in_list", "abc", /the right side must be a list, not text/],
  ["a", "not_in_list", ["b"], true],
  ["a", "not_in_list", ["a"], false],
  ["a", "not_in_list", null, /must be a list, not nothing/],
  ["", "is_empty", null, true],
  [null, "is_empty", null, true],
  [[], "is_empty", null, true],
  [{}, "is_empty", null, true],
  [0, "is_empty", null, false],
  [false, "is_empty", null, false],
  [" ", "is_empty", null, false],
  [[null], "is_empty", null, false],
  [0, "is_not_empty", null, true],
  ["", "is_not_empty", null, false],
];

describe("operators", () => {
  it.each(table)("%j %s %j: %s", (left, name, right, expected) => {
    const answer = () => operators[name].test(left, right);
    if (typeof expected === "boolean") expect(answer()).toBe(expected);
    else {
      expect(answer).toThrow(TypeError);
      expect(answer).toThrow(expected);
    }
  });

  it("are all in the table above", () =>
    expect([...new Set(table.map(([, name]) => name))].sort()).toEqual([...operatorNames].sort()));
});
