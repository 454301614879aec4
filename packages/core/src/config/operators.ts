// The one table of comparison operators: the type of a condition, its select box, its sentence in the manual and its
// behaviour are all read from here. A new operator is one entry.
import { compilePattern } from "../expression/index.js";
import type { Json } from "../json.js";
import { equals, isEmpty } from "./values.js";

export interface Operator {
  title: string;
  /** How many operands it looks at: `is_empty` has no right side. */
  operands: 1 | 2;
  /** Answers the comparison, or throws a TypeError whose message says what does not fit. */
  test(left: Json, right: Json): boolean;
}

const kind = (value: Json): string =>
  value === null
    ? "nothing"
    : Array.isArray(value)
      ? "a list"
      : typeof value === "string"
        ? "text"
        : `a ${typeof value}`;

/** Numbers with numbers, text with text; anything else has no order. */
const order = (left: Json, right: Json): number => {
  if (typeof left === "number" && typeof right === "number") return left - right;
  if (typeof left === "string" && typeof right === "string") return left < right ? -1 : left > right ? 1 : 0;
  throw new TypeError(`${kind(left)} and ${kind(right)} have no order; both must be numbers or both text`);
};

const contains = (whole: Json, part: Json): boolean => {
  if (typeof whole === "string") {
    if (typeof part !== "string") throw new TypeError(`text can only contain text, not ${kind(part)}`);
    return whole.includes(part);
  }
  if (Array.isArray(whole)) return whole.some((item) => equals(item, part));
  if (whole !== null && typeof whole === "object") return typeof part === "string" && Object.hasOwn(whole, part);
  throw new TypeError(`${kind(whole)} cannot contain anything; text, a list or an object can`);
};

const text = (value: Json, side: string): string => {
  if (typeof value !== "string") throw new TypeError(`the ${side} side must be text, not ${kind(value)}`);
  return value;
};

const inList = (value: Json, list: Json): boolean => {
  if (!Array.isArray(list)) throw new TypeError(`the right side must be a list, not ${kind(list)}`);
  return list.some((item) => equals(item, value));
};

export const operators = {
  equals: { title: "equals", operands: 2, test: equals },
  not_equals: { title: "does not equal", operands: 2, test: (left, right) => !equals(left, right) },
  greater_than: { title: "is greater than", operands: 2, test: (left, right) => order(left, right) > 0 },
  less_than: { title: "is less than", operands: 2, test: (left, right) => order(left, right) < 0 },
  greater_equal: { title: "is at least", operands: 2, test: (left, right) => order(left, right) >= 0 },
  less_equal: { title: "is at most", operands: 2, test: (left, right) => order(left, right) <= 0 },
  contains: { title: "contains", operands: 2, test: contains },
  not_contains: { title: "does not contain", operands: 2, test: (left, right) => !contains(left, right) },
  starts_with: {
    title: "starts with",
    operands: 2,
    test: (left, right) => text(left, "left").startsWith(text(right, "right")),
  },
  ends_with: {
    title: "ends with",
    operands: 2,
    test: (left, right) => text(left, "left").endsWith(text(right, "right")),
  },
  matches_regex: {
    title: "matches the pattern",
    operands: 2,
    test: (left, right) => compilePattern(text(right, "right")).test(text(left, "left")),
  },
  in_list: { title: "is one of", operands: 2, test: inList },
  not_in_list: { title: "is none of", operands: 2, test: (left, right) => !inList(left, right) },
  is_empty: { title: "is empty", operands: 1, test: isEmpty },
  is_not_empty: { title: "is not empty", operands: 1, test: (left) => !isEmpty(left) },
} as const satisfies Record<string, Operator>;

export type OperatorName = keyof typeof operators;
export const operatorNames = Object.keys(operators) as [OperatorName, ...OperatorName[]];
