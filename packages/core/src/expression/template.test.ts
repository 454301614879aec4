// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates are what is tested here
import { describe, expect, test } from "vitest";
import type { Json } from "../json.js";
import { compileTemplate, type Env, ExpressionFailure, ExpressionSyntaxError } from "./index.js";

const variables: Record<string, Json> = {
  name: "Ada",
  score: 3,
  vip: true,
  list: [1, "a"],
  nothing: null,
  user: { name: "Bob" },
  evil: "{{ score }}",
};
const env: Env = {
  lookup: (name) => (Object.hasOwn(variables, name) ? variables[name] : undefined),
  now: 0,
  random: () => 0.5,
  names: () => Object.keys(variables),
};

const errorOf = (text: string): ExpressionSyntaxError => {
  try {
    compileTemplate(text);
  } catch (error) {
    if (error instanceof ExpressionSyntaxError) return error;
    throw error;
  }
  throw new Error(`${text} was not refused`);
};

describe("text", () => {
  test.each([
    ["plain", "plain"],
    ["", ""],
    ["Hi {{ name }}, you have {{score}} points", "Hi Ada, you have 3 points"],
    ["{{name}}{{score}}", "Ada3"],
    ["{{ list }} {{ user }} {{ vip }}", '[1,"a"] {"name":"Bob"} true'],
    ["{{ evil }}", "{{ score }}"],
    ["a }} b } {", "a }} b } {"],
    ['{{ "{{" }} and {{ "}}" }}', "{{ and }}"],
    ["{{ {a: {b: 1}}}}", '{"a":{"b":1}}'],
    ["{{ {a: {b: 1}}.a.b }}!", "1!"],
    ["{{ `${`}}`}${name}` }}", "}}Ada"],
    ["{{ name /* }} */ }}", "Ada"],
    ["{{\n name\n}}", "Ada"],
    ["{{ [{a: {}}].length }}}}", "1}}"],
    ["{{name}}}", "Ada}"],
    ["{ {{name}} }", "{ Ada }"],
    ["https://x.test/{{name}}//{{score}}", "https://x.test/Ada//3"],
    ["${name} $(1+1) #{1} <%= 1 %>", "${name} $(1+1) #{1} <%= 1 %>"],
  ])("%s", (source, expected) => {
    expect(compileTemplate(source).text(env)).toBe(expected);
  });

  test.each([
    ["{{ gone }}", "MISSING_NAME", '"gone" is not set'],
    ["{{ nam }}", "MISSING_NAME", 'did you mean "name"?'],
    ["a {{ user.nick }}", "EXPRESSION_TYPE", "user.nick is not set, so it cannot become text"],
    ["a {{ nothing }}", "EXPRESSION_TYPE", "nothing is null, so it cannot become text"],
    ["a {{ user.a.b }}", "EXPRESSION_TYPE", "user.a is not set, so .b cannot be read"],
  ])("strict: %s", (source, code, message) => {
    const template = compileTemplate(source);
    const attempt = () => template.text(env);
    expect(attempt).toThrow(ExpressionFailure);
    expect(attempt).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }));
  });

  test.each([
    ["[{{ gone }}]", "[]"],
    ["[{{ gone.a.b }}]", "[]"],
    ["[{{ user.nick }}]", "[]"],
    ["[{{ user.a.b }}]", "[]"],
    ["[{{ nothing }}]", "[]"],
    ["[{{ user.nick.trim() }}]", "[]"],
    ["[{{ 'a' + user.nick }}]", "[]"],
    ["[{{ user.points * 2 }}]", "[]"],
    ["[{{ toString }}{{ user.constructor }}{{ user.__proto__.x }}{{ constructor }}]", "[]"],
    ["[{{ list.find(x => x === 9) }}]", "[]"],
    ["[{{ name }}]", "[Ada]"],
  ])("lenient: %s", (source, expected) => {
    expect(compileTemplate(source).text(env, { lenient: true })).toBe(expected);
  });

  test("lenient: what is wrong, not missing, stays an error", () => {
    expect(() => compileTemplate("{{ name * 2 }}").text(env, { lenient: true })).toThrow("* needs numbers");
    expect(() => compileTemplate("{{ list.map(x => x).join(1) }}").text(env, { lenient: true })).toThrow(
      "join needs a text",
    );
  });

  test("encode is applied to what is put in, not to the text around it", () => {
    const template = compileTemplate("https://api.test/{{ path }}?q={{ list }}&e={{ gone }}");
    const text = template.text(
      { ...env, lookup: (name) => (name === "path" ? "../admin?x=1#" : env.lookup(name)) },
      { encode: encodeURIComponent, lenient: true },
    );
    expect(text).toBe("https://api.test/..%2Fadmin%3Fx%3D1%23?q=%5B1%2C%22a%22%5D&e=");
  });

  test("all parts share one budget", () => {
    const template = compileTemplate("{{ range(20000).map(x => x).length }}".repeat(8));
    expect(() => template.text(env)).toThrow(expect.objectContaining({ code: "EXPRESSION_BUDGET" }));
  });

  test("a text that becomes too long is an error", () => {
    const template = compileTemplate("{{ 'x'.repeat(600000) }}{{ 'x'.repeat(600000) }}");
    expect(() => template.text(env)).toThrow(expect.objectContaining({ code: "EXPRESSION_LIMIT" }));
  });
});

describe("value", () => {
  test.each([
    ["{{ score }}", 3],
    ["  {{ list }}\n", [1, "a"]],
    ["{{ user.nick }}", undefined],
    ["{{ nothing }}", null],
    ["{{ score }}!", "3!"],
    ["plain", "plain"],
    [" plain ", " plain "],
  ])("%s", (source, value) => {
    expect(compileTemplate(source).value(env)).toEqual(value);
  });

  test("tells literal, exact and mixed texts apart", () => {
    expect(compileTemplate("plain }}")).toMatchObject({ isLiteral: true, isExact: false, names: [] });
    expect(compileTemplate(" {{ name }} ")).toMatchObject({ isLiteral: false, isExact: true, names: ["name"] });
    expect(compileTemplate("{{ name }}{{ score + gone + name }}")).toMatchObject({
      isLiteral: false,
      isExact: false,
      names: ["name", "score", "gone"],
    });
  });
});

describe("syntax errors say where", () => {
  test.each([
    ["Hi {{ name", "the {{ at position 3 is never closed", 3],
    ["{{ name }} {{ a", "the {{ at position 11 is never closed", 11],
    ["a {{ }} b", "there is no expression between {{ and }}", 2],
    ["a {{}}", "there is no expression between {{ and }}", 2],
    ["{{ first name }}", 'unexpected "name", expected }}', 9],
    ["x{{ a + }}", 'unexpected "}"', 8],
    ["{{#with a}}{{/with}}", "unexpected", 2],
    ["{{ a = 1 }}", "assignment", 3],
    ["ab {{ this }}", "this is not possible", 6],
    ["{{ name } }", "the {{ at position 0 is never closed", 0],
    ["{{ {__proto__: 1} }}", "__proto__ is not possible", 4],
    ["{{ 'abc }}", "unterminated string", 3],
  ])("%s", (text, message, position) => {
    expect(errorOf(text)).toMatchObject({ message: expect.stringContaining(message), position });
  });
});

describe("long texts", () => {
  const soon = (work: () => void) => {
    const start = performance.now();
    work();
    expect(performance.now() - start).toBeLessThan(1_500);
  };

  test("a million characters with thousands of templates", () => {
    soon(() => {
      const text = `${"lorem\n".repeat(30)}{{ name }}`.repeat(5_000);
      expect(compileTemplate(text).text(env)).toHaveLength(183 * 5_000);
    });
  });

  test.each([
    ["{{", "never closed"],
    ["{{a", "never closed"],
    ["{", "never closed"],
    ["{{}}", "no expression"],
    ["{{ {", "never closed"],
    ["{{ '}}", "too many"],
    ["{{a}}", "too many"],
  ])("%s over and over", (piece, message) => {
    soon(() =>
      expect(errorOf(piece.repeat(Math.floor(1_000_000 / piece.length))).message).toMatch(
        new RegExp(`${message}|unexpected|unterminated|characters`),
      ),
    );
  });

  test("closing braces over and over are text", () => {
    soon(() => expect(compileTemplate(`{{name}}${"}".repeat(900_000)}`).text(env)).toHaveLength(900_003));
  });

  test("more than a million characters are refused", () => {
    expect(errorOf("x".repeat(1_000_001)).message).toContain("characters at most");
  });
});
