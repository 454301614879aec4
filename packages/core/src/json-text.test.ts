import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { JsonError, MAX_JSON_KEYS, MAX_JSON_VALUES } from "./json.js";
import { countJson, parseJson } from "./json-text.js";

/** The same counts, made from the value itself. */
const counted = (value: unknown, depth = 0): ReturnType<typeof countJson> => {
  const own = { depth, values: 1, containers: 0, keys: 0, mostKeys: 0 };
  if (typeof value !== "object" || value === null) return own;
  const keys = Array.isArray(value) ? 0 : Object.keys(value).length;
  const counts = { depth: depth + 1, values: 1, containers: 1, keys, mostKeys: keys };
  for (const member of Object.values(value)) {
    const inner = counted(member, depth + 1);
    counts.depth = Math.max(counts.depth, inner.depth);
    counts.mostKeys = Math.max(counts.mostKeys, inner.mostKeys);
    counts.values += inner.values;
    counts.containers += inner.containers;
    counts.keys += inner.keys;
  }
  return counts;
};

describe("countJson", () => {
  test("counts what the value has, however the text is written", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom(0, 1, "\t"), (value, indent) => {
        // Through text first: some values, such as -0, are others afterwards.
        const plain: unknown = JSON.parse(JSON.stringify(value));
        expect(countJson(JSON.stringify(plain, null, indent))).toEqual(counted(plain));
      }),
    );
  });

  test.each([
    ['"\\\\"', 0],
    ['"{\\"[,:"', 0],
    ['{"\\\\":["]",{}]}', 3],
  ])("is not misled by texts: %s", (text, containers) => {
    expect(countJson(text).containers).toBe(containers);
    expect(() => JSON.parse(text)).not.toThrow();
  });

  test.each(["", "[", "]]]", '"', '"\\', "{".repeat(100_000), ":::"])("bears what is no JSON: %#", (text) => {
    expect(() => countJson(text)).not.toThrow();
  });
});

describe("parseJson", () => {
  const object = (keys: number) => `{${Array.from({ length: keys }, (_, key) => `"k${key}":0`).join(",")}}`;

  test("takes what is within the bounds", () => {
    expect(Object.keys(Object(parseJson(object(MAX_JSON_KEYS))))).toHaveLength(MAX_JSON_KEYS);
    expect(parseJson(`[${"0,".repeat(MAX_JSON_VALUES - 2)}0]`)).toHaveLength(MAX_JSON_VALUES - 1);
  });

  test.each([
    ["keys in an object", object(MAX_JSON_KEYS + 1), "more than 10000 keys"],
    ["the same key again and again", `{${'"":0,'.repeat(MAX_JSON_KEYS)}"":0}`, "more than 10000 keys"],
    ["values", `[${"0,".repeat(MAX_JSON_VALUES - 1)}0]`, "more than 100000 values"],
    ["levels", `${"[".repeat(65)}${"]".repeat(65)}`, "more than 64 levels"],
    ["levels of a long text", `${"[".repeat(100_000)}${"]".repeat(100_000)}`, "more than 64 levels"],
  ])("refuses too many %s", (_name, text, why) => {
    expect(() => parseJson(text)).toThrow(JsonError);
    expect(() => parseJson(text)).toThrow(why);
  });

  test("says of what is no JSON that it is none", () => {
    expect(() => parseJson(`["${"x".repeat(30_000)}`)).toThrow(SyntaxError);
  });
});
