// The values that expressions work on: JSON and undefined, and what they are called in messages. A function is no
// value: it exists only as the argument of a call, so none can be stored, returned or called again later.
import { isJsonObject, type Json, type JsonObject } from "../json.js";

export type Value = Json | undefined;

/** An arrow function while the call that it was given to runs. */
export class Lambda {
  /** How many parameters it names. */
  readonly arity: number;
  readonly call: (first: Value, second?: Value, third?: Value) => Value;

  constructor(arity: number, call: Lambda["call"]) {
    this.arity = arity;
    this.call = call;
  }
}

export type Argument = Value | Lambda;

export type Kind = "text" | "number" | "boolean" | "list" | "object" | "null" | "undefined";

/** What people call the type of a value. */
export const kindOf = (value: Value): Kind => {
  if (value === undefined) return "undefined";
  if (value === null) return "null";
  if (typeof value === "string") return "text";
  if (typeof value === "number") return "number";
  if (typeof value === "boolean") return "boolean";
  return Array.isArray(value) ? "list" : "object";
};

/** A value in a few words, for messages. */
export const describe = (value: Argument): string => {
  if (value instanceof Lambda) return "a function";
  if (value === undefined) return "not set";
  if (value === null) return "null";
  if (typeof value === "string") return `the text ${JSON.stringify(shorten(value))}`;
  if (typeof value === "object") return Array.isArray(value) ? `a list of ${value.length}` : "an object";
  return `the ${typeof value} ${value}`;
};

/** The front of a long text, for messages. */
export const shorten = (text: string, length = 60): string =>
  text.length <= length ? text : `${text.slice(0, length)}…`;

/**
 * How long a computed key may be. The engine tells keys of more than some 16,000 characters apart by comparing them
 * whole with each other, so a few thousand of them would take minutes.
 */
export const maxKeyLength = 10_000;

/** Whether an object has an own property of this name. */
export const hasOwn = (value: Value, key: string): value is JsonObject =>
  isJsonObject(value) && key.length <= maxKeyLength && Object.hasOwn(value, key);

/** The own property of an object; nothing is ever read from a prototype. */
export const ownProperty = (value: Value, key: string): Value => (hasOwn(value, key) ? value[key] : undefined);

/** Lists and results hold JSON only: nothing becomes null there, as in JSON.stringify. */
export const orNull = (value: Value): Json => (value === undefined ? null : value);
