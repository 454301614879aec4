// Reads a pattern: the part of JavaScript's regular expressions that can be matched in linear time. Look-around and
// back references are refused by name. Captures are read as plain groups, lazy repeats as plain ones: whether a pattern
// matches does not depend on them.
import { readClass, readEscape } from "./pattern-classes.js";
import { complain, type PatternFlags, type Reader, take, takeCharacter } from "./pattern-reader.js";
import { type CharacterSet, invert, lineEnds } from "./pattern-sets.js";

export type PatternNode =
  | { kind: "set"; set: CharacterSet; size: number }
  | { kind: "assert"; what: Assertion; size: number }
  | { kind: "sequence"; items: PatternNode[]; size: number }
  | { kind: "choice"; options: PatternNode[]; size: number }
  | { kind: "repeat"; item: PatternNode; least: number; most: number; size: number };

/** What is asked of a place between characters. */
export type Assertion = "start" | "end" | "lineStart" | "lineEnd" | "wordEdge" | "noWordEdge";

const maxPatternLength = 2_000;
const maxGroupDepth = 100;
const maxRepeat = 1_000;
/** States of the compiled pattern: what each character of the text may have to be tried against. */
const maxStates = 5_000;

/** Reads a whole pattern. Throws ExpressionSyntaxError with the position in the pattern. */
export const readPattern = (source: string, flags: PatternFlags): PatternNode => {
  const reader: Reader = { source, flags, position: 0, depth: 0 };
  if (source.length > maxPatternLength)
    complain(reader, `it may have ${maxPatternLength} characters at most`, maxPatternLength);
  const pattern = readChoice(reader);
  if (reader.position < source.length) complain(reader, "there is a ) without a (");
  if (pattern.size > maxStates) complain(reader, "its repeats multiply to something too large", 0);
  return pattern;
};

const readChoice = (reader: Reader): PatternNode => {
  const options = [readSequence(reader)];
  while (reader.source[reader.position] === "|") {
    reader.position++;
    options.push(readSequence(reader));
  }
  return options.length === 1 ? options[0]! : { kind: "choice", options, size: sum(options) + options.length * 2 };
};

const sum = (nodes: readonly PatternNode[]): number => nodes.reduce((total, { size }) => total + size, 0);

const readSequence = (reader: Reader): PatternNode => {
  const items: PatternNode[] = [];
  while (reader.position < reader.source.length && !"|)".includes(reader.source[reader.position]!)) {
    items.push(readRepeats(reader, readAtom(reader)));
  }
  return { kind: "sequence", items, size: Math.max(1, sum(items)) };
};

/** The sizes of nested repeats multiply: what becomes too large is refused here, before anything is made of it. */
const readRepeats = (reader: Reader, item: PatternNode): PatternNode => {
  const start = reader.position;
  const match = take(reader, /([*+?])|\{(\d{1,4})(,?)(\d{0,4})\}/y);
  if (match === null) return item;
  if (item.kind === "assert") complain(reader, "^, $ and \\b cannot be repeated", start);
  const [, sign, from, comma, to] = match;
  const least = sign === undefined ? Number(from) : sign === "+" ? 1 : 0;
  const most =
    sign === "?" ? 1 : sign !== undefined || (comma && to === "") ? Number.POSITIVE_INFINITY : Number(to || from);
  if (least > maxRepeat || (most > maxRepeat && most !== Number.POSITIVE_INFINITY)) {
    complain(reader, `a repeat may go up to ${maxRepeat}`, start);
  }
  if (most < least) complain(reader, "the numbers of the repeat are out of order", start);
  if (reader.source[reader.position] === "?") reader.position++;
  if (/^(?:[*+?]|\{\d)/.test(reader.source.slice(reader.position, reader.position + 2)))
    complain(reader, "there is nothing to repeat");
  const optional = most === Number.POSITIVE_INFINITY ? item.size + 2 : (most - least) * (item.size + 1);
  const size = Math.max(1, least * item.size + optional);
  if (size > maxStates) complain(reader, "its repeats multiply to something too large", start);
  return { kind: "repeat", item, least, most, size };
};

const readAtom = (reader: Reader): PatternNode => {
  const { source, flags } = reader;
  const character = takeCharacter(reader)!;
  switch (character) {
    case ".":
      return ofSet({ ranges: flags.dotAll ? invert([]) : invert(lineEnds) });
    case "^":
      return assertion(flags.multiline ? "lineStart" : "start");
    case "$":
      return assertion(flags.multiline ? "lineEnd" : "end");
    case "(":
      return readGroup(reader);
    case "[":
      return ofSet(readClass(reader));
    case "\\": {
      const next = source[reader.position];
      if (next !== "b" && next !== "B") return ofSet(readEscape(reader));
      reader.position++;
      return assertion(next === "b" ? "wordEdge" : "noWordEdge");
    }
    case "*":
    case "+":
    case "?":
      return complain(reader, "there is nothing to repeat", reader.position - 1);
    default: {
      const code = character.codePointAt(0)!;
      return ofSet({ ranges: [code, code] });
    }
  }
};

const ofSet = (set: CharacterSet): PatternNode => ({ kind: "set", set, size: 1 });
const assertion = (what: Assertion): PatternNode => ({ kind: "assert", what, size: 1 });

const readGroup = (reader: Reader): PatternNode => {
  const start = reader.position - 1;
  if (/^\?(?:<?[=!])/.test(reader.source.slice(reader.position, reader.position + 3))) {
    complain(reader, "looking ahead or behind, (?=, (?!, (?<=, (?<!, is not possible", start);
  }
  take(reader, /\?:|\?<[A-Za-z_$][\w$]*>/y);
  if (reader.source[reader.position] === "?") complain(reader, "this kind of group is not possible", start);
  if (++reader.depth > maxGroupDepth) complain(reader, "its groups are nested too deeply", start);
  const group = readChoice(reader);
  reader.depth--;
  if (reader.source[reader.position] !== ")") complain(reader, "a ( is never closed", start);
  reader.position++;
  return group;
};
