// Dates as people write them, in any zone of the tz database. Names are English, whatever the machine speaks.
import { allowText, type Evaluation, fail, spend } from "../evaluation.js";
import { boundedCache } from "../lru.js";
import { shorten } from "../values.js";

export interface DateParts {
  year: number;
  /** From 1. */
  month: number;
  day: number;
  /** From 0 for Sunday. */
  weekday: number;
  hour: number;
  minute: number;
  second: number;
  millisecond: number;
}

const months = "January February March April May June July August September October November December".split(" ");
const weekdays = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");
const maxPatternLength = 200;
const formatters = boundedCache<Intl.DateTimeFormat>(2_000);

/** A moment as the calendar and the clocks of a zone (UTC) show it. */
export const partsIn = (at: Evaluation, milliseconds: number, zone = "UTC"): DateParts => {
  const shown = zone === "UTC" ? milliseconds : wallClock(at, milliseconds, zone);
  const date = new Date(shown);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    weekday: date.getUTCDay(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    millisecond: date.getUTCMilliseconds(),
  };
};

/** The moment at which UTC's clocks show what the zone's show now. */
const wallClock = (at: Evaluation, milliseconds: number, zone: string): number => {
  spend(at, 40);
  const parts = new Map(
    formatterOf(at, zone)
      .formatToParts(milliseconds)
      .map(({ type, value }) => [type, value]),
  );
  const numberOf = (type: Intl.DateTimeFormatPartTypes) => Number(parts.get(type) ?? 0);
  const year = parts.get("era")?.startsWith("B") ? 1 - numberOf("year") : numberOf("year");
  const date = new Date(0);
  date.setUTCFullYear(year, numberOf("month") - 1, numberOf("day"));
  date.setUTCHours(numberOf("hour"), numberOf("minute"), numberOf("second"), ((milliseconds % 1_000) + 1_000) % 1_000);
  return date.getTime();
};

const formatterOf = (at: Evaluation, zone: string): Intl.DateTimeFormat => {
  const known = formatters.get(zone);
  if (known) return known;
  spend(at, 500);
  const numeric = "numeric";
  try {
    const fields = {
      year: numeric,
      month: numeric,
      day: numeric,
      hour: numeric,
      minute: numeric,
      second: numeric,
    } as const;
    return formatters.set(
      zone,
      new Intl.DateTimeFormat("en-US", {
        ...fields,
        timeZone: zone,
        hourCycle: "h23",
        calendar: "gregory",
        era: "short",
      }),
    );
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return fail(
      at,
      "EXPRESSION_VALUE",
      `there is no time zone ${JSON.stringify(shorten(zone))}; write one such as Europe/Berlin`,
    );
  }
};

const padded = (value: number, length: number): string => String(value).padStart(length, "0");

const fields: Readonly<Record<string, (parts: DateParts) => string>> = {
  yyyy: ({ year }) => padded(year, 4),
  yy: ({ year }) => padded(year % 100, 2),
  MMMM: ({ month }) => months[month - 1]!,
  MMM: ({ month }) => months[month - 1]!.slice(0, 3),
  MM: ({ month }) => padded(month, 2),
  M: ({ month }) => String(month),
  dd: ({ day }) => padded(day, 2),
  d: ({ day }) => String(day),
  EEEE: ({ weekday }) => weekdays[weekday]!,
  EEE: ({ weekday }) => weekdays[weekday]!.slice(0, 3),
  HH: ({ hour }) => padded(hour, 2),
  H: ({ hour }) => String(hour),
  hh: ({ hour }) => padded(hour % 12 || 12, 2),
  h: ({ hour }) => String(hour % 12 || 12),
  mm: ({ minute }) => padded(minute, 2),
  m: ({ minute }) => String(minute),
  ss: ({ second }) => padded(second, 2),
  s: ({ second }) => String(second),
  SSS: ({ millisecond }) => padded(millisecond, 3),
  a: ({ hour }) => (hour < 12 ? "AM" : "PM"),
};
/** Spellings from other libraries that mean the same. */
const synonyms: Readonly<Record<string, string>> = {
  YYYY: "yyyy",
  YY: "yy",
  DD: "dd",
  D: "d",
  dddd: "EEEE",
  ddd: "EEE",
  A: "a",
};

/** A date by a pattern such as "d MMMM yyyy, HH:mm". Letters have a meaning unless they stand in 'quotes'. */
export const formatDate = (at: Evaluation, milliseconds: number, pattern: string, zone?: string): string => {
  if (pattern.length > maxPatternLength)
    fail(at, "EXPRESSION_LIMIT", `a date pattern may have ${maxPatternLength} characters at most`);
  spend(at, 4 + (pattern.length >> 1));
  const parts = partsIn(at, milliseconds, zone);
  const text = pattern.replaceAll(/'([^']*)'|([A-Za-z])\2*/g, (piece, quoted: string | undefined) => {
    if (quoted !== undefined) return quoted === "" ? "'" : quoted;
    const name = Object.hasOwn(synonyms, piece) ? synonyms[piece]! : piece;
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    return (
      field?.(parts) ?? fail(at, "EXPRESSION_VALUE", `${piece} has no meaning in a date pattern; put text in 'quotes'`)
    );
  });
  allowText(at, text.length);
  return text;
};
