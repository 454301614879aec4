// Methods of lists that work by position or by plain comparison. Lists are never changed: each gives a new one.
import type { Json } from "../../json.js";
import {
  allowList,
  allowText,
  type Evaluation,
  fail,
  jsonText,
  spend,
  spendItems,
  spendText,
  textOf,
} from "../evaluation.js";
import { maxKeyLength, type Value } from "../values.js";
import { method } from "./entry.js";

/** A copy, paid for. */
export const copied = (at: Evaluation, list: readonly Json[]): Json[] => {
  spendItems(at, list.length);
  return [...list];
};

const flattened = (at: Evaluation, list: readonly Json[], depth: number, into: Json[] = []): Json[] => {
  spendItems(at, list.length);
  for (const item of list) {
    if (Array.isArray(item) && depth > 0) flattened(at, item, depth - 1, into);
    else into.push(item);
  }
  allowList(at, into.length);
  return into;
};

const joined = (at: Evaluation, list: readonly Json[], separator: string): string => {
  spendItems(at, list.length * 4);
  let length = separator.length * Math.max(0, list.length - 1);
  const parts: string[] = [];
  for (const item of list) {
    const part = item === null ? "" : textOf(at, item, "an element");
    length += part.length;
    allowText(at, length);
    parts.push(part);
  }
  spendText(at, length);
  return parts.join(separator);
};

/** Where a value stands in a list; -1 when it does not. Long texts are paid for as they are compared. */
const indexIn = (at: Evaluation, list: readonly Json[], value: Value): number => {
  spendItems(at, list.length);
  if (typeof value !== "string") return value === undefined ? -1 : list.indexOf(value);
  return list.findIndex((item) => {
    if (typeof item !== "string" || item.length !== value.length) return false;
    spend(at, value.length >> 8);
    return item === value;
  });
};

/** Pays for a text as the key of a set: the engine compares long ones whole with each other. */
export const spendKey = (at: Evaluation, key: string): void =>
  spend(at, 1 + (key.length >> (key.length > maxKeyLength ? 2 : 8)));

/** What makes two elements the same: their type and value, and for lists and objects their JSON text. */
export const identityOf = (at: Evaluation, value: Value): Value => {
  if (typeof value !== "string" && (typeof value !== "object" || value === null)) return value;
  const identity = typeof value === "string" ? `text ${value}` : `json ${jsonText(at, value)}`;
  spendKey(at, identity);
  return identity;
};

export const listMethods = [
  method(
    "list",
    "at(index: whole): value",
    "The element at an index from 0; negative numbers count from the end.",
    ["[1, 2, 3].at(-1)", 3],
    (_at, list, index) => list.at(index),
  ),
  method("list", "first(): value", "The first element.", ["[1, 2, 3].first()", 1], (_at, list) => list[0]),
  method("list", "last(): value", "The last element.", ["[1, 2, 3].last()", 3], (_at, list) => list.at(-1)),
  method(
    "list",
    "slice(start?: whole, end?: whole): list",
    "The elements from start up to, not including, end; negative numbers count from the end.",
    ["[1, 2, 3, 4].slice(1, 3)", [2, 3]],
    (at, list, start, end) => {
      const part = list.slice(start, end);
      spendItems(at, part.length);
      return part;
    },
  ),
  method(
    "list",
    "includes(value: value): boolean",
    "Whether a value is in the list.",
    ['["a", "b"].includes("b")', true],
    (at, list, value) => indexIn(at, list, value) !== -1,
  ),
  method(
    "list",
    "indexOf(value: value): number",
    "Where a value first stands in the list, from 0; -1 when it does not.",
    ['["a", "b"].indexOf("b")', 1],
    indexIn,
  ),
  method(
    "list",
    "join(separator?: text): text",
    "The elements as one text, with a separator (a comma) between them.",
    ['["a", "b"].join(" and ")', "a and b"],
    (at, list, separator = ",") => joined(at, list, separator),
  ),
  method(
    "list",
    "flat(depth?: whole): list",
    "The elements, with those of lists in the list in their place.",
    ["[[1, 2], [3]].flat()", [1, 2, 3]],
    (at, list, depth = 1) => flattened(at, list, Math.min(depth, 64)),
  ),
  method(
    "list",
    "concat(...more: value): list",
    "The elements, and behind them those of other lists.",
    ["[1].concat([2, 3], 4)", [1, 2, 3, 4]],
    (at, list, ...more) => {
      const all = copied(at, list);
      for (const value of more) {
        const items = Array.isArray(value) ? value : [value ?? null];
        allowList(at, all.length + items.length);
        spendItems(at, items.length);
        for (const item of items) all.push(item);
      }
      return all;
    },
  ),
  method("list", "reverse(): list", "The elements in opposite order.", ["[1, 2, 3].reverse()", [3, 2, 1]], (at, list) =>
    copied(at, list).reverse(),
  ),
  method(
    "list",
    "toReversed(): list",
    "The elements in opposite order.",
    ["[1, 2, 3].toReversed()", [3, 2, 1]],
    (at, list) => copied(at, list).reverse(),
  ),
  method(
    "list",
    "with(index: whole, value: value): list",
    "The list with another element at an index.",
    ['["a", "b"].with(0, "c")', ["c", "b"]],
    (at, list, index, value) => {
      const place = index < 0 ? list.length + index : index;
      if (place < 0 || place >= list.length)
        return fail(at, "EXPRESSION_VALUE", `there is no element ${index} in a list of ${list.length}`);
      return copied(at, list).with(place, value ?? null);
    },
  ),
];
