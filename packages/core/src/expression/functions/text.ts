// Methods that give a text in another form, or a longer one.
import { allowText, cutText, type Evaluation, fail, spend, spendSearch, spendText } from "../evaluation.js";
import { method } from "./entry.js";

/** Pays for working through a text character by character, and gives the result if it is not too long. */
const worked = (at: Evaluation, text: string, work: (text: string) => string): string => {
  spend(at, 1 + (text.length >> 6));
  const result = work(text);
  allowText(at, result.length);
  return result;
};

const made = (at: Evaluation, length: number, make: () => string): string => {
  allowText(at, length);
  spendText(at, length);
  return make();
};

const padded = (
  at: Evaluation,
  text: string,
  length: number,
  filler: string,
  pad: (length: number, filler: string) => string,
): string => {
  const result = made(at, Math.max(length, text.length), () => pad(length, filler));
  return cutText(at, result, (it) => it);
};

const replaced = (at: Evaluation, text: string, search: string, replacement: string, all: boolean): string => {
  if (search === "") return fail(at, "EXPRESSION_VALUE", "the text to be replaced is empty");
  spendSearch(at, text, search);
  spend(at, all ? text.length >> 4 : 0);
  const growth = Math.max(0, replacement.length - search.length);
  const count = !all || growth === 0 ? 1 : text.split(search).length - 1;
  return made(at, text.length + count * growth, () =>
    all ? text.replaceAll(search, () => replacement) : text.replace(search, () => replacement),
  );
};

export const textMethods = [
  method(
    "text",
    "toUpperCase(): text",
    "The text in capital letters.",
    ['"Hello".toUpperCase()', "HELLO"],
    (at, text) => worked(at, text, (it) => it.toUpperCase()),
  ),
  method("text", "toLowerCase(): text", "The text in small letters.", ['"Hello".toLowerCase()', "hello"], (at, text) =>
    worked(at, text, (it) => it.toLowerCase()),
  ),
  method(
    "text",
    "capitalize(): text",
    "The text with a capital first letter.",
    ['"hello you".capitalize()', "Hello you"],
    (at, text) =>
      worked(at, text, (it) => {
        const first = String.fromCodePoint(...[it.codePointAt(0) ?? []].flat());
        return first.toUpperCase() + it.slice(first.length);
      }),
  ),
  method("text", "trim(): text", "The text without white space around it.", ['"  hi  ".trim()', "hi"], (at, text) =>
    worked(at, text, (it) => it.trim()),
  ),
  method(
    "text",
    "trimStart(): text",
    "The text without white space in front.",
    ['"  hi".trimStart()', "hi"],
    (at, text) => worked(at, text, (it) => it.trimStart()),
  ),
  method(
    "text",
    "trimEnd(): text",
    "The text without white space at its end.",
    ['"hi  ".trimEnd()', "hi"],
    (at, text) => worked(at, text, (it) => it.trimEnd()),
  ),
  method(
    "text",
    "replace(search: text, replacement: text): text",
    "The text with the first occurrence replaced.",
    ['"a-b-c".replace("-", "+")', "a+b-c"],
    (at, text, search, replacement) => replaced(at, text, search, replacement, false),
  ),
  method(
    "text",
    "replaceAll(search: text, replacement: text): text",
    "The text with every occurrence replaced.",
    ['"a-b-c".replaceAll("-", "+")', "a+b+c"],
    (at, text, search, replacement) => replaced(at, text, search, replacement, true),
  ),
  method(
    "text",
    "padStart(length: whole, filler?: text): text",
    "The text with a filler in front, up to a length.",
    ['"7".padStart(3, "0")', "007"],
    (at, text, length, filler = " ") => padded(at, text, length, filler, (to, by) => text.padStart(to, by)),
  ),
  method(
    "text",
    "padEnd(length: whole, filler?: text): text",
    "The text with a filler at its end, up to a length.",
    ['"7".padEnd(3, ".")', "7.."],
    (at, text, length, filler = " ") => padded(at, text, length, filler, (to, by) => text.padEnd(to, by)),
  ),
  method(
    "text",
    "repeat(count: whole): text",
    "The text so many times.",
    ['"ha".repeat(3)', "hahaha"],
    (at, text, count) => made(at, text.length * Math.max(0, count), () => text.repeat(Math.max(0, count))),
  ),
  method(
    "text",
    "concat(...parts: text): text",
    "The text with others behind it.",
    ['"a".concat("b", "c")', "abc"],
    (at, text, ...parts) =>
      made(
        at,
        parts.reduce((length, part) => length + part.length, text.length),
        () => text + parts.join(""),
      ),
  ),
  method("text", "toString(): text", "The text itself.", ['"a".toString()', "a"], (at, text) =>
    cutText(at, text, (it) => it),
  ),
];
