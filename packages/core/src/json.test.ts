import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { asJson, cleanText, isJson, JsonError, jsonBytes, toJson } from "./json.js";

const deep = (levels: number): unknown => {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = [value];
  return value;
};

describe("toJson", () => {
  test.each<[string, unknown, unknown]>([
    ["scalars", ["a", 1, true, null], ["a", 1, true, null]],
    [
      "what JSON.stringify leaves out",
      { a: undefined, b: () => 1, c: Symbol("x"), d: [undefined, () => 1], e: null },
      { d: [null, null], e: null },
    ],
    ["numbers that are not finite", [Number.NaN, Number.POSITIVE_INFINITY], [null, null]],
    ["nothing at all", undefined, null],
    ["halves of characters and NUL, in keys too", { "a\u0000": "x\ud800y\u0000" }, { "a\ufffd": "x\ufffdy\ufffd" }],
    [
      "keys that reach for a prototype",
      JSON.parse('{"__proto__": {"x": 1}, "constructor": 1, "prototype": 2, "a": 1}'),
      { a: 1 },
    ],
    [
      "inherited members",
      Object.create({ inherited: 1 }, { own: { value: 1, enumerable: true }, hidden: { value: 1 } }),
      { own: 1 },
    ],
    ["holes", new Array(2), [null, null]],
    ["64 levels", deep(64), deep(64)],
  ])("%s", (_name, value, copy) => {
    expect(toJson(value)).toEqual(copy);
  });

  test("gives a copy that shares nothing", () => {
    const value = { list: [{ a: 1 }] };
    const copy = toJson(value);
    expect(copy).toEqual(value);
    expect(copy).not.toBe(value);
  });

  const object = (keys: number) => Object.fromEntries(Array.from({ length: keys }, (_, key) => [`k${key}`, 0]));
  test("takes no more than 10,000 keys in an object", () => {
    for (const gate of [toJson, asJson]) {
      expect(gate(object(10_000))).toEqual(object(10_000));
      expect(() => gate([object(10_001)])).toThrow("more than 10000 keys");
    }
  });

  const cycle: unknown[] = [];
  cycle.push(cycle, cycle);
  let doubled: unknown = "x";
  for (let level = 0; level < 60; level++) doubled = [doubled, doubled];
  test.each([
    ["too_deep", deep(65)],
    ["too_deep", deep(100_000)],
    ["too_deep", cycle],
    ["too_large", doubled],
    ["too_large", ["x".repeat(9_000_000), "x".repeat(9_000_000)]],
    ["too_large", new Array(2 ** 32 - 1)],
    ["bigint", 1n],
  ])("%s", (reason, value) => {
    expect(() => toJson(value)).toThrow(JsonError);
    expect(() => toJson(value)).toThrow(expect.objectContaining({ reason }));
  });

  test.each([
    ["numbers", new Array(100_001).fill(0)],
    ["lists", Array.from({ length: 50_001 }, () => [0])],
    ["members", Array.from({ length: 11 }, () => object(10_000))],
  ])("takes no more than 100,000 values: %s", (_name, value) => {
    for (const gate of [toJson, asJson]) expect(() => gate(value)).toThrow("more than 100000 values");
  });

  test("keeps within the bytes it is given", () => {
    expect(toJson({ a: "x".repeat(80) }, { maxBytes: 100 })).toEqual({ a: "x".repeat(80) });
    expect(() => toJson({ a: "x".repeat(100) }, { maxBytes: 100 })).toThrow(
      expect.objectContaining({ reason: "too_large" }),
    );
  });

  test("gives what isJson accepts, and keeps what it accepts", () => {
    const anything = fc.anything({ withNullPrototype: true, withSparseArray: true, maxDepth: 5 });
    fc.assert(
      fc.property(anything, (value) => {
        const copy = toJson(value);
        expect(isJson(copy)).toBe(true);
        if (isJson(value)) expect(JSON.stringify(copy)).toBe(JSON.stringify(value));
      }),
    );
  });
});

describe("asJson", () => {
  test("gives the value itself where nothing in it has to be changed", () => {
    const value = { list: [{ a: 1 }, null, true, "text"], deep: deep(60) };
    expect(asJson(value)).toBe(value);
  });

  test("gives what toJson gives, whatever it is given", () => {
    const anything = fc.anything({ withNullPrototype: true, withSparseArray: true, maxDepth: 5 });
    fc.assert(
      fc.property(anything, (value) => {
        expect(JSON.stringify(asJson(value))).toBe(JSON.stringify(toJson(value)));
        expect(isJson(asJson(value))).toBe(true);
      }),
    );
  });

  test.each([
    ["too_deep", deep(65)],
    ["too_deep", deep(100_000)],
    ["too_large", ["x".repeat(9_000_000), "x".repeat(9_000_000)]],
  ])("%s", (reason, value) => {
    expect(() => asJson(value)).toThrow(expect.objectContaining({ reason }));
  });
});

describe("isJson", () => {
  test.each<[unknown]>([
    [undefined],
    [() => 1],
    [Number.NaN],
    [1n],
    [new Date()],
    [new Map()],
    ["\ud800"],
    [{ a: undefined }],
    [deep(65)],
    [JSON.parse('{"__proto__": 1}')],
  ])("refuses %s", (value) => {
    expect(isJson(value)).toBe(false);
  });
});

test("cleanText keeps whole characters", () => {
  expect(cleanText("a😀b")).toBe("a😀b");
  expect(cleanText("\ude00\ud83d")).toBe("\ufffd\ufffd");
});

describe("jsonBytes", () => {
  test("is near the length of the JSON text", () => {
    const value = {
      name: "x".repeat(1_000),
      list: Array.from({ length: 100 }, (_, index) => ({ index: 100_000 + index, text: "some text" })),
    };
    const { length } = JSON.stringify(value);
    expect(Math.abs(jsonBytes(value) - length) / length).toBeLessThan(0.1);
  });

  test("stops at the limit", () => {
    let value: unknown = "x";
    for (let level = 0; level < 60; level++) value = [value, value];
    // Shared parts make a JSON value of astronomic size without taking memory.
    expect(jsonBytes(value as string[], 1_000)).toBeGreaterThan(1_000);
  });
});
