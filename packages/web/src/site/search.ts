// Finding sections by words: every word must begin a word of the section; titles count more than text.

/** A section as the build writes it: address, page, heading, text. */
export interface Section {
  u: string;
  p: string;
  h: string;
  t: string;
}

const fold = (text: string): string => text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "");
const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

const scoreOf = ({ p, h, t }: Section, words: readonly string[]): number => {
  let score = 0;
  for (const word of words) {
    const begins = new RegExp(`(?:^|[^\\p{L}\\p{N}])${escaped(word)}`, "u");
    const found = (begins.test(fold(h)) ? 8 : 0) + (begins.test(fold(p)) ? 4 : 0) + (begins.test(fold(t)) ? 1 : 0);
    if (found === 0) return 0;
    score += found + (fold(h) === word ? 8 : 0);
  }
  return score;
};

/** The best sections first, at most `most`. */
export const findSections = (sections: readonly Section[], query: string, most = 12): Section[] => {
  const words = fold(query)
    .split(/\s+/)
    .filter((word) => word !== "");
  if (words.length === 0) return [];
  return sections
    .map((section) => ({ section, score: scoreOf(section, words) }))
    .filter(({ score }) => score > 0)
    .sort((left, right) => right.score - left.score)
    .slice(0, most)
    .map(({ section }) => section);
};
