// Questions about plain values that operators, cases and joins share.
import type { Json } from "../json.js";

/** Equality that is strict about type ("10" is not 10) and looks into lists and objects. */
export const equals = (left: Json, right: Json): boolean => {
  if (left === right) return true;
  if (left === null || right === null || typeof left !== "object" || typeof right !== "object") return false;
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false;
    return left.every((item, index) => equals(item, right[index] as Json));
  }
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every((key) => Object.hasOwn(right, key) && equals(left[key] as Json, right[key] as Json));
};

/** Nothing, empty text, an empty list or an object without keys. Zero and false are values, so not empty. */
export const isEmpty = (value: Json): boolean => {
  if (value === null || value === "") return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === "object" && Object.keys(value).length === 0;
};
