import { describe, expect, it } from "vitest";
import { type Env, ExpressionFailure } from "../expression/index.js";
import type { Json } from "../json.js";
import { BindingError, compileConfig, type FieldProblem } from "./bind.js";
import * as fields from "./fields.js";

const envOf = (variables: Record<string, Json>): Env => ({
  lookup: (name) => (Object.hasOwn(variables, name) ? variables[name] : undefined),
  now: 0,
  random: () => 0,
});

const compiled = (config: fields.Fields, drawn: Record<string, Json>) => {
  const issues = fields.drawnSchema(config).safeParse(drawn).error?.issues ?? [];
  if (issues.length > 0) throw new Error(`not drawable: ${issues[0]?.path.join(".")} ${issues[0]?.message}`);
  const problems: FieldProblem[] = [];
  return { binder: compileConfig(config, drawn, problems), problems };
};

const bind = (config: fields.Fields, drawn: Record<string, Json>, variables: Record<string, Json> = {}) => {
  const { binder, problems } = compiled(config, drawn);
  expect(problems).toEqual([]);
  return binder.bind(envOf(variables));
};

const one = (field: fields.Field, drawn: Json, variables: Record<string, Json> = {}) =>
  bind({ it: field }, { it: drawn }, variables).it;

describe("values", () => {
  const value = fields.value("Value");
  it.each<[Json, Record<string, Json>, Json]>([
    [5, {}, 5],
    [null, {}, null],
    ["plain", {}, "plain"],
    ["{{ a }}", { a: [1, { b: 2 }] }, [1, { b: 2 }]],
    [" {{ a }} ", { a: 3 }, 3],
    ["{{ a }}", { a: null }, null],
    ["n = {{ a }}", { a: 3 }, "n = 3"],
    ["{{ a }}{{ b }}", { a: 1, b: 2 }, "12"],
    [{ x: ["{{ a }}", { y: "<{{ a }}>" }], z: true }, { a: 1 }, { x: [1, { y: "<1>" }], z: true }],
    ["{{ a }}", { a: "{{ b }}", b: "never evaluated again" }, "{{ b }}"],
    [{ "{{ a }}": 1 }, { a: "key" }, { "{{ a }}": 1 }],
  ])("%j with %j is %j", (drawn, variables, expected) => expect(one(value, drawn, variables)).toEqual(expected));

  it("fail with the name that is missing", () => {
    expect(() => one(value, "{{ a.b }}")).toThrow(ExpressionFailure);
    expect(() => one(value, "{{ winner }}")).toThrow(/winner/);
    expect(() => one(value, "Hello {{ winner }}")).toThrow(/winner/);
    expect(() => one(value, ["{{ winner }}"])).toThrow(/winner/);
  });

  it("are prepared once when nothing in them can change", () => {
    const { binder } = compiled({ it: value, other: value }, { it: { a: [1, "x"] }, other: 1 });
    expect(binder.names).toEqual([]);
    expect(binder.bind(envOf({}))).toBe(binder.bind(envOf({})));
  });
});

describe("text", () => {
  it("stays text and needs its names, unless it is a message", () => {
    expect(one(fields.text("T"), "{{ a }}", { a: 5 })).toBe("5");
    expect(one(fields.text("T"), "{{ a }} of {{ b }}", { a: 5, b: true })).toBe("5 of true");
    expect(() => one(fields.text("T"), "Hello {{ winner }}")).toThrow(/winner/);
    expect(one(fields.message("M"), "Hello {{ winner }}{{ a.b }}!")).toBe("Hello !");
    expect(one(fields.message("M"), "Hello {{ winner }}!", { winner: "Ada" })).toBe("Hello Ada!");
    expect(one(fields.message("M"), "{{ a }}", { a: null })).toBe("");
  });

  it("may be asked not to be empty", () => {
    const config = { it: fields.text("T", { min: 1 }) };
    expect(() => compiled(config, { it: "" })).toThrow(/not drawable/);
    expect(() => bind(config, { it: "{{ a }}" }, { a: "" })).toThrow(BindingError);
  });
});

describe("addresses", () => {
  const address = fields.address("A");
  it.each<[string, Record<string, Json>, string]>([
    ["https://a.example/u/{{ x }}", { x: "a b/c?d#e" }, "https://a.example/u/a%20b%2Fc%3Fd%23e"],
    ["https://a.example/?q={{ x }}", { x: "1&r=2" }, "https://a.example/?q=1%26r%3D2"],
    ["https://a.example/?q={{ x }}", { x: ".." }, "https://a.example/?q=.."],
    ["https://a.example/{{ x }}/{{ y }}", { x: "ä", y: "1/2" }, "https://a.example/%C3%A4/1%2F2"],
    ["{{ base }}/u/{{ x }}", { base: "https://a.example/api", x: "a/b" }, "https://a.example/api/u/a%2Fb"],
    ["https://{{ host }}/u/{{ x }}", { host: "a.example", x: "../admin" }, "https://a.example/u/..%2Fadmin"],
    ["{{ url }}", { url: "https://a.example/x?y=1#z" }, "https://a.example/x?y=1#z"],
    ["https://a.example/{{ x }}", { x: "\ud83d!" }, "https://a.example/%EF%BF%BD!"],
    ["https://a.example/{{ x }}", { x: "{{ y }}" }, "https://a.example/%7B%7B%20y%20%7D%7D"],
    ["https://a.example/{{ n }}", { n: 5 }, "https://a.example/5"],
  ])("%s with %j", (drawn, variables, expected) => expect(one(address, drawn, variables)).toBe(expected));

  it.each([".", "..", "..."])("refuse %s in the path", (dots) => {
    expect(() => one(address, "https://a.example/u/{{ x }}/y", { x: dots })).toThrow(/may not be a part of an address/);
  });

  it("need their names", () => expect(() => one(address, "https://a.example/{{ x }}")).toThrow(/x/));
});

describe("numbers and flags", () => {
  const number = fields.number("N", { min: 1, max: 10 });
  it.each<[Json, Record<string, Json>, number]>([
    [5, {}, 5],
    ["{{ a }}", { a: 2.5 }, 2.5],
    ["{{ a }}", { a: "7" }, 7],
    ["{{ a * 2 }}", { a: 2 }, 4],
  ])("%j with %j is %j", (drawn, variables, expected) => expect(one(number, drawn, variables)).toBe(expected));

  it.each<[Json]>([["five"], [""], ["1e1"], [0], [11], [null], [[5]], [true]])("%j is no number from 1 to 10", (a) => {
    expect(() => one(number, "{{ a }}", { a })).toThrow(BindingError);
    expect(() => one(number, "{{ a }}", { a })).toThrow(/config\.it/);
  });

  it.each<[Json]>([["5"], ["{{ a }} s"], [0], [null]])("%j cannot be drawn", (drawn) =>
    expect(() => compiled({ it: number }, { it: drawn })).toThrow(/not drawable/),
  );

  it("flags are true or false", () => {
    expect(one(fields.flag("F"), "{{ a > 1 }}", { a: 2 })).toBe(true);
    expect(() => one(fields.flag("F"), "{{ a }}", { a: "true" })).toThrow(BindingError);
    expect(() => compiled({ it: fields.fixedFlag("F") }, { it: "{{ a }}" })).toThrow(/not drawable/);
  });
});

describe("lists, pairs and structures", () => {
  it("bind each part", () => {
    const config = {
      list: fields.listOf("L", fields.value("V")),
      pairs: fields.pairs("P", fields.text("T")),
      cases: fields.listOf(
        "C",
        fields.object("Case", {
          value: fields.value("V"),
          port: fields.plain("P"),
          wait: fields.withDefault(fields.number("W"), 3),
        }),
      ),
    };
    const drawn = {
      list: ["{{ a }}", 1],
      pairs: { "X-A": "<{{ a }}>" },
      cases: [
        { value: "{{ a }}", port: "{{ a }}" },
        { value: 2, port: "b", wait: "{{ b }}" },
      ],
    };
    expect(bind(config, drawn, { a: "x", b: "7" })).toEqual({
      list: ["x", 1],
      pairs: { "X-A": "<x>" },
      cases: [
        { value: "x", port: "{{ a }}", wait: 3 },
        { value: 2, port: "b", wait: 7 },
      ],
    });
    expect([...compiled(config, drawn).binder.names].sort()).toEqual(["a", "b"]);
  });

  it("collections are lists, whatever they are drawn as", () => {
    const list = fields.collection("L");
    expect(one(list, ["{{ a }}", 2], { a: 1 })).toEqual([1, 2]);
    expect(one(list, "{{ a }}", { a: [1] })).toEqual([1]);
    for (const a of ["ab", null, { length: 1 }, 3])
      expect(() => one(list, "{{ a }}", { a })).toThrow(/config\.it: must be a list/);
  });

  it("say where something is wrong", () => {
    const config = { it: fields.listOf("L", fields.object("O", { n: fields.number("N", { max: 5 }) })) };
    expect(() => bind(config, { it: [{ n: 1 }, { n: "{{ a }}" }] }, { a: 6 })).toThrow(/^config\.it\[1\]\.n: /);
  });

  it("refuse keys that reach for a prototype, however deep", () => {
    const drawn = JSON.parse('{"a":[{"__proto__":{"polluted":true},"a":"{{ x }}"}]}') as Json;
    expect(() => one(fields.value("V"), drawn, { x: 1 })).toThrow("no key such as __proto__");
  });
});

describe("conditions", () => {
  it("are answered, or asked once per item", () => {
    expect(one(fields.condition("C"), "a > 1", { a: 2 })).toBe(true);
    expect(one(fields.condition("C"), false)).toBe(false);
    const keep = one(fields.predicate("P"), "item.n > least && index < 2", {
      least: 1,
      item: "hidden",
    }) as fields.Predicate;
    expect([{ n: 1 }, { n: 2 }, { n: 3 }].map((item, index) => keep({ item, index }))).toEqual([false, true, false]);
  });

  it("do not count the item's names among those they need", () => {
    const { binder } = compiled({ it: fields.predicate("P") }, { it: "item.n > least && index < 2" });
    expect(binder.names).toEqual(["least"]);
  });
});

describe("defaults and absent fields", () => {
  const config = {
    greeting: fields.withDefault(fields.text("G"), "Hello {{ name }}"),
    note: fields.optional(fields.text("N")),
    any: fields.optional(fields.value("A")),
  };
  it("fill in, stay away, and null is a value", () => {
    expect(bind(config, {}, { name: "Ada" })).toEqual({ greeting: "Hello Ada" });
    expect(bind(config, { any: null, greeting: "" })).toEqual({ greeting: "", any: null });
    expect(() => compiled(config, { more: 1 })).toThrow(/not drawable/);
  });

  it("literal fields keep braces", () => {
    expect(one(fields.code("C"), "return `{{ a }}`;")).toBe("return `{{ a }}`;");
    expect(one(fields.fixedValue("S"), { text: "{{ broken" })).toEqual({ text: "{{ broken" });
  });
});

describe("problems", () => {
  it("of templates and conditions are all reported, each with its path", () => {
    const config = {
      text: fields.text("T"),
      list: fields.listOf("L", fields.object("O", { value: fields.value("V") })),
      headers: fields.pairs("H", fields.text("T")),
      condition: fields.condition("C"),
    };
    const { problems } = compiled(config, {
      text: "{{ a + }}",
      list: [{ value: 1 }, { value: ["{{ ( }}"] }],
      headers: { "X-A": "{{ 1 + }}" },
      condition: "a >",
    });
    expect(problems.map(({ path }) => path)).toEqual([
      "config.text",
      "config.list[1].value",
      "config.headers.X-A",
      "config.condition",
    ]);
    for (const { message } of problems) expect(message).toMatch(/\S/);
  });
});

describe("names of variables", () => {
  const schema = fields.drawnSchema({ it: fields.name("N") });
  it.each(["a", "_x", "$1", "größe", "人"])("%s is one", (it) => expect(schema.safeParse({ it }).success).toBe(true));
  it.each(["", "1a", "a b", "a.b", "{{ a }}", "__proto__", "trigger", "nodes", "x".repeat(101)])("%j is none", (it) =>
    expect(schema.safeParse({ it }).success).toBe(false),
  );
});
