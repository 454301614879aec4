// Finds many writings in a text at once. A text is read once for each power of two among their lengths, whatever their
// number and whatever it is made of: nobody can have it read again and again by what he writes.
//
// A writing of 2^n up to 2^(n+1) characters is wholly covered by its first and its last 2^n characters. The sums of
// these are compared at every place; only where both are right, the text is.
import { shortestWriting, type Writing } from "./secret-writings.js";

export interface Finding {
  start: number;
  end: number;
  name: string;
}

export type Find = (text: string) => Generator<undefined, Finding[]>;

interface Sought extends Writing {
  lastSum: number;
}

/** The writings of 2^n up to 2^(n+1) characters. */
interface Size {
  window: number;
  power: number;
  /** Says no at once for most sums that are nobody's. */
  filter: Uint8Array;
  byFirstSum: Map<number, Sought[]>;
}

const base = 0x01000193;
const filterBits = 14;
/** Places that are looked at in one piece. */
const piece = 8192;

const filterPlace = (sum: number): number => sum >>> (32 - filterBits);

/** Both functions yield now and then: writings and texts may be many and long (in-turns.ts). One text at a time. */
export function* finderOf(writings: readonly Writing[]): Generator<undefined, Find> {
  const sizes = yield* sizesOf(writings);
  let sums = new Int32Array(256);
  return function* (text) {
    const { length } = text;
    if (length < shortestWriting) return [];
    if (sums.length <= length) sums = new Int32Array(length + 1);
    for (let place = 0; place < length; place += 1) {
      sums[place + 1] = (Math.imul(sums[place] ?? 0, base) + text.charCodeAt(place)) | 0;
      if (place % piece === piece - 1) yield;
    }
    const found = new Map<Sought, Finding[]>();
    for (const size of sizes) {
      for (let from = 0; from + size.window <= length; from += piece) {
        search(text, sums, size, from, Math.min(from + piece, length - size.window + 1), found);
        if (length > piece) yield;
      }
    }
    return found.size === 0 ? [] : [...found.values()].flat();
  };
}

function search(
  text: string,
  sums: Int32Array,
  { window, power, filter, byFirstSum }: Size,
  from: number,
  until: number,
  found: Map<Sought, Finding[]>,
): void {
  for (let place = from; place < until; place += 1) {
    const sum = ((sums[place + window] ?? 0) - Math.imul(sums[place] ?? 0, power)) | 0;
    if (filter[filterPlace(sum)] === 0) continue;
    for (const writing of byFirstSum.get(sum) ?? none) {
      const end = place + writing.text.length;
      const last = ((sums[end] ?? 0) - Math.imul(sums[end - window] ?? 0, power)) | 0;
      if (last !== writing.lastSum || end > text.length) continue;
      const before = found.get(writing);
      // Where it was found it is not looked for again: texts that repeat themselves would be read without an end.
      if (place < (before?.at(-1)?.end ?? 0) || !text.startsWith(writing.text, place)) continue;
      const start = Math.max(0, place - writing.before);
      const finding = { start, end: Math.min(text.length, end + writing.behind), name: writing.name };
      if (before === undefined) found.set(writing, [finding]);
      else before.push(finding);
    }
  }
}

function* sizesOf(writings: readonly Writing[]): Generator<undefined, Size[]> {
  const sizes = new Map<number, Size>();
  for (const writing of writings) {
    const window = 2 ** Math.floor(Math.log2(writing.text.length));
    const size = sizes.get(window) ?? {
      ...{ window, power: powerOf(window), filter: new Uint8Array(2 ** filterBits), byFirstSum: new Map() },
    };
    sizes.set(window, size);
    const first = sumOf(writing.text, 0, window);
    const lastSum = sumOf(writing.text, writing.text.length - window, window);
    size.filter[filterPlace(first)] = 1;
    const same = size.byFirstSum.get(first);
    if (same === undefined) size.byFirstSum.set(first, [{ ...writing, lastSum }]);
    else same.push({ ...writing, lastSum });
    yield;
  }
  return [...sizes.values()];
}

function sumOf(text: string, from: number, count: number): number {
  let sum = 0;
  for (let place = from; place < from + count; place += 1) sum = (Math.imul(sum, base) + text.charCodeAt(place)) | 0;
  return sum;
}

function powerOf(exponent: number): number {
  let power = 1;
  for (let index = 0; index < exponent; index += 1) power = Math.imul(power, base);
  return power;
}

const none: readonly Sought[] = [];
