// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates are what is tested here
import { describe, expect, test } from "vitest";
import { compileExpression, ExpressionSyntaxError } from "./index.js";

const syntaxErrorOf = (source: string): ExpressionSyntaxError => {
  try {
    compileExpression(source);
  } catch (error) {
    if (error instanceof ExpressionSyntaxError) return error;
    throw error;
  }
  throw new Error(`${source} was not refused`);
};

describe("syntax errors", () => {
  const cases: [source: string, message: string, position: number][] = [
    ["", "there is no expression", 0],
    ["  ", "there is no expression", 0],
    ["a +", "the expression ends too early", 3],
    ["a b", 'unexpected "b"', 2],
    ["(a))", 'unexpected ")"', 3],
    ["a;", 'unexpected ";"', 1],
    ["'abc", "unterminated string constant", 0],
    ["score = 1", "assignment", 0],
    ["x => x", "a function that is not the argument of a call", 0],
    ["[x => x]", "a function that is not the argument of a call", 1],
    ["items.map(x => y => x)", "a function that is not the argument of a call", 15],
    ["items.map(x => { return x })", "braces", 15],
    ["items.map(async x => x)", "async", 10],
    ["items.map((...x) => x)", "parameter", 11],
    ["1 + new Date()", "new is not possible", 4],
    ["this.x", "this is not possible", 0],
    ["(function () {})()", "only functions such as round(x)", 0],
    ["function () {}", "function", 0],
    ["class {}", "class", 0],
    ["/a/.test(username)", "a regular expression is not possible", 0],
    ["10n", "bigint", 0],
    ["await username", "await", 0],
    ["import('fs')", "import", 0],
    ["import.meta", "import.meta", 0],
    ["(1, 2)", "comma", 1],
    ["score++", "++", 0],
    ["username`x`", "tagged template", 0],
    ["delete payload.user", "delete is not possible", 0],
    ["void 0", "void is not possible", 0],
    ["~score", "~ is not possible", 0],
    ["1 & 2", "the operator & is not possible", 0],
    ["'a' instanceof b", "the operator instanceof is not possible", 0],
    ["#x in payload", 'unexpected "#"', 0],
    ["payload.__proto__", "__proto__ is not possible", 8],
    ["payload['constructor']", "constructor is not possible", 8],
    ["constructor", "constructor is not possible", 0],
    ["({__proto__: 1})", "__proto__ is not possible", 2],
    ["({prototype: 1})", "prototype is not possible", 2],
    ["({get a() { return 1 }})", "no methods, getters or setters", 2],
    ["({a() {}})", "no methods, getters or setters", 2],
    ["[1, , 2]", "holes", 0],
    ["rond(1)", 'there is no function rond; did you mean "round"?', 0],
    ["username.trimm()", 'there is no method .trimm(); did you mean "trim"?', 9],
    ["items.map(x => x(1))", "x is a value, not a function", 15],
    ["payload['trim']()", "can be called", 0],
    ["username.trim?.()", "?.( is not possible", 0],
    ["round()", "round was given 0 values, but it is round(x: number, digits?: whole): number", 0],
    ["username.trim(1)", ".trim() was given 1 value, but it is text.trim(): text", 0],
    ["1e309", "the number is too large", 0],
    ["<!-- x", "unexpected", 0],
    ["1 /*", "unterminated comment", 2],
    ["\u0000", "unexpected", 0],
    ["super.x", "super", 0],
  ];
  test.each(cases)("%s", (source, message, position) => {
    const error = syntaxErrorOf(source);
    expect(error.message).toContain(message);
    expect(error.position).toBe(position);
  });

  test.each([
    ["!".repeat(9_000), "1"],
    ["(".repeat(4_900), `1${")".repeat(4_900)}`],
    ["[".repeat(4_900), "]".repeat(4_900)],
    ["a?".repeat(2_000), `1${":1".repeat(2_000)}`],
    ["1**".repeat(3_000), "1"],
    ["a+".repeat(3_000), "a"],
    ["`${".repeat(3_000), "1"],
    ["f(x=>".repeat(1_900), "1"],
    ["a.b".repeat(3_000), ""],
  ])("%.10s... nests too deeply", (front, back) => {
    expect(syntaxErrorOf(front + back).message).toMatch(/nested more than|unexpected|end/);
  });

  test("a million characters are refused at once", () => {
    expect(syntaxErrorOf(`${"!".repeat(1_000_000)}1`)).toMatchObject({
      message: "an expression may have 10000 characters at most",
    });
  });
});
