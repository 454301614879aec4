// Times as people and databases read them.

let lastAt = Number.NaN;
let lastText = "";

/** `2026-11-23T04:00:00.000Z` of milliseconds since 1970. Many things happen in one millisecond: the last text is kept. */
export const isoTime = (at: number): string => {
  if (at !== lastAt) {
    lastText = new Date(at).toISOString();
    lastAt = at;
  }
  return lastText;
};
