// How others may write a secret that was sent to them. What they escape (in addresses, JSON, markup) needs no writings
// of its own: texts are also read without their escapes (without-escapes.ts).
import { withoutEscapes } from "./without-escapes.js";

/** Writings that are shorter are left: they would blank out ordinary words. */
export const shortestWriting = 8;

/** Longer ones have only the usual writings: a hundred of them are made ready for every call. */
const longestEveryWay = 1024;

/** A text that gives a secret away. */
export interface Writing {
  text: string;
  name: string;
  /** So many characters before and behind it hold some bits of the secret too. */
  before: number;
  behind: number;
}

/** All writings of a secret; none when it is too short. Yields now and then: there may be many (in-turns.ts). */
export function* writingsOf(name: string, value: string): Generator<undefined, Writing[]> {
  const writings = new Map<string, Writing>();
  const add: Add = (text, before = 0, behind = 0) => {
    if (text.length >= shortestWriting) writings.set(text, { text, name, before, behind });
  };
  // Headers carry it without blanks at its ends.
  const plain = [value, value.trim()].filter(({ length }) => length >= shortestWriting);
  for (const text of plain) {
    const everyWay = text.length <= longestEveryWay;
    const unescaped = yield* withoutEscapes(text);
    for (const each of [text, ...misread(text), unescaped?.text ?? text]) {
      add(each);
      add(each.replaceAll(" ", "+")); // as forms write blanks
    }
    if (everyWay) add(text.toLowerCase()); // as names of headers and hosts are written
    for (const bytes of packedBytes(text, everyWay)) {
      packings(bytes, everyWay, add);
      yield;
    }
  }
  return [...writings.values()];
}

const isAscii = (text: string): boolean => !/[^\0-\x7f]/.test(text);
const isLatin1 = (text: string): boolean => !/[^\0-\xff]/.test(text);

/** What becomes of it where one side takes UTF-8 and the other Latin-1, as headers do. */
function misread(text: string): string[] {
  if (isAscii(text)) return [];
  const bytes = Buffer.from(text);
  const asLatin1 = [bytes.toString("latin1"), new TextDecoder("windows-1252").decode(bytes)];
  return isLatin1(text) ? [...asLatin1, Buffer.from(text, "latin1").toString("utf8")] : asLatin1;
}

/** The bytes that may have been packed: it alone, as headers carry it, and out of a JSON text. */
function packedBytes(text: string, everyWay: boolean): Buffer[] {
  const inJson = JSON.stringify(text).slice(1, -1);
  if (!everyWay) return [...new Set([text, inJson])].map((each) => Buffer.from(each));
  const inAscii = inJson.replace(/[^\0-\x7f]/g, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`);
  const all = [...new Set([text, inJson, inAscii])].map((each) => Buffer.from(each));
  return isAscii(text) || !isLatin1(text) ? all : [...all, Buffer.from(text, "latin1")];
}

type Add = (text: string, before?: number, behind?: number) => void;

/** As hexadecimal digits, and as base64 alone and amid other bytes. */
function packings(bytes: Buffer, everyWay: boolean, add: Add): void {
  if (everyWay) {
    const digits = bytes.toString("hex");
    add(digits);
    add(digits.toUpperCase());
  }
  for (const way of everyWay ? (["base64", "base64url"] as const) : (["base64"] as const)) {
    // Three bytes are four characters: what is the same wherever it begins, without those that it shares with others.
    for (const before of [1, 2, 0]) {
      const bits = 8 * (before + bytes.length);
      const text = Buffer.concat([Buffer.alloc(before), bytes]).toString(way);
      add(text.slice(Math.ceil((8 * before) / 6), Math.floor(bits / 6)), before === 0 ? 0 : 1, bits % 6 === 0 ? 0 : 1);
    }
    add(bytes.toString(way).replace(/=+$/, ""));
  }
}
