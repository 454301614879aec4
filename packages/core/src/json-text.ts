// JSON text from others is measured before anything is made of it: building a hundred thousand little objects, or one
// object of as many keys, takes longer than a whole process may stand still, and a look at the text takes next to nothing.
import { asJson, type Json, JsonError, MAX_JSON_DEPTH, MAX_JSON_KEYS, MAX_JSON_VALUES } from "./json.js";

/** What a JSON text is made of. Of a text that is no JSON the numbers mean nothing. */
export interface JsonCounts {
  /** How many lists and objects stand inside one another, at most. */
  depth: number;
  /** Lists, objects, texts, numbers and so on. */
  values: number;
  /** Lists and objects. */
  containers: number;
  /** Of all objects together, repeated ones too. */
  keys: number;
  /** Of the object that has most. */
  mostKeys: number;
}

const code = (character: string): number => character.charCodeAt(0);
const [quote, backslash, comma, colon] = [code('"'), code("\\"), code(","), code(":")];
const [openList, closeList, openObject, closeObject] = [code("["), code("]"), code("{"), code("}")];
const space = code(" ");

/** Measures a JSON text in one pass. */
export function countJson(text: string): JsonCounts {
  const counts: JsonCounts = { depth: 0, values: 1, containers: 0, keys: 0, mostKeys: 0 };
  // The keys of each open object; what is too deep to be taken needs no number of its own.
  const open = new Uint32Array(MAX_JSON_DEPTH + 2);
  let depth = 0;
  let justOpened = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character <= space) continue;
    if (character === openList || character === openObject) {
      depth += 1;
      if (depth < open.length) open[depth] = 0;
      if (depth > counts.depth) counts.depth = depth;
      counts.containers += 1;
      counts.values += 1; // its first member, unless it proves empty
      justOpened = true;
      continue;
    }
    if (character === closeList || character === closeObject) {
      if (justOpened) counts.values -= 1;
      if (depth > 0) depth -= 1;
    } else if (character === comma) counts.values += 1;
    else if (character === colon) {
      const keys = ++open[Math.min(depth, open.length - 1)]!; // within the array
      counts.keys += 1;
      if (keys > counts.mostKeys) counts.mostKeys = keys;
    } else if (character === quote) at = endOfText(text, at);
    justOpened = false;
  }
  return counts;
}

/** Where the text ends that begins at `start`: its closing quote. */
function endOfText(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === backslash) slashes += 1;
    if (slashes % 2 === 0) return end;
  }
  return text.length;
}

/** Shorter than this no text has more of anything than is allowed, but for its depth. */
const harmless = MAX_JSON_KEYS * 2;

/** The value of a JSON text that comes from others. Throws SyntaxError, and JsonError where `asJson` would. */
export function parseJson(text: string, options: { maxBytes?: number } = {}): Json {
  if (text.length > harmless) {
    const { depth, values, mostKeys } = countJson(text);
    if (depth > MAX_JSON_DEPTH) throw JsonError.tooDeep();
    if (values > MAX_JSON_VALUES) throw JsonError.tooMany();
    if (mostKeys > MAX_JSON_KEYS) throw JsonError.tooManyKeys();
  }
  return asJson(JSON.parse(text), options);
}
