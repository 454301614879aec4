// Attacks that were collected from other products' evaluators, run as their collection says they are to be judged.
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { isJson, type Json } from "../json.js";
import {
  compileExpression,
  compileTemplate,
  type Env,
  ExpressionFailure,
  ExpressionSyntaxError,
  readPath,
} from "./index.js";

interface Case {
  id: string;
  lang: string;
  kind: string;
  goal: string;
  code?: string;
  code_gen?: { op: "repeat"; text: string; times: number; suffix: string };
  trigger?: { [key: string]: Json };
  expected?: Json;
  limit_ms: number;
  max_rss_growth_mb?: number;
}

const corpus: { cases: Case[] } = JSON.parse(
  readFileSync(new URL("../testing/corpus/sandbox-escapes.json", import.meta.url), "utf8"),
);
const codeOf = ({ code, code_gen: made }: Case): string =>
  code ?? (made ? made.text.repeat(made.times) + made.suffix : "");
const casesOf = (kind: string, lang: string) =>
  corpus.cases
    .filter((each) => each.kind === kind && each.lang === lang)
    .map((each) => [each.id, codeOf(each).slice(0, 60), each] as const);

const canary = `canary-${Math.random()}`;
const variables = (): { [key: string]: Json } => ({ user: { name: "Ada" }, items: [1, 2, 3], text: "hello" });

const envOf = (data: { [key: string]: Json }): Env => ({
  lookup: (name) => (Object.hasOwn(data, name) ? data[name] : undefined),
  now: 0,
  random: () => 0.5,
  names: () => Object.keys(data),
});

/** What an attack came to: a value, or the message of one of our two errors. Anything else is thrown on. */
const outcomeOf = (run: () => Json | undefined): { value?: Json | undefined; error?: string } => {
  try {
    return { value: run() };
  } catch (error) {
    if (error instanceof ExpressionFailure || error instanceof ExpressionSyntaxError) return { error: error.message };
    throw error;
  }
};

const judge = (
  attack: Case,
  run: (data: { [key: string]: Json }) => Json | undefined,
): { value?: Json | undefined; error?: string } => {
  const data = variables();
  const rss = process.memoryUsage().rss;
  const start = performance.now();
  const outcome = outcomeOf(() => run(data));
  expect(performance.now() - start).toBeLessThan(attack.limit_ms + 500);
  expect((process.memoryUsage().rss - rss) / 2 ** 20).toBeLessThan(attack.max_rss_growth_mb ?? 128);
  expect(outcome.value === undefined || isJson(outcome.value)).toBe(true);
  expect(JSON.stringify(outcome)).not.toContain(canary);
  expect(data).toEqual(variables());
  expect(({} as { wfcore_polluted?: unknown }).wfcore_polluted).toBeUndefined();
  expect(compileExpression("items.map(x => x * 2)").evaluate(envOf(variables()))).toEqual([2, 4, 6]);
  expect(compileExpression("Object.keys({a: 1}).concat('b'.replace('b', 'c'))").evaluate(envOf(variables()))).toEqual([
    "a",
    "c",
  ]);
  return outcome;
};

beforeAll(() => {
  process.env.WFCORE_CANARY = canary;
});

describe("expressions", () => {
  test.each(casesOf("expr", "js"))("%s %s", (_id, _code, attack) => {
    judge(attack, (data) => compileExpression(codeOf(attack)).evaluate(envOf(data)));
  });

  test("all in one text, each a template", () => {
    for (const [, , attack] of casesOf("expr", "js")) {
      judge(attack, (data) => compileTemplate(`a {{ ${codeOf(attack)} }} b`).text(envOf(data), { lenient: true }));
    }
  });
});

describe("templates", () => {
  test.each(casesOf("template", "template"))("%s %s", (_id, _code, attack) => {
    const encode = attack.goal === "url-injection" ? encodeURIComponent : (part: string) => part;
    const outcome = judge(attack, (data) => {
      const env = envOf({ ...data, trigger: attack.trigger ?? {} });
      return compileTemplate(codeOf(attack)).text(env, { lenient: true, encode });
    });
    if (attack.goal === "value") expect(outcome).toEqual({ value: attack.expected });
    if (attack.goal === "url-injection") expect(outcome).toEqual({ value: "https://api.test/..%2Fadmin%3Fx%3D1%23" });
  });
});

describe("paths", () => {
  test.each(casesOf("variable-path", "path"))("%s %s", (_id, _code, attack) => {
    expect(judge(attack, (data) => readPath(data, codeOf(attack)))).toEqual({ value: undefined });
  });
});

test("the collection is there", () => {
  expect(
    [casesOf("expr", "js"), casesOf("template", "template"), casesOf("variable-path", "path")].map(
      ({ length }) => length,
    ),
  ).toEqual([49, 6, 5]);
});
