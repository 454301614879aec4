// Times as people and databases read them.

const kept = 256;
const times: number[] = new Array(kept).fill(Number.NaN);
const texts: string[] = new Array(kept).fill("");

/** `2026-11-23T04:00:00.000Z` of milliseconds since 1970. Many things happen in the same few: their texts are kept. */
export const isoTime = (at: number): string => {
  const place = at & (kept - 1);
  if (times[place] !== at) {
    texts[place] = new Date(at).toISOString();
    times[place] = at;
  }
  return texts[place] as string;
};
