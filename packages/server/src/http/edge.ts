// The limits at the edge: what a request may be before anybody looks at what it says.
//
// E1. A body is UTF-8 JSON of at most 1 MiB, 64 levels deep, with at most 100,000 keys, 10,000 of them in one object,
//     and comes as application/json.
// E2. No key could reach a prototype; no text holds NUL or half of a surrogate pair; no number is infinite. So
//     everything behind this file can be stored as it is.
// E3. An address is at most 8 KiB and valid UTF-8, headers at most 16 KiB together.
import { cleanText, countJson, isForbiddenKey, MAX_JSON_DEPTH, MAX_JSON_KEYS } from "@workflow-core/core";
import { z } from "zod";
import { appError } from "../errors.js";

export const bodyLimit = 1024 * 1024;
const addressLimit = 8 * 1024;
const headersLimit = 16 * 1024;
const keyLimit = 100_000;

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads a JSON body; an empty one is undefined. Throws INVALID_JSON or BAD_REQUEST (E1, E2). */
export function readBody(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined;
  const value = parse(bytes);
  inspect(value);
  return value;
}

function parse(bytes: Buffer): unknown {
  let text: string;
  try {
    text = strictUtf8.decode(bytes);
  } catch (error) {
    throw appError("INVALID_JSON", "The body is not valid UTF-8.", { cause: error });
  }
  measure(text);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw appError("INVALID_JSON", "The body is not valid JSON.", { cause: error });
  }
}

/** What the body is made of is counted before it is made. */
function measure(text: string): void {
  const { depth, keys, containers, mostKeys } = countJson(text);
  if (depth > MAX_JSON_DEPTH) refuse(undefined, `is more than ${MAX_JSON_DEPTH} levels deep`);
  if (mostKeys > MAX_JSON_KEYS) refuse(undefined, `has an object of more than ${MAX_JSON_KEYS} keys`);
  if (keys + containers > keyLimit) refuse(undefined, `has more than ${keyLimit} keys`);
}

/** A list or an object with the way to it; the way is only spelled out for a refusal. */
interface Place {
  value: object;
  key: string | number;
  parent: Place | undefined;
}

/** Walks the whole value without recursion. */
function inspect(root: unknown): void {
  if (typeof root !== "object" || root === null) return inspectScalar(root, undefined, "");
  const open: Place[] = [{ value: root, key: "", parent: undefined }];
  const visit = (member: unknown, key: string | number, place: Place) => {
    if (typeof member !== "object" || member === null) return inspectScalar(member, place, key);
    open.push({ value: member, key, parent: place });
  };
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (Array.isArray(place.value)) {
      for (let index = 0; index < place.value.length; index += 1) visit(place.value[index], index, place);
    } else {
      for (const name of Object.keys(place.value)) {
        inspectName(name, place);
        visit(place.value[name as keyof typeof place.value], name, place); // one of its own names
      }
    }
  }
}

function inspectScalar(value: unknown, parent: Place | undefined, key: string | number): void {
  const here = (): Place => ({ value: {}, key, parent });
  if (typeof value === "string" && !isClean(value)) refuse(here(), "holds a character that is not allowed");
  if (typeof value === "number" && !Number.isFinite(value)) refuse(here(), "is too large for a number");
}

function inspectName(name: string, place: Place): void {
  if (isForbiddenKey(name)) refuse(place, `may not hold the key ${name}`);
  if (!isClean(name)) refuse(place, "holds a key with a character that is not allowed");
}

const isClean = (text: string): boolean => cleanText(text) === text;

function pathOf(place: Place | undefined): string {
  const keys: (string | number)[] = [];
  for (let at = place; at?.parent !== undefined; at = at.parent) keys.unshift(at.key);
  return cleanText(z.core.toDotPath(keys).slice(0, 200));
}

function refuse(place: Place | undefined, reason: string): never {
  const path = pathOf(place);
  const message = `${path === "" ? "The body" : path} ${reason}.`;
  throw appError("BAD_REQUEST", message, { details: [{ path, message: reason }] });
}

/** Checks an address as it came (E3). Throws URI_TOO_LONG or BAD_REQUEST. */
export function checkAddress(url: string): void {
  if (url.length > addressLimit) throw appError("URI_TOO_LONG", `The address is longer than ${addressLimit} bytes.`);
  if (!url.includes("%")) return;
  let decoded: string;
  try {
    decoded = decodeURIComponent(url);
  } catch (error) {
    throw appError("BAD_REQUEST", "The address is not valid UTF-8.", { cause: error });
  }
  if (decoded.includes("\u0000")) throw appError("BAD_REQUEST", "The address holds a NUL.");
}

/** Checks the size of all headers as they came, names and values alternating (E3). Throws HEADERS_TOO_LARGE. */
export function checkHeaders(rawHeaders: readonly string[]): void {
  const size = rawHeaders.reduce((sum, part) => sum + part.length + 2, 0);
  if (size > headersLimit) throw appError("HEADERS_TOO_LARGE", `The headers are larger than ${headersLimit} bytes.`);
}
