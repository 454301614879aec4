// Times in the viewer's zone and words for spans of time.

const absolute = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });

const steps: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];

/** `3 minutes ago`, `in 2 days`. */
export const ago = (iso: string | null | undefined, now = Date.now()): string => {
  if (!iso) return "never";
  const seconds = (Date.parse(iso) - now) / 1000;
  if (Number.isNaN(seconds)) return iso;
  for (const [unit, size] of steps)
    if (Math.abs(seconds) >= size) return relative.format(Math.round(seconds / size), unit);
  return Math.abs(seconds) < 10 ? "just now" : relative.format(Math.round(seconds), "second");
};

/** Date and time in the viewer's zone. */
export const moment = (iso: string | number | null | undefined): string => {
  if (iso === null || iso === undefined || iso === "") return "–";
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? String(iso) : absolute.format(date);
};

export const clockTime = (at: string | number): string => clock.format(new Date(at));

/** `1.2 s`, `340 ms`, `2 min 5 s`. */
export const span = (seconds: number | null | undefined): string => {
  if (seconds === null || seconds === undefined || Number.isNaN(seconds)) return "–";
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${Math.round(seconds * 10) / 10} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(seconds % 60)} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
};

/** `4 calls, last 5 minutes ago`, or the word for none at all. */
export const countSince = (count: number, [one, many, none]: [string, string, string], last: string | null): string =>
  count === 0 ? none : `${count} ${count === 1 ? one : many}, last ${ago(last)}`;
