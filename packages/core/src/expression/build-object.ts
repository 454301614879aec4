// How objects are put together: never with a key that reaches for a prototype, never with undefined as a value.
import { isForbiddenKey, isJsonObject, type JsonObject } from "../json.js";
import { type Evaluation, fail, spendKeys } from "./evaluation.js";
import { describe, maxKeyLength, type Value } from "./values.js";

/** Sets a member under a key that was computed; undefined leaves it out. Keys that reach for a prototype are an error. */
export const putInto = (at: Evaluation, object: JsonObject, key: string, value: Value): void => {
  if (key.length > maxKeyLength) fail(at, "EXPRESSION_LIMIT", `a key may have ${maxKeyLength} characters at most`);
  if (isForbiddenKey(key)) fail(at, "EXPRESSION_VALUE", `"${key}" is not possible as a key`);
  if (value !== undefined) object[key] = value;
};

/** Copies the members of an object over those of another; null and undefined have none. */
export const copyInto = (at: Evaluation, object: JsonObject, value: Value, name: string): void => {
  if (value === undefined || value === null) return;
  if (!isJsonObject(value)) {
    fail(at, "EXPRESSION_TYPE", `${name} has to be an object, but it is ${describe(value)}`);
    return;
  }
  const keys = Object.keys(value);
  spendKeys(at, keys.length);
  for (const key of keys) if (!isForbiddenKey(key)) object[key] = value[key]!;
};
