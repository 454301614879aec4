// Expressions at random: whatever is written, the two errors of this room are all that comes out beside plain data.
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { expect, test } from "vitest";
import { isJson, type Json } from "../json.js";
import { functions } from "./functions/table.js";
import { compileExpression, compileTemplate, type Env, ExpressionFailure, ExpressionSyntaxError } from "./index.js";

const variables: Record<string, Json> = {
  n: 7,
  t: "héllo 😀 wörld",
  b: true,
  z: null,
  l: [3, 1, 2, "x", null, [1, [2]]],
  o: { a: 1, b: { c: "d" }, length: 3 },
  d: "2026-01-31T12:00:00Z",
};
const envWith = (steps: number): Env => ({
  lookup: (name) => (Object.hasOwn(variables, name) ? variables[name] : undefined),
  now: Date.UTC(2026, 0, 31),
  random: () => 0.999999,
  budget: { steps },
  names: () => Object.keys(variables),
});

const methods = functions.filter(({ on }) => on !== undefined).map(({ name }) => name);
const globals = functions.filter(({ on }) => on === undefined).map(({ name }) => name);

const leaf = fc.constantFrom(
  ...[
    "n",
    "t",
    "b",
    "z",
    "l",
    "o",
    "d",
    "x",
    "y",
    "gone",
    "undefined",
    "1",
    "0",
    "-1",
    "2.5",
    "1e300",
    "99999",
    "''",
    "'a'",
    "'__proto__'",
    "'constructor'",
    "'\\ud800'",
    "[]",
    "({})",
    "'yyyy-MM-dd'",
    "'(a+)+$'",
  ],
);
const operators = ["+", "-", "*", "/", "%", "**", "<", ">=", "===", "!=", "&&", "||", "??", "in", "&", ",", "="];

const { node: expression } = fc.letrec<{ node: string }>((tie) => {
  const node = tie("node");
  const list = fc.array(node, { maxLength: 3 }).map((items) => items.join(", "));
  return {
    node: fc.oneof(
      { maxDepth: 6, withCrossShrink: true },
      leaf,
      fc.tuple(node, fc.constantFrom(...operators), node).map(([a, operator, b]) => `(${a}) ${operator} (${b})`),
      fc
        .tuple(fc.constantFrom("!", "-", "+", "typeof ", "void ", "~"), node)
        .map(([operator, a]) => `(${operator}(${a}))`),
      fc.tuple(node, node, node).map(([a, b, c]) => `((${a}) ? (${b}) : (${c}))`),
      fc
        .tuple(node, fc.constantFrom(".", "?."), fc.constantFrom("a", "length", "constructor", "__proto__", "map"))
        .map(([a, dot, name]) => `(${a})${dot}${name}`),
      fc.tuple(node, fc.constantFrom("", "?."), node).map(([a, dot, key]) => `(${a})${dot}[${key}]`),
      fc.tuple(node, fc.constantFrom(...methods), list).map(([a, method, values]) => `(${a}).${method}(${values})`),
      fc.tuple(node, fc.constantFrom(...methods), node).map(([a, method, body]) => `(${a}).${method}(x => ${body})`),
      fc
        .tuple(node, fc.constantFrom(...methods), node, node)
        .map(([a, method, body, b]) => `(${a}).${method}((x, {a: y = 1}) => (${body}), ${b})`),
      fc.tuple(fc.constantFrom(...globals), list).map(([name, values]) => `${name}(${values})`),
      list.map((values) => `[${values}]`),
      fc.tuple(node, node).map(([a, b]) => `[...(${a}), ...(${b})]`),
      fc.tuple(node, node, node).map(([a, b, c]) => `({a: ${a}, [${b}]: ${c}, ...(${a})})`),
      node.map((a) => `\`<\${${a}}>\``),
    ),
  };
});

const isOurs = (error: unknown): boolean =>
  error instanceof ExpressionFailure || error instanceof ExpressionSyntaxError;

test("random expressions give plain data or one of our two errors, in time, and change nothing", {
  timeout: 120_000,
}, () => {
  const before = structuredClone(variables);
  let values = 0;
  const property = fc.property(expression, (source) => {
    const start = performance.now();
    try {
      const value = compileExpression(source).evaluate(envWith(20_000));
      expect(value === undefined || isJson(value), JSON.stringify(value)).toBe(true);
      values++;
    } catch (error) {
      if (!isOurs(error)) throw error;
    }
    expect(performance.now() - start).toBeLessThan(1_000);
    expect(variables).toEqual(before);
  });
  fc.assert(property, { numRuns: 4_000 });
  // The grammar would prove nothing if all that it makes were refused.
  expect(values).toBeGreaterThan(300);
});

test("random text is refused or evaluated, as an expression and as a template", () => {
  const piece = fc.constantFrom(
    ...[
      "{{",
      "}}",
      "{",
      "}",
      "(",
      ")",
      "[",
      "]",
      "'",
      '"',
      "`",
      "${",
      "n",
      "t",
      " ",
      ".",
      "?.",
      "=>",
      "+",
      "...",
      ",",
      ":",
      "?",
      "/",
      "//",
      "/*",
      "\\",
      "\n",
      "😀",
      "1",
      "default",
      "new ",
      "\u2028",
    ],
  );
  const property = fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
    for (const run of [
      () => compileExpression(pieces.join("")).evaluate(envWith(10_000)),
      () => compileTemplate(pieces.join("")).text(envWith(10_000), { lenient: true }),
    ]) {
      try {
        run();
      } catch (error) {
        if (!isOurs(error)) throw error;
      }
    }
  });
  fc.assert(property, { numRuns: 4_000 });
});

/** The same variables in JavaScript, where lists and objects become text as they do here. */
const prelude = `
  const {${Object.keys(variables).join(", ")}} = ${JSON.stringify(variables)};
  Array.prototype.toString = Object.prototype.toString = function () { return JSON.stringify(this); }`;

test("where it gives a value, it gives what JavaScript gives", () => {
  const value = fc.constantFrom(
    "n",
    "t",
    "b",
    "z",
    "l",
    "o",
    "1",
    "0",
    "2.5",
    "''",
    "'a'",
    "[1, 2]",
    "undefined",
    "o.a",
    "o.gone",
    "l[0]",
    "l.length",
    "t.length",
  );
  const { node } = fc.letrec<{ node: string }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 5 },
      value,
      fc
        .tuple(
          tie("node"),
          fc.constantFrom("+", "-", "*", "/", "%", "**", "<", ">", "<=", ">=", "===", "!==", "&&", "||", "??"),
          tie("node"),
        )
        .map(([a, operator, b]) => `((${a}) ${operator} (${b}))`),
      fc.tuple(fc.constantFrom("!", "-", "+", "typeof "), tie("node")).map(([operator, a]) => `(${operator}(${a}))`),
      fc.tuple(tie("node"), tie("node"), tie("node")).map(([a, b, c]) => `((${a}) ? (${b}) : (${c}))`),
      fc
        .tuple(tie("node"), fc.constantFrom("?.a", "?.b?.c", "?.length", "?.[0]", "?.['a']"))
        .map(([a, access]) => `(${a})${access}`),
      fc.tuple(tie("node"), tie("node")).map(([a, b]) => `l.map(x => (${a}) ?? null).filter(y => (${b}))`),
      fc.tuple(tie("node"), tie("node")).map(([a, b]) => `({a: (${a}), b: [(${b})]})`),
    ),
  }));
  let compared = 0;
  const property = fc.property(node, (source) => {
    const ours = evaluateOrNothing(source);
    if (ours === undefined) return;
    compared++;
    const theirs: unknown = runInNewContext(`${prelude}; (${source})`);
    expect(JSON.parse(JSON.stringify({ value: ours }))).toEqual(JSON.parse(JSON.stringify({ value: theirs })));
  });
  fc.assert(property, { numRuns: 1_500 });
  expect(compared).toBeGreaterThan(200);
});

const evaluateOrNothing = (source: string): Json | undefined => {
  try {
    return compileExpression(source).evaluate(envWith(10_000));
  } catch (error) {
    if (isOurs(error)) return undefined;
    throw error;
  }
};
