// Functions of any value: JSON, defaults, chance, lengths and types; and lists from nothing.
import { cleanText, isJsonObject, type Json, JsonError } from "../../json.js";
import { parseJson } from "../../json-text.js";
import {
  allowList,
  allowText,
  type Evaluation,
  fail,
  jsonText,
  maxTextLength,
  spend,
  spendItems,
  textOf,
} from "../evaluation.js";
import { describe, kindOf, type Value } from "../values.js";
import { fn } from "./entry.js";
import { copied } from "./lists.js";
import { matches } from "./text-search.js";

const group = "values";

/** A whole number from 0 up to, not including, `count`, from the evaluation's source of chance. */
const chance = (at: Evaluation, count: number): number => Math.min(Math.floor(at.env.random() * count), count - 1);

const parsed = (at: Evaluation, text: string): Json => {
  allowText(at, text.length);
  spend(at, 1 + (text.length >> 4));
  try {
    return parseJson(text, { maxBytes: maxTextLength * 8 });
  } catch (error) {
    if (error instanceof SyntaxError) return fail(at, "EXPRESSION_VALUE", `the text is not JSON: ${error.message}`);
    if (error instanceof JsonError) return fail(at, "EXPRESSION_LIMIT", error.message);
    throw error;
  }
};

const lengthOf = (at: Evaluation, value: Value): number => {
  if (typeof value === "string" || Array.isArray(value)) return value.length;
  if (!isJsonObject(value)) {
    const missing = value === undefined || value === null ? "value" : undefined;
    return fail(
      at,
      "EXPRESSION_TYPE",
      `length needs a text, a list or an object, but it is ${describe(value)}`,
      missing,
    );
  }
  const { length } = Object.keys(value);
  spend(at, 1 + (length >> 2));
  return length;
};

const isEmpty = (at: Evaluation, value: Value): boolean => {
  if (value === undefined || value === null) return true;
  return typeof value === "object" || typeof value === "string" ? lengthOf(at, value) === 0 : false;
};

const ranged = (at: Evaluation, from: number, to: number): number[] => {
  const length = Math.max(0, to - from);
  allowList(at, length);
  spendItems(at, length);
  return Array.from({ length }, (_, index) => from + index);
};

const shuffled = (at: Evaluation, list: readonly Json[]): Json[] => {
  const copy = copied(at, list);
  spend(at, copy.length);
  for (let last = copy.length - 1; last > 0; last--) {
    const other = chance(at, last + 1);
    [copy[last], copy[other]] = [copy[other]!, copy[last]!];
  }
  return copy;
};

const urlEncoded = (at: Evaluation, value: Value): string => {
  const text = textOf(at, value, "the value");
  spend(at, 1 + (text.length >> 4));
  const encoded = encodeURIComponent(cleanText(text));
  allowText(at, encoded.length);
  return encoded;
};

const asText = (at: Evaluation, value: Value): string =>
  value === undefined || value === null ? String(value) : textOf(at, value, "the value");

export const valueFunctions = [
  fn(
    group,
    "default(value: value, fallback: value): value",
    "The value, or the fallback where it is missing, null or empty text.",
    ['default(nickname, "friend")', "friend"],
    (_at, value, fallback) => (value === undefined || value === null || value === "" ? fallback : value),
    { tolerant: true },
  ),
  fn(
    group,
    "type(value: value): text",
    "What a value is: text, number, boolean, list, object, null or undefined.",
    ["type([1])", "list"],
    (_at, value) => kindOf(value),
    { tolerant: true },
  ),
  fn(
    group,
    "length(value: value): number",
    "How many characters, elements or keys it has.",
    ["length([1, 2, 3])", 3],
    lengthOf,
  ),
  fn(
    group,
    "isEmpty(value: value): boolean",
    "Whether a value is missing, null, or has nothing in it.",
    ['isEmpty("")', true],
    isEmpty,
    { tolerant: true },
  ),
  fn(
    group,
    "text(value: value): text",
    "A value as text; lists and objects as JSON.",
    ["text([1, 2])", "[1,2]"],
    asText,
  ),
  fn(
    group,
    "boolean(value: value): boolean",
    "False for false, 0, empty text, null and what is missing; else true.",
    ['boolean("")', false],
    (_at, value) => Boolean(value),
    { tolerant: true },
  ),
  fn(
    group,
    "json(value: value, indent?: whole): text",
    "A value as JSON text.",
    ["json({a: [1, 2]})", '{"a":[1,2]}'],
    (at, value, indent = 0) => jsonText(at, value ?? null, Math.min(Math.max(indent, 0), 10)),
  ),
  fn(
    group,
    "parseJson(text: text): value",
    "The value that a JSON text writes.",
    ["parseJson('{\"a\": 1}')", { a: 1 }],
    parsed,
  ),
  fn(
    group,
    "matches(text: text, pattern: text, flags?: text): boolean",
    "Whether a pattern (regular expression) occurs in a text; flag i ignores capitals.",
    ['matches("Hello", "^h", "i")', true],
    matches,
  ),
  fn(
    group,
    "urlEncode(value: value): text",
    "A value as it may stand in an address.",
    ['urlEncode("a b&c")', "a%20b%26c"],
    urlEncoded,
  ),
  fn(group, "random(): number", "A random number from 0 up to, not including, 1.", ["random()", 0.5], (at) =>
    at.env.random(),
  ),
  fn(
    group,
    "randomInt(min: whole, max: whole): number",
    "A random whole number from min to max, both included.",
    ["randomInt(1, 6)", 4],
    (at, min, max) =>
      max >= min
        ? min + chance(at, max - min + 1)
        : fail(at, "EXPRESSION_VALUE", `randomInt needs min below max, but they are ${min} and ${max}`),
  ),
  fn(
    group,
    "Array.isArray(value: value): boolean",
    "Whether a value is a list.",
    ["Array.isArray([])", true],
    (_at, value) => Array.isArray(value),
  ),
];

export const listBuilders = [
  fn(
    "lists",
    "range(from: whole, to?: whole): list",
    "The whole numbers from 0, or from the first number, up to, not including, the last.",
    ["range(3)", [0, 1, 2]],
    (at, from, to) => (to === undefined ? ranged(at, 0, from) : ranged(at, from, to)),
  ),
  fn("lists", "pick(list: list): value", "A random element.", ['pick(["a", "b", "c"])', "b"], (at, list) =>
    list.length === 0 ? undefined : list[chance(at, list.length)],
  ),
  fn(
    "lists",
    "shuffle(list: list): list",
    "The elements in random order.",
    ["shuffle([1, 2, 3])", [1, 3, 2]],
    shuffled,
  ),
  fn("lists", "first(list: list): value", "The first element.", ["first([1, 2, 3])", 1], (_at, list) => list[0]),
  fn("lists", "last(list: list): value", "The last element.", ["last([1, 2, 3])", 3], (_at, list) => list.at(-1)),
  fn(
    "lists",
    "count(list: list): number",
    "How many elements there are.",
    ["count([1, 2, 3])", 3],
    (_at, list) => list.length,
  ),
];
