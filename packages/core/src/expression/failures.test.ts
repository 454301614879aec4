// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates are what is tested here
import { describe, expect, test } from "vitest";
import type { Json } from "../json.js";
import { compileExpression, type Env, ExpressionFailure } from "./index.js";

const variables: Record<string, Json> = {
  username: "ada",
  score: 20,
  nothing: null,
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

const failureOf = (source: string): ExpressionFailure => {
  try {
    evaluate(source);
  } catch (error) {
    if (error instanceof ExpressionFailure) return error;
    throw error;
  }
  throw new Error(`${source} did not fail`);
};

describe("failures", () => {
  const cases: [source: string, code: ExpressionFailure["code"], message: string, missing?: string][] = [
    ["usernam", "MISSING_NAME", '"usernam" is not set; did you mean "username"?', "usernam"],
    ["gone", "MISSING_NAME", '"gone" is not set', "gone"],
    ["gone.a ?? 1", "MISSING_NAME", '"gone" is not set', "gone"],
    ["round", "MISSING_NAME", '"round" is not set; it is a function, so write round(...)', "round"],
    ["payload.usr.name", "EXPRESSION_TYPE", "payload.usr is not set, so .name cannot be read", "payload.usr"],
    ["nothing.name", "EXPRESSION_TYPE", "nothing is null, so .name cannot be read", "nothing"],
    ["payload.list[5].x", "EXPRESSION_TYPE", "payload.list[5] is not set, so .x cannot be read", "payload.list[5]"],
    ["payload.gone[0]", "EXPRESSION_TYPE", "payload.gone is not set, so [0] cannot be read", "payload.gone"],
    ["(gone?.a).b", "EXPRESSION_TYPE", "(gone?.a) is not set, so .b cannot be read", "(gone?.a)"],
    ["payload[items]", "EXPRESSION_TYPE", "payload[...] needs a text or a number as key, but got a list of 3"],
    ["payload[{toString: 1}]", "EXPRESSION_TYPE", "payload[...] needs a text or a number as key, but got an object"],
    ["({[items]: 1})", "EXPRESSION_TYPE", "a key has to be a text or a number, but it is a list of 3"],
    ["({['__pro' + 'to__']: 1})", "EXPRESSION_VALUE", '"__proto__" is not possible as a key'],
    ["['__pro' + 'to__'].groupBy(x => x)", "EXPRESSION_VALUE", '"__proto__" is not possible as a key'],
    [
      "score * username",
      "EXPRESSION_TYPE",
      '* needs numbers, but score is the number 20 and username is the text "ada"',
    ],
    [
      "score - nothing",
      "EXPRESSION_TYPE",
      "- needs numbers, but score is the number 20 and nothing is null",
      "nothing",
    ],
    ["score / 0", "EXPRESSION_TYPE", "score / 0 is not a finite number"],
    ["0 % 0", "EXPRESSION_TYPE", "0 % 0 is not a finite number"],
    ["1e308 + 1e308", "EXPRESSION_TYPE", "1e308 + 1e308 is not a finite number"],
    [
      "items + items",
      "EXPRESSION_TYPE",
      "+ needs two numbers, or text, but items is a list of 3 and items is a list of 3",
    ],
    ["'Hi ' + payload.nick", "EXPRESSION_TYPE", "payload.nick is not set, so it cannot become text", "payload.nick"],
    ["`Hi ${nothing}`", "EXPRESSION_TYPE", "nothing is null, so it cannot become text", "nothing"],
    [
      "score < '30'",
      "EXPRESSION_TYPE",
      "< needs two numbers or two texts, but score is the number 20 and '30' is the text \"30\"",
    ],
    [
      "payload.points > 3",
      "EXPRESSION_TYPE",
      "> needs two numbers or two texts, but payload.points is not set and 3 is the number 3",
      "payload.points",
    ],
    ["-username", "EXPRESSION_TYPE", '- needs a number, but username is the text "ada"'],
    ["items in payload", "EXPRESSION_TYPE", "in needs a text or number on its left, but items is a list of 3"],
    ["'a' in username", "EXPRESSION_TYPE", 'in needs an object or list on its right, but username is the text "ada"'],
    ["username.map(x => x)", "EXPRESSION_TYPE", 'username is the text "ada", so .map() is for: list'],
    ["payload.nick.trim()", "EXPRESSION_TYPE", "payload.nick is not set, so .trim() cannot be called", "payload.nick"],
    ["username.padStart('3')", "EXPRESSION_TYPE", 'padStart needs a whole number as length, but it is the text "3"'],
    ["username.includes(x => x)", "EXPRESSION_TYPE", "includes needs a text as part, but it is a function"],
    ["items.includes(x => x)", "EXPRESSION_TYPE", "includes needs a value as value, but it is a function"],
    [
      "items.map(1)",
      "EXPRESSION_TYPE",
      "map needs a function such as x => x.name, or the name of a property as change, but it is the number 1",
    ],
    [
      "items.reduce('x')",
      "EXPRESSION_TYPE",
      'reduce needs a function such as x => x.name as join, but it is the text "x"',
    ],
    ["[...score]", "EXPRESSION_TYPE", "...score needs a list, but it is the number 20"],
    ["({...items})", "EXPRESSION_TYPE", "items has to be an object, but it is a list of 3"],
    ["[1, 'a'].sort()", "EXPRESSION_TYPE", 'the text "a" and the number 1 cannot be put in order'],
    [
      "items.sort((a, b) => a > b)",
      "EXPRESSION_TYPE",
      "the function for sort has to give a number, as in (a, b) => a - b, but gave the boolean",
    ],
    ["number('12a')", "EXPRESSION_VALUE", 'a number was to be read, but it is the text "12a"'],
    [
      "date('tomorrow')",
      "EXPRESSION_VALUE",
      'date needs a date such as 2026-01-31T12:00:00Z as value, but it is the text "tomorrow"',
    ],
    ["formatDate(now(), 'Q')", "EXPRESSION_VALUE", "Q has no meaning in a date pattern; put text in 'quotes'"],
    [
      "formatDate(now(), 'd', 'Mars')",
      "EXPRESSION_VALUE",
      'there is no time zone "Mars"; write one such as Europe/Berlin',
    ],
    ["parseJson('{')", "EXPRESSION_VALUE", "the text is not JSON"],
    ["username.matches('(')", "EXPRESSION_VALUE", "in the pattern: a ( is never closed (at 0)"],
    ["[].reduce((a, b) => a + b)", "EXPRESSION_VALUE", "reduce needs an initial value for an empty list"],
    ["sum(['1'])", "EXPRESSION_TYPE", 'sum needs numbers, but one is the text "1"'],
  ];
  test.each(cases)("%s", (source, code, message, missing) => {
    const failure = failureOf(source);
    expect(failure.message).toContain(message);
    expect(failure).toMatchObject({ code, source, missing });
  });

  test("messages are cut to 1,000 characters", () => {
    expect(failureOf(`a${"b".repeat(5_000)}`).message).toHaveLength(1_000);
  });
});
