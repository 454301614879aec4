// JSON as a type, and the one gate by which foreign values become JSON: what passed `toJson` may be stored (Postgres
// jsonb takes it), sent and handed to expressions without a second look.
//
// 1. A copy has own enumerable properties only; keys that could reach a prototype are dropped.
// 2. Text holds no NUL and no half of a surrogate pair.
// 3. A copy is at most MAX_JSON_DEPTH deep, at most `maxBytes` large, of at most MAX_JSON_VALUES values and with at most
//    MAX_JSON_KEYS keys in an object, so sharing and cycles cannot blow it up, and whatever is done with it takes a bounded
//    time: two million bytes can be a million lists, and an object of a hundred thousand keys takes long to copy.
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** How many lists and objects may stand inside one another. */
export const MAX_JSON_DEPTH = 64;
/** How many texts, numbers, lists and so on a value may hold. */
export const MAX_JSON_VALUES = 100_000;
/** How many keys one object may have. */
export const MAX_JSON_KEYS = 10_000;
const defaultMaxBytes = 16 * 1024 * 1024;
const forbiddenKeys: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);
const halfCharacters = /\p{Surrogate}/gu;
const anySurrogate = /[\ud800-\udfff]/;
const replacement = "\ufffd";

/** Thrown by `toJson`: the value has no JSON form, or none within the bounds. */
export class JsonError extends Error {
  override readonly name = "JsonError";
  readonly reason: "too_deep" | "too_large" | "bigint";

  constructor(reason: JsonError["reason"], message: string) {
    super(message);
    this.reason = reason;
  }

  static tooDeep(): JsonError {
    return new JsonError("too_deep", `the value is more than ${MAX_JSON_DEPTH} levels deep, or refers to itself`);
  }
  static tooMany(): JsonError {
    return new JsonError("too_large", `the value holds more than ${MAX_JSON_VALUES} values`);
  }
  static tooManyKeys(): JsonError {
    return new JsonError("too_large", `an object in the value has more than ${MAX_JSON_KEYS} keys`);
  }
}

/** Whether a key could reach a prototype; no object of ours ever has such a key. */
export function isForbiddenKey(key: string): boolean {
  return forbiddenKeys.has(key);
}

/** The text with NUL and lone surrogates replaced by U+FFFD. */
export function cleanText(text: string): string {
  // The first test is the quick one, and most texts need no other.
  const wellFormed = anySurrogate.test(text) ? text.replace(halfCharacters, replacement) : text;
  return wellFormed.includes("\u0000") ? wellFormed.replaceAll("\u0000", replacement) : wellFormed;
}

/** Whether a value is a plain object (a record), as opposed to a list, null or a scalar. */
export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether `toJson` would keep the value exactly as it is. */
export function isJson(value: unknown): value is Json {
  return isJsonWithin(value, 0);
}

function isJsonWithin(value: unknown, depth: number): boolean {
  if (typeof value === "string") return cleanText(value) === value;
  if (typeof value === "number") return Number.isFinite(value);
  if (value === null || typeof value === "boolean") return true;
  if (typeof value !== "object" || depth >= MAX_JSON_DEPTH) return false;
  if (Array.isArray(value)) {
    for (const item of value) if (!isJsonWithin(item, depth + 1)) return false;
    return true;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  for (const key of Object.keys(value)) {
    if (isForbiddenKey(key) || cleanText(key) !== key) return false;
    if (!isJsonWithin(value[key as keyof typeof value], depth + 1)) return false; // one of its own keys
  }
  return true;
}

interface Room {
  /** Bytes, and values. */
  left: number;
  values: number;
}

const roomFor = ({ maxBytes = defaultMaxBytes }: { maxBytes?: number }): Room => ({
  left: maxBytes,
  values: MAX_JSON_VALUES,
});

/**
 * A safe copy of anything. As in JSON.stringify, functions, symbols, undefined and non-finite numbers become null in
 * lists (and as a whole) and undefined members are left out. Throws JsonError for a bigint, for more than
 * MAX_JSON_DEPTH levels (so for cycles too), for more than MAX_JSON_VALUES, for more than MAX_JSON_KEYS in an object, and
 * for more than `maxBytes` (default 16 MiB, by the estimate of `jsonBytes`).
 */
export function toJson(value: unknown, options: { maxBytes?: number } = {}): Json {
  const copy = copyOf(value, roomFor(options), 0);
  return copy === undefined ? null : copy;
}

function copyOf(value: unknown, room: Room, depth: number): Json | undefined {
  switch (typeof value) {
    case "string":
      take(room, value.length + 2);
      return cleanText(value);
    case "number":
      take(room, 8);
      return Number.isFinite(value) ? value : null;
    case "boolean":
      take(room, 5);
      return value;
    case "bigint":
      throw new JsonError("bigint", "a bigint is not JSON; use a number or text");
    case "object":
      if (value === null) take(room, 4);
      return value === null ? null : copyOfContainer(value, room, depth + 1);
    default:
      return undefined;
  }
}

function copyOfContainer(value: object, room: Room, depth: number): Json {
  if (depth > MAX_JSON_DEPTH) throw JsonError.tooDeep();
  take(room, 2);
  if (Array.isArray(value)) {
    takeBytes(room, value.length);
    return Array.from(value, (item) => copyOf(item, room, depth) ?? null);
  }
  const copy: JsonObject = {};
  const entries = Object.entries(value);
  if (entries.length > MAX_JSON_KEYS) throw JsonError.tooManyKeys();
  for (const [key, item] of entries) {
    const name = cleanText(key);
    if (isForbiddenKey(name)) continue;
    const member = copyOf(item, room, depth);
    if (member === undefined) continue;
    takeBytes(room, name.length + 4);
    copy[name] = member;
  }
  return copy;
}

/** Room for one more value. */
function take(room: Room, bytes: number): void {
  room.values -= 1;
  if (room.values < 0) throw JsonError.tooMany();
  takeBytes(room, bytes);
}

function takeBytes(room: Room, bytes: number): void {
  room.left -= bytes;
  if (room.left < 0) throw new JsonError("too_large", "the value is too large");
}

/**
 * The same for plain data that nobody else changes, such as what JSON.parse gave: the value itself where nothing in it
 * has to be changed, and that is looked at without copying it.
 */
export function asJson(value: unknown, options: { maxBytes?: number } = {}): Json {
  return isStorable(value, roomFor(options), 0) ? value : toJson(value, options);
}

function isStorable(value: unknown, room: Room, depth: number): value is Json {
  room.values -= 1;
  if (room.values < 0) return false;
  if (typeof value === "string") {
    room.left -= value.length + 2;
    return room.left >= 0 && cleanText(value) === value;
  }
  room.left -= 8;
  if (room.left < 0) return false;
  if (typeof value !== "object" || value === null)
    return value === null || typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value));
  if (depth >= MAX_JSON_DEPTH) return false;
  if (Array.isArray(value)) {
    // By index: a hole is not passed over.
    for (let index = 0; index < value.length; index += 1) if (!isStorable(value[index], room, depth + 1)) return false;
    return true;
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  const keys = Object.keys(value);
  if (keys.length > MAX_JSON_KEYS) return false;
  for (const key of keys) {
    room.left -= key.length;
    if (isForbiddenKey(key) || cleanText(key) !== key) return false;
    if (!isStorable(value[key as keyof typeof value], room, depth + 1)) return false; // one of its own keys
  }
  return true;
}

/**
 * A cheap estimate of the bytes of a value's JSON text: exact to a few percent for ASCII, low for other scripts.
 * Stops counting once `limit` is passed, so a value that shares its parts a billion times is no trap.
 */
export function jsonBytes(value: Json | undefined, limit = Number.POSITIVE_INFINITY): number {
  if (typeof value === "string") return value.length + 2;
  if (typeof value === "number") return 8;
  if (typeof value !== "object" || value === null) return 5;
  let bytes = 2;
  if (Array.isArray(value)) {
    bytes += value.length;
    for (let index = 0; index < value.length && bytes <= limit; index += 1)
      bytes += jsonBytes(value[index], limit - bytes);
    return bytes;
  }
  for (const key of Object.keys(value)) {
    if (bytes > limit) break;
    bytes += key.length + 4 + jsonBytes(value[key], limit - bytes);
  }
  return bytes;
}
