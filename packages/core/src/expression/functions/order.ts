// The order of values for sorting: numbers by size, texts by their characters, false before true; what is not there
// comes last. Values of different kinds have no order.
import { type Evaluation, fail, spend } from "../evaluation.js";
import { describe, type Value } from "../values.js";

/** Below 0 when a comes first, above when b does. */
export const compareValues = (at: Evaluation, a: Value, b: Value): number => {
  spend(at, 1);
  if (isNothing(a) || isNothing(b)) return Number(isNothing(a)) - Number(isNothing(b));
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "boolean" && typeof b === "boolean") return Number(a) - Number(b);
  if (typeof a === "string" && typeof b === "string") {
    spend(at, Math.min(a.length, b.length) >> 8);
    return a < b ? -1 : a > b ? 1 : 0;
  }
  return fail(at, "EXPRESSION_TYPE", `${describe(a)} and ${describe(b)} cannot be put in order`);
};

const isNothing = (value: Value): boolean => value === undefined || value === null;
