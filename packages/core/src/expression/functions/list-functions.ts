// Methods of lists that take a function. What a function gives for an element is JSON in a result: nothing becomes null.
import type { Json, JsonObject } from "../../json.js";
import { putInto } from "../build-object.js";
import { allowList, type Evaluation, fail, spendItems, textOf } from "../evaluation.js";
import { describe, type Lambda, orNull, type Value } from "../values.js";
import { method } from "./entry.js";
import { copied, identityOf, spendKey } from "./lists.js";
import { sumOf } from "./numbers.js";
import { compareValues } from "./order.js";

const mapped = (list: readonly Json[], change: Lambda): Json[] =>
  list.map((item, index) => orNull(change.call(item, index)));

const reduced = (at: Evaluation, list: readonly Json[], join: Lambda, initial: Value): Value => {
  if (list.length === 0 && initial === undefined)
    return fail(at, "EXPRESSION_VALUE", "reduce needs an initial value for an empty list");
  let result: Value = initial ?? list[0];
  for (let index = initial === undefined ? 1 : 0; index < list.length; index++)
    result = join.call(result, list[index], index);
  return result;
};

/** Sorted by a key of each element. The keys are asked for once each. */
const sortedBy = (at: Evaluation, list: readonly Json[], key: Lambda): Json[] => {
  spendItems(at, list.length * 4);
  const keyed = list.map((item, index) => ({ item, key: key.call(item, index) }));
  return keyed.sort((a, b) => compareValues(at, a.key, b.key)).map(({ item }) => item);
};

const sorted = (at: Evaluation, list: readonly Json[], order?: Lambda): Json[] => {
  if (order === undefined) return copied(at, list).sort((a, b) => compareValues(at, a, b));
  if (order.arity < 2) return sortedBy(at, list, order);
  return copied(at, list).sort((a, b) => {
    const result = order.call(a, b);
    if (typeof result === "number") return result;
    return fail(
      at,
      "EXPRESSION_TYPE",
      `the function for sort has to give a number, as in (a, b) => a - b, but gave ${describe(result)}`,
    );
  });
};

const grouped = (at: Evaluation, list: readonly Json[], key: Lambda): JsonObject => {
  const groups = new Map<string, Json[]>();
  spendItems(at, list.length * 4);
  for (const [index, item] of list.entries()) {
    const name = textOf(at, key.call(item, index), "a key of groupBy");
    spendKey(at, name);
    const group = groups.get(name);
    if (group) group.push(item);
    else groups.set(name, [item]);
  }
  const result: JsonObject = {};
  for (const [name, items] of groups) putInto(at, result, name, items);
  return result;
};

const unique = (at: Evaluation, list: readonly Json[], key?: Lambda): Json[] => {
  const seen = new Set<Value>();
  spendItems(at, list.length * 4);
  return list.filter((item, index) => {
    const identity = identityOf(at, key ? key.call(item, index) : item);
    if (seen.has(identity)) return false;
    seen.add(identity);
    return true;
  });
};

const people = '[{name: "Ada", points: 3}, {name: "Bob", points: 5}]';

export const listFunctionMethods = [
  method(
    "list",
    "map(change: key): list",
    "What a function gives for each element.",
    ["[1, 2].map(x => x * 10)", [10, 20]],
    (_at, list, change) => mapped(list, change),
  ),
  method(
    "list",
    "filter(keep: key): list",
    "The elements for which a function gives true.",
    ["[1, 2, 3].filter(x => x > 1)", [2, 3]],
    (_at, list, keep) => list.filter((item, index) => keep.call(item, index)),
  ),
  method(
    "list",
    "find(test: key): value",
    "The first element for which a function gives true.",
    ["[1, 2, 3].find(x => x > 1)", 2],
    (_at, list, test) => list.find((item, index) => test.call(item, index)),
  ),
  method(
    "list",
    "findLast(test: key): value",
    "The last element for which a function gives true.",
    ["[1, 2, 3].findLast(x => x > 1)", 3],
    (_at, list, test) => list.findLast((item, index) => test.call(item, index)),
  ),
  method(
    "list",
    "findIndex(test: key): number",
    "Where the first element stands for which a function gives true; -1 when there is none.",
    ["[1, 2, 3].findIndex(x => x > 1)", 1],
    (_at, list, test) => list.findIndex((item, index) => test.call(item, index)),
  ),
  method(
    "list",
    "some(test: key): boolean",
    "Whether a function gives true for any element.",
    ["[1, 2].some(x => x > 1)", true],
    (_at, list, test) => list.some((item, index) => test.call(item, index)),
  ),
  method(
    "list",
    "every(test: key): boolean",
    "Whether a function gives true for all elements.",
    ["[1, 2].every(x => x > 1)", false],
    (_at, list, test) => list.every((item, index) => test.call(item, index)),
  ),
  method(
    "list",
    "count(test?: key): number",
    "How many elements there are, or for how many a function gives true.",
    ["[1, 2, 3].count(x => x > 1)", 2],
    (_at, list, test) => (test ? list.filter((item, index) => test.call(item, index)).length : list.length),
  ),
  method(
    "list",
    "flatMap(change: key): list",
    "What a function gives for each element, with the elements of lists in their place.",
    ["[1, 2].flatMap(x => [x, x * 10])", [1, 10, 2, 20]],
    (at, list, change) => {
      const all: Json[] = [];
      for (const item of mapped(list, change)) {
        const items = Array.isArray(item) ? item : [item];
        allowList(at, all.length + items.length);
        spendItems(at, items.length);
        for (const value of items) all.push(value);
      }
      return all;
    },
  ),
  method(
    "list",
    "reduce(join: function, initial?: value): value",
    "Joins all elements into one value, from the first to the last.",
    ["[1, 2, 3].reduce((sum, x) => sum + x, 0)", 6],
    reduced,
  ),
  method(
    "list",
    "sort(order?: key): list",
    "The elements in order: by themselves, by a key, or by a function of two.",
    [`${people}.sort((a, b) => b.points - a.points).map(p => p.name)`, ["Bob", "Ada"]],
    sorted,
  ),
  method("list", "toSorted(order?: key): list", "The same as sort.", ["[10, 9, 1].toSorted()", [1, 9, 10]], sorted),
  method(
    "list",
    "sortBy(key: key): list",
    "The elements in the order of a key.",
    [`${people}.sortBy("points").map("name")`, ["Ada", "Bob"]],
    sortedBy,
  ),
  method(
    "list",
    "groupBy(key: key): object",
    "The elements in lists, by the text of a key.",
    ['["a", "bb", "cc"].groupBy(x => x.length)', { 1: ["a"], 2: ["bb", "cc"] }],
    grouped,
  ),
  method(
    "list",
    "unique(key?: key): list",
    "The elements without those that are there before, or whose key is.",
    ["[1, 2, 1].unique()", [1, 2]],
    unique,
  ),
  method(
    "list",
    "sum(key?: key): number",
    "The sum of the numbers, or of a key of each element.",
    [`${people}.sum("points")`, 8],
    (at, list, key) => {
      spendItems(at, list.length);
      return sumOf(at, key ? mapped(list, key) : list);
    },
  ),
];
