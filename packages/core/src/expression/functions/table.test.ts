import { describe, expect, test } from "vitest";
import { completions } from "../completions.js";
import { compileExpression, type Env } from "../index.js";
import { functions } from "./table.js";

const env: Env = { lookup: () => undefined, now: Date.UTC(2026, 0, 31, 12), random: () => 0.5 };

describe("every entry", () => {
  test.each(functions.map((entry) => [entry.signature, entry] as const))(
    "%s does what its example says",
    (_signature, entry) => {
      const [source, value] = entry.example;
      expect(source).toContain(entry.on === undefined ? `${entry.name}(` : `.${entry.name}(`);
      expect(compileExpression(source).evaluate(env)).toEqual(value);
    },
  );

  test.each(functions.map((entry) => [entry.signature, entry] as const))("%s is documented", (_signature, entry) => {
    expect(entry.summary).toMatch(/^.{5,200}\.$/s);
    expect(entry.signature).toMatch(/^[\w.]+\((?:(?:\.\.\.)?\w+\??: \w+(?:, )?)*\): \w+$/);
  });

  test("has a name of its own", () => {
    const names = functions.map(({ on, name }) => `${on ?? ""}.${name}`);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe("completions", () => {
  test("tell functions, methods and aliases apart", () => {
    const entries = completions();
    expect(entries).toHaveLength(functions.length);
    expect(entries.find(({ name, group }) => name === "trim" && group === "text")).toMatchObject({
      kind: "method",
      signature: "text.trim(): text",
      result: "hi",
    });
    expect(entries.find(({ name }) => name === "Math.floor")).toMatchObject({
      kind: "function",
      aliasOf: "floor",
      example: "Math.floor(2.9)",
    });
  });
});

describe("details", () => {
  test.each([
    ["round(1.005, 2)", 1.01],
    ["round(-2.5)", -2],
    ["round(-1.005, 2)", -1.01],
    ["round(1e21, 2)", 1e21],
    ["number(' -1.5e3 ')", -1500],
    ["number(true)", 1],
    ["number('x', null)", null],
    ["[' 1', '', '1e999', '0x10', '.5'].map(x => isNumber(x))", [true, false, false, false, true]],
    ["avg([]) ?? 'none'", "none"],
    ["max([]) ?? 'none'", "none"],
    ["[3, null, 1].sort()", [1, 3, null]],
    ["[true, false].sort()", [false, true]],
    ["[{a: 1}, {a: 1}, 'a', '{}[1]', [1]].unique().length", 4],
    ["[1, '1'].unique()", [1, "1"]],
    ["[null, 1, [2, [3]]].join('-')", "-1-[2,[3]]"],
    ["[1, [2, [3, [4]]]].flat(2)", [1, 2, 3, [4]]],
    ["['Ada', 'Bob'].includes(undefined)", false],
    ["' a  b '.words()", ["a", "b"]],
    ["'Straße'.toUpperCase()", "STRASSE"],
    ["''.capitalize()", ""],
    ["'😀😀'.truncate(3)", "😀…"],
    ["'😀'.split('')", ["😀"]],
    ["'abc'.truncate(3) + 'abcd'.truncate(0)", "abc"],
    ["'abcdef'.truncate(5, '...')", "ab..."],
    ["urlEncode('\\ud800')", "%EF%BF%BD%EF%BF%BD".slice(0, 9)],
    ["urlEncode({a: 1})", "%7B%22a%22%3A1%7D"],
    ["text(null) + text(undefined)", "nullundefined"],
    ['parseJson(\'{"__proto__": {"x": 1}, "a": 1}\')', { a: 1 }],
    ["isEmpty(gone) && isEmpty([]) && !isEmpty(0) && isEmpty({})", true],
    ["has(gone, 'x') || has([1], 1) || has({}, 'toString')", false],
    ["type(gone) + type(null) + type('') + type({})", "undefinednulltextobject"],
    ["date('2026-03-29T02:30:15.1239+02:00')", "2026-03-29T00:30:15.123Z"],
    ["date(0)", "1970-01-01T00:00:00.000Z"],
    ["date('0001-01-01')", "0001-01-01T00:00:00.000Z"],
    ["formatDate('2026-07-01T12:00:00Z', 'h a, hh:mm a', 'America/New_York')", "8 AM, 08:00 AM"],
    ["formatDate('2026-07-01T00:05:09.007Z', \"yy-M-d 'at' H:m:s.SSS a ''\")", "26-7-1 at 0:5:9.007 AM '"],
    ["formatDate('2026-01-01T23:30:00Z', 'YYYY-MM-DD EEE', 'Asia/Tokyo')", "2026-01-02 Fri"],
    ["dayOfWeek('2026-01-31T23:30:00Z', 'Asia/Tokyo')", 0],
    ["Math.round(2.5) + Math.PI", undefined],
  ])("%s", (source, value) => {
    if (value === undefined) expect(() => compileExpression(source).evaluate(env)).toThrow('"Math" is not set');
    else expect(compileExpression(source).evaluate(env)).toEqual(value);
  });

  test.each([
    "2026-02-30",
    "2026-13-01",
    "2026-01-01T24:00",
    "26-01-01",
    "2026-01-01T10:00:00 Europe/Berlin",
    "",
    "now",
  ])("%s is no date", (text) => {
    expect(() => compileExpression(`date(${JSON.stringify(text)})`).evaluate(env)).toThrow("needs a date");
  });
});
