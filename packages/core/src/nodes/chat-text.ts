// Chat platforms cut or refuse what is too long, so a long message goes out in parts. A part ends at a space where
// there is one; lengths are counted in code points, so that no character is torn apart.

/** The longest message of each platform, in code points. */
const longest: Readonly<Record<string, number>> = { twitch: 500, discord: 2000, youtube: 200, slack: 4000, kick: 500 };
const usualLongest = 500;

/** How long a message may be there; unknown platforms get the common 500. */
export const longestMessage = (platform: unknown): number => {
  const name = typeof platform === "string" ? platform.toLowerCase() : "";
  return Object.hasOwn(longest, name) ? (longest[name] ?? usualLongest) : usualLongest;
};

const isSpace = (point: string | undefined): boolean => point !== undefined && /\s/.test(point);

/** Where the part that starts at `start` ends: at the last space that still fits, else in mid-word. */
const partEnd = (points: readonly string[], start: number, limit: number): number => {
  const full = start + limit;
  if (full >= points.length) return points.length;
  for (let end = full; end > start; end--) if (isSpace(points[end])) return end;
  return full;
};

/** Parts of at most `limit` code points, none of them empty; text without anything to say has no parts. */
export const splitText = (text: string, limit: number): string[] => {
  const points = [...text.trim()];
  const parts: string[] = [];
  let start = 0;
  while (start < points.length) {
    const end = partEnd(points, start, limit);
    parts.push(points.slice(start, end).join("").trimEnd());
    start = end;
    while (isSpace(points[start])) start++;
  }
  return parts;
};
