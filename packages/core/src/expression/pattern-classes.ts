// The parts of a pattern that stand for one character: escapes such as \d and \u00e9, and classes such as [a-z_].
import { complain, type Reader, take, takeCharacter } from "./pattern-reader.js";
import { type CharacterSet, digits, invert, normalize, pairs, spaces, wordCharacters } from "./pattern-sets.js";

const shorthands: Readonly<Record<string, readonly number[]>> = {
  d: digits,
  D: invert(digits),
  w: wordCharacters,
  W: invert(wordCharacters),
  s: spaces,
  S: invert(spaces),
};
const controls: Readonly<Record<string, number>> = { t: 0x09, n: 0x0a, v: 0x0b, f: 0x0c, r: 0x0d, "0": 0x00 };

/** What one escape or character in a pattern stands for. */
type Atom = { code: number } | { ranges: readonly number[] } | { property: string };

/** Reads what follows a backslash outside of a class. */
export const readEscape = (reader: Reader): CharacterSet => setOf([readEscapeAtom(reader)]);

/** Reads what follows a [. */
export const readClass = (reader: Reader): CharacterSet => {
  const start = reader.position - 1;
  const negated = take(reader, /\^/y) !== null;
  const atoms: Atom[] = [];
  const ranges: number[] = [];
  while (take(reader, /\]/y) === null) {
    const first = readClassAtom(reader, start);
    if (take(reader, /-(?=[^\]])/y) === null) {
      atoms.push(first);
      continue;
    }
    const last = readClassAtom(reader, start);
    if (!("code" in first && "code" in last)) return complain(reader, "a range needs a character at each end");
    if (last.code < first.code) complain(reader, "the ends of the range are out of order");
    ranges.push(first.code, last.code);
  }
  return { ...setOf([...atoms, { ranges }]), negated };
};

const readClassAtom = (reader: Reader, start: number): Atom => {
  if (take(reader, /\\b/y) !== null) return { code: 0x08 };
  if (take(reader, /\\-/y) !== null) return { code: 0x2d };
  const character = takeCharacter(reader) ?? complain(reader, "a [ is never closed", start);
  return character === "\\" ? readEscapeAtom(reader) : { code: character.codePointAt(0)! };
};

const readEscapeAtom = (reader: Reader): Atom => {
  const start = reader.position - 1;
  const property = take(reader, /[pP]\{[A-Za-z_0-9=]{1,60}\}/y);
  if (property) return { property: knownProperty(reader, `\\${property[0]}`, start) };
  const hex = take(reader, /x([\da-fA-F]{2})|u([\da-fA-F]{4})|u\{([\da-fA-F]{1,6})\}/y);
  if (hex) return { code: knownCode(reader, Number.parseInt(hex[1] ?? hex[2] ?? hex[3]!, 16), start) };
  const character = takeCharacter(reader) ?? complain(reader, "it ends with a single backslash", start);
  const ranges = Object.hasOwn(shorthands, character) ? shorthands[character] : undefined;
  if (ranges) return { ranges };
  const control = Object.hasOwn(controls, character) ? controls[character] : undefined;
  if (control !== undefined) return { code: control };
  if (/[1-9k]/.test(character)) complain(reader, `referring back to a group, \\${character}, is not possible`, start);
  if (/[A-Za-z]/.test(character)) complain(reader, `\\${character} has no meaning`, start);
  return { code: character.codePointAt(0)! };
};

const knownCode = (reader: Reader, code: number, start: number): number =>
  code <= 0x10ffff ? code : complain(reader, "there is no such character", start);

const knownProperty = (reader: Reader, property: string, start: number): string => {
  try {
    new RegExp(property, "u");
    return property;
  } catch {
    return complain(reader, `there is no Unicode property ${property}`, start);
  }
};

const setOf = (atoms: readonly Atom[]): CharacterSet => {
  const ranges = normalize(
    atoms.flatMap((atom) =>
      "code" in atom ? [[atom.code, atom.code] as const] : "ranges" in atom ? pairs(atom.ranges) : [],
    ),
  );
  const properties = new Set(atoms.flatMap((atom) => ("property" in atom ? [atom.property] : [])));
  return properties.size === 0 ? { ranges } : { ranges, properties: new RegExp(`[${[...properties].join("")}]`, "u") };
};
