// Sets of characters, as patterns need them: \d, [a-z], [^\s_], \p{L}. A set is sorted ranges, so asking takes the same
// few comparisons whatever its author wrote, plus one test of a single character for Unicode properties.

export interface CharacterSet {
  /** First and last code points of disjoint ranges in order: [48, 57, 97, 122]. */
  ranges: readonly number[];
  /** Unicode properties as the engine's own pattern for one character; only ever run on a text of one character. */
  properties?: RegExp;
  negated?: boolean;
}

const lastCodePoint = 0x10ffff;

/** Joins ranges in any order, overlapping or not, into disjoint ones in order. */
export const normalize = (pairs: readonly (readonly [number, number])[]): number[] => {
  const ranges: number[] = [];
  for (const [first, last] of [...pairs].sort((a, b) => a[0] - b[0])) {
    const end = ranges.at(-1);
    if (end !== undefined && first <= end + 1) ranges[ranges.length - 1] = Math.max(end, last);
    else ranges.push(first, last);
  }
  return ranges;
};

export const pairs = (ranges: readonly number[]): [number, number][] =>
  Array.from({ length: ranges.length / 2 }, (_, index) => [ranges[index * 2]!, ranges[index * 2 + 1]!]);

/** The characters that are not in the ranges. */
export const invert = (ranges: readonly number[]): number[] => {
  const inverted: [number, number][] = [];
  let next = 0;
  for (const [first, last] of pairs(ranges)) {
    if (first > next) inverted.push([next, first - 1]);
    next = last + 1;
  }
  if (next <= lastCodePoint) inverted.push([next, lastCodePoint]);
  return inverted.flat();
};

export const digits = [0x30, 0x39];
export const wordCharacters = [0x30, 0x39, 0x41, 0x5a, 0x5f, 0x5f, 0x61, 0x7a];
export const lineEnds = [0x0a, 0x0a, 0x0d, 0x0d, 0x2028, 0x2029];
export const spaces = normalize([
  [0x09, 0x0d],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
]);

/** Whether a character, in any of its forms (as it is, or its cases too), belongs to a set. */
export const contains = (set: CharacterSet, forms: readonly number[]): boolean => {
  for (const form of forms)
    if (inRanges(set.ranges, form) || (set.properties?.test(String.fromCodePoint(form)) ?? false))
      return set.negated !== true;
  return set.negated === true;
};

const inRanges = (ranges: readonly number[], code: number): boolean => {
  let low = 0;
  let high = ranges.length / 2 - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (code < ranges[middle * 2]!) high = middle - 1;
    else if (code > ranges[middle * 2 + 1]!) low = middle + 1;
    else return true;
  }
  return false;
};

/** Whether a character counts as part of a word for \b; undefined stands for the edge of the text. */
export const isWordCharacter = (code: number | undefined): boolean =>
  code !== undefined && inRanges(wordCharacters, code);

export const isLineEnd = (code: number): boolean => inRanges(lineEnds, code);
