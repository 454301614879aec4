// Durations as people write them: 90, 1m 30s, 2h, 1.5 min.

const units: Readonly<Record<string, number>> = { ms: 0.001, s: 1, sec: 1, m: 60, min: 60, h: 3600, d: 86_400 };

/** Seconds, or undefined when the text is no duration. */
export const parseDuration = (text: string): number | undefined => {
  const trimmed = text.trim().toLowerCase();
  if (/^\d+(\.\d+)?$/.test(trimmed)) return Number(trimmed);
  const parts = [...trimmed.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)\s*/gy)];
  if (parts.length === 0 || parts.map(([whole]) => whole).join("").length !== trimmed.length) return undefined;
  let seconds = 0;
  for (const [, amount, unit = ""] of parts) {
    const size = units[unit];
    if (size === undefined) return undefined;
    seconds += Number(amount) * size;
  }
  return Math.round(seconds * 1000) / 1000;
};

/** `90` as `1 min 30 s`; empty where the number says it all. */
export const spokenDuration = (seconds: number): string => {
  if (seconds < 60) return "";
  const words: string[] = [];
  let left = seconds;
  for (const [unit, size] of [
    ["d", 86_400],
    ["h", 3600],
    ["min", 60],
    ["s", 1],
  ] as const) {
    const count = unit === "s" ? Math.round(left * 1000) / 1000 : Math.floor(left / size);
    left -= count * size;
    if (count > 0) words.push(`${count} ${unit}`);
  }
  return words.join(" ");
};
