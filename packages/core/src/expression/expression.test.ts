// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates are what is tested here
import { describe, expect, test } from "vitest";
import type { Json } from "../json.js";
import { compileExpression, type Env } from "./index.js";

const variables: Record<string, Json> = {
  username: "ada",
  score: 20,
  vip: true,
  nothing: null,
  empty: "",
  items: [1, 2, 3],
  people: [
    { name: "Ada", points: 3, tags: ["a", "b"] },
    { name: "Bob", points: 5, tags: [] },
  ],
  payload: { user: { name: "Ada", "first name": "Ada" }, list: [{ x: 1 }] },
};
const env: Env = {
  lookup: (name) => (Object.hasOwn(variables, name) ? variables[name] : undefined),
  now: Date.UTC(2026, 0, 31, 12),
  random: () => 0.5,
  names: () => Object.keys(variables),
};
const evaluate = (source: string) => compileExpression(source).evaluate(env);

describe("values", () => {
  const cases: [source: string, value: Json | undefined][] = [
    ["1.5", 1.5],
    ["'text'", "text"],
    ["null", null],
    ["undefined", undefined],
    ["true", true],
    ["`Hi ${username}, ${score + 1}!`", "Hi ada, 21!"],
    ["[1, , 2]", undefined],
    ["[1, ...items, ...'hé😀']", [1, 1, 2, 3, "h", "é", "😀"]],
    ["[undefined]", [null]],
    [
      "({a: 1, 'b c': 2, [username]: 3, score, ...payload.user, gone: undefined})",
      { a: 1, "b c": 2, ada: 3, score: 20, name: "Ada", "first name": "Ada" },
    ],
    ["({...null, ...undefined})", {}],
    ["score * 2 + 1", 41],
    ["7 % 4 - 2 ** 3 / 4", 1],
    ["-score + +score", 0],
    ["'a' + 1 + true", "a1true"],
    ["1 + 2 + 'a'", "3a"],
    ["'got ' + items + payload.list", 'got [1,2,3][{"x":1}]'],
    ["1 < 2 && 'a' < 'b' && 2 >= 2 && 'b' > 'a' && 1 <= 1", true],
    ["10 === '10'", false],
    ["10 == '10'", false],
    ["10 != '10'", true],
    ["payload.gone == null && nothing == undefined", true],
    ["payload.gone === null", false],
    ["items === items", true],
    ["!empty", true],
    ["empty || 'x'", "x"],
    ["empty ?? 'x'", ""],
    ["nothing ?? gone ?? 'x'", "x"],
    ["vip ? 'yes' : 'no'", "yes"],
    ["vip && score", 20],
    ["'name' in payload.user", true],
    ["'toString' in payload.user", false],
    ["1 in items && !(3 in items)", true],
    [
      "typeof score + typeof username + typeof items + typeof gone + typeof nothing",
      "numberstringobjectundefinedobject",
    ],
    ["payload.user.name", "Ada"],
    ["payload['user']['first name']", "Ada"],
    ["payload?.user?.name", "Ada"],
    ["payload.gone", undefined],
    ["payload.gone?.a.b.c", undefined],
    ["payload.gone?.a.b.trim().length", undefined],
    ["(payload.gone?.a) ?? 'x'", "x"],
    ["gone?.a", undefined],
    ["gone?.['a']", undefined],
    ["nothing?.trim()", undefined],
    ["items[1] + items['2'] + items.length", 8],
    ["items[-1]", undefined],
    ["items['constr' + 'uctor']", undefined],
    ["payload['__pro' + 'to__']", undefined],
    ["items.map", undefined],
    ["payload.toString", undefined],
    ["username[0] + username.length", "a3"],
    ["score.foo", undefined],
    ["people.map(p => p.name)", ["Ada", "Bob"]],
    ["people.map(({name, points: n, gone = 'x'}) => name + n + gone)", ["Ada3x", "Bob5x"]],
    ["payload.user.entries().map(([key, value]) => key + '=' + value)", ["name=Ada", "first name=Ada"]],
    ["people.map((p, i) => p.tags.map(t => p.name + t + i + score))", [["Adaa020", "Adab020"], []]],
    ["items.map(score => score)", [1, 2, 3]],
    ["items.filter(x => x > 1).map(x => x * x).reduce((a, b) => a + b)", 13],
    ["items.map(x => items.map(y => x * y).sum())", [6, 12, 18]],
    ["people.sort((a, b) => b.points - a.points)[0].name", "Bob"],
    ["people.sort(p => p.name).map('points')", [3, 5]],
    ["items.sort((a, b) => b - a) && items", [1, 2, 3]],
    ["Math.max(...items, 10)", 10],
    ["count(items)", 3],
    ["default(gone, 'x') + default(payload.gone, 'y') + default(username, 'z')", "xyada"],
    ["'\\ud83d\\ude00'.slice(0, 1)", "\ufffd"],
    ["'\\ud800\\u0000'", "\ufffd\ufffd"],
    ["'$&'.replaceAll('$', '$&$1')", "$&$1&"],
    ["/* why */ score // because", 20],
    ["({a: {b: 1}}).a.b", 1],
  ];
  test.each(cases.filter(([, value]) => value !== undefined))("%s", (source, value) => {
    expect(evaluate(source)).toEqual(value);
  });
  test.each(cases.filter(([source, value]) => value === undefined && source !== "[1, , 2]"))(
    "%s is undefined",
    (source) => {
      expect(evaluate(source)).toBeUndefined();
    },
  );

  test("data is never changed", () => {
    const before = structuredClone(variables);
    for (const change of [
      "items.sort((a, b) => b - a)",
      "items.reverse()",
      "shuffle(items)",
      "people.map(p => ({...p, points: 0}))",
      "items.concat(4)",
    ]) {
      evaluate(change);
    }
    expect(variables).toEqual(before);
  });

  test("results are the same for the same time and chance", () => {
    expect(evaluate("[now(), random(), pick(items)]")).toEqual(["2026-01-31T12:00:00.000Z", 0.5, 2]);
  });
});

describe("names", () => {
  test("are the free variables, each once, without parameters and functions", () => {
    const { names } = compileExpression(
      "items.map(x => x + score + y.x) + round(score) + Math.floor(z) + typeof t + default(d, 1)",
    );
    expect(names).toEqual(["items", "score", "y", "z", "t", "d"]);
  });
});
