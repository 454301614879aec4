// Takes the values of secrets out of texts. A community has up to a hundred of them, each in several writings, and an
// answer up to two million characters in any number of texts: so a text is read once, whatever the number of secrets.
//
// W1. A text that holds no writing of a value is given back as it is.
// W2. Where one writing holds another, the longer one goes first.
import { hiddenSecret } from "@workflow-core/core";
import { encode } from "./header-text.js";

/** Writings that are shorter are left: they would blank out ordinary words. */
const shortest = 8;
const base = 0x01000193;
/** `base` to the power of `shortest - 1`, as the sum below has it. */
const leading = Array.from({ length: shortest - 1 }).reduce((power: number) => Math.imul(power, base), 1);

interface Writing {
  text: string;
  name: string;
}

/** The change that hides these values, by name, however they may have been written. */
export function clearing(values: Iterable<readonly [name: string, value: string]>): (text: string) => string {
  const writings = [...values]
    .flatMap(([name, value]) => writingsOf(value).map((text): Writing => ({ text, name })))
    .sort((left, right) => right.text.length - left.text.length);
  const bySum = new Map<number, Writing[]>();
  for (const writing of writings) {
    const sum = firstSum(writing.text);
    bySum.set(sum, [...(bySum.get(sum) ?? []), writing]);
  }
  return (text) => {
    const found = occurringIn(text, bySum);
    if (found.size === 0) return text; // W1
    const held = writings.filter((writing) => found.has(writing)); // W2
    return held.reduce((rest, each) => rest.replaceAll(each.text, hiddenSecret(each.name)), text);
  };
}

/** A value as it is, as headers carry it, as an address writes it, inside JSON, and as base64, without its filling. */
function writingsOf(value: string): string[] {
  const [plain, urlSafe] = (["base64", "base64url"] as const).map((way) => Buffer.from(value).toString(way));
  const all = [value, value.trim(), encode(value), JSON.stringify(value).slice(1, -1)];
  return [...new Set([...all, plain?.replace(/=+$/, "") ?? "", urlSafe ?? ""])].filter(
    ({ length }) => length >= shortest && value.length >= shortest,
  );
}

/** Of the first characters of a text that has enough of them. */
function firstSum(text: string): number {
  let sum = 0;
  for (let index = 0; index < shortest; index += 1) sum = (Math.imul(sum, base) + text.charCodeAt(index)) | 0;
  return sum;
}

/** The writings that occur in a text: where the sum of a place is that of a beginning, the rest is compared. */
function occurringIn(text: string, bySum: ReadonlyMap<number, readonly Writing[]>): ReadonlySet<Writing> {
  const found = new Set<Writing>();
  if (text.length < shortest || bySum.size === 0) return found;
  let sum = firstSum(text);
  for (let place = 0; ; place += 1) {
    for (const writing of bySum.get(sum) ?? none) if (text.startsWith(writing.text, place)) found.add(writing);
    const next = place + shortest;
    if (next >= text.length) return found;
    const without = (sum - Math.imul(text.charCodeAt(place), leading)) | 0;
    sum = (Math.imul(without, base) + text.charCodeAt(next)) | 0;
  }
}

const none: readonly Writing[] = [];
