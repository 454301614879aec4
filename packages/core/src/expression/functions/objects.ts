// Functions and methods of objects.
import type { JsonObject } from "../../json.js";
import { copyInto, putInto } from "../build-object.js";
import { allowList, type Evaluation, fail, spend, spendKeys, textOf } from "../evaluation.js";
import { describe, hasOwn, type Value } from "../values.js";
import { fn, method } from "./entry.js";

const group = "objects";

const paid = (at: Evaluation, object: JsonObject): JsonObject => {
  const count = Object.keys(object).length;
  allowList(at, count);
  spendKeys(at, count);
  return object;
};

const has = (at: Evaluation, value: Value, key: Value): boolean => {
  if (typeof key !== "string" && typeof key !== "number")
    return fail(at, "EXPRESSION_TYPE", `has needs a text or a number as key, but it is ${describe(key)}`);
  spend(at, String(key).length >> 8);
  if (Array.isArray(value)) return typeof key === "number" && Number.isInteger(key) && key >= 0 && key < value.length;
  return hasOwn(value, String(key));
};

const merged = (at: Evaluation, objects: readonly JsonObject[]): JsonObject => {
  const result: JsonObject = {};
  for (const object of objects) copyInto(at, result, object, "an object to merge");
  return result;
};

const keysOf = (at: Evaluation, object: JsonObject) => Object.keys(paid(at, object));
const valuesOf = (at: Evaluation, object: JsonObject) => Object.values(paid(at, object));
const entriesOf = (at: Evaluation, object: JsonObject) => Object.entries(paid(at, object));

export const objectFunctions = [
  fn(group, "keys(object: object): list", "The keys of an object.", ["keys({a: 1, b: 2})", ["a", "b"]], keysOf),
  fn(group, "values(object: object): list", "The values of an object.", ["values({a: 1, b: 2})", [1, 2]], valuesOf),
  fn(
    group,
    "entries(object: object): list",
    "The keys of an object, each in a list with its value.",
    ["entries({a: 1})", [["a", 1]]],
    entriesOf,
  ),
  fn(
    group,
    "has(object: value, key: value): boolean",
    "Whether an object has a key, or a list an index.",
    ['has({a: 1}, "a")', true],
    has,
    { tolerant: true },
  ),
  fn(
    group,
    "merge(...objects: object): object",
    "One object with the members of all; later ones win.",
    ["merge({a: 1, b: 1}, {b: 2})", { a: 1, b: 2 }],
    (at, ...objects) => merged(at, objects),
  ),
  fn(
    group,
    "Object.fromEntries(entries: list): object",
    "The object with these keys and values.",
    ['Object.fromEntries([["a", 1]])', { a: 1 }],
    (at, entries) => {
      const result: JsonObject = {};
      spendKeys(at, entries.length);
      for (const entry of entries) {
        if (!Array.isArray(entry))
          return fail(
            at,
            "EXPRESSION_TYPE",
            `Object.fromEntries needs lists of key and value, but one is ${describe(entry)}`,
          );
        putInto(at, result, textOf(at, entry[0], "a key"), entry[1]);
      }
      return result;
    },
  ),
  method("object", "keys(): list", "The keys.", ["({a: 1, b: 2}).keys()", ["a", "b"]], keysOf),
  method("object", "values(): list", "The values.", ["({a: 1, b: 2}).values()", [1, 2]], valuesOf),
  method(
    "object",
    "entries(): list",
    "The keys, each in a list with its value.",
    ['({a: 1}).entries().map(([key, value]) => key + "=" + value)', ["a=1"]],
    entriesOf,
  ),
  method("object", "has(key: value): boolean", "Whether there is such a key.", ['({a: 1}).has("b")', false], has),
  method(
    "object",
    "merge(...objects: object): object",
    "The object with the members of others; later ones win.",
    ["({a: 1}).merge({b: 2})", { a: 1, b: 2 }],
    (at, object, ...more) => merged(at, [object, ...more]),
  ),
];
