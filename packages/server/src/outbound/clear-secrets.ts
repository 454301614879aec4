// Takes the values of secrets out of texts. A community has up to a hundred of them, each in several writings, and an
// answer up to two million characters in any number of texts: it is cleared in turns with everything else.
//
// W1. A text that holds no writing of a value is given back as it is, and so is a value in which no text does.
// W2. What stands inside a longer writing is hidden with it; of writings that overlap nothing stays.
// W3. A text that may have been cut holds no beginning of a value at its end.
import { hiddenSecret, isJsonObject, type Json, mapTexts } from "@workflow-core/core";
import { inTurns } from "../in-turns.js";
import { type Find, type Finding, finderOf } from "./find-writings.js";
import { shortestWriting, type Writing, writingsOf } from "./secret-writings.js";
import { withoutEscapes } from "./without-escapes.js";

/** So many parts of a value are gone through in one piece. */
const piece = 4096;

export interface Clearing {
  /** A copy in which the values are hidden, however they may have been written; the same value when there are none. */
  (value: Json): Promise<Json>;
  /** The same of a message, which may be the beginning of a longer one (W3). */
  cut(message: string): Promise<string>;
}

/** What hides these values, by name. It is for one answer: it does one thing at a time. */
export function clearing(values: Iterable<readonly [name: string, value: string]>): Clearing {
  let known: Known | undefined;
  const clear = async (value: Json): Promise<Json> => {
    const changed = await inTurns(changes(value));
    return changed.size === 0 ? value : mapTexts(value, (text) => changed.get(text) ?? text); // W1
  };
  function* changes(value: Json): Generator<undefined, Map<string, string>> {
    const changed = new Map<string, string>();
    for (const text of yield* textsOf(value)) {
      known ??= yield* knownOf(values);
      const found = yield* findings(text, known.find);
      if (found.length > 0) changed.set(text, hidden(text, found));
      yield;
    }
    return changed;
  }
  const cut = async (message: string): Promise<string> => {
    const cleared = String(await clear(message));
    const writings = known?.writings ?? [];
    const end = writings.flatMap(({ text, name }) => beginningAtEnd(cleared, text, name));
    return end.length === 0 ? cleared : hidden(cleared, end);
  };
  return Object.assign(clear, { cut });
}

interface Known {
  writings: Writing[];
  find: Find;
}

function* knownOf(values: Iterable<readonly [name: string, value: string]>): Generator<undefined, Known> {
  const writings: Writing[] = [];
  for (const [name, value] of values) writings.push(...(yield* writingsOf(name, value)));
  return { writings, find: yield* finderOf(writings) };
}

/** Where something is to be hidden. */
function* findings(text: string, find: Find): Generator<undefined, Finding[]> {
  const found = yield* find(text);
  const plain = yield* withoutEscapes(text);
  if (plain === undefined) return found;
  const { places } = plain;
  for (const { start, end, name } of yield* find(plain.text))
    found.push({ start: places[start] ?? 0, end: places[end] ?? text.length, name });
  return found;
}

/** Every text that is long enough, once, names of members included. */
function* textsOf(value: Json): Generator<undefined, ReadonlySet<string>> {
  const texts = new Set<string>();
  const left: Json[] = [value];
  for (let count = 1; left.length > 0; count += 1) {
    const each = left.pop();
    if (typeof each === "string") {
      if (each.length >= shortestWriting) texts.add(each);
    } else if (Array.isArray(each)) {
      for (const item of each) left.push(item);
    } else if (isJsonObject(each)) {
      for (const [key, item] of Object.entries(each)) left.push(key, item);
    }
    if (count % piece === 0) yield;
  }
  return texts;
}

/** The beginning of a writing with which the text ends, before its full stop or without one (W3). */
function beginningAtEnd(text: string, writing: string, name: string): Finding[] {
  const end = text.endsWith(".") ? text.length - 1 : text.length;
  const beginning = writing.slice(0, shortestWriting);
  for (let start = text.indexOf(beginning); start !== -1; start = text.indexOf(beginning, start + 1)) {
    if (writing.startsWith(text.slice(start, end)) || writing.startsWith(text.slice(start)))
      return [{ start, end: text.length, name }];
  }
  return [];
}

/** The text with the names of secrets in these places (W2). */
function hidden(text: string, found: Finding[]): string {
  found.sort((left, right) => left.start - right.start || right.end - left.end);
  let [result, shown, last] = ["", 0, ""];
  for (const { start, end, name } of found) {
    if (end <= shown) continue;
    if (start >= shown || name !== last) result += text.slice(shown, start) + hiddenSecret(name);
    [shown, last] = [end, name];
  }
  return result + text.slice(shown);
}
