// Functions of dates. A date is ISO text in UTC, so it can be stored, sent and compared as it is; functions also take
// milliseconds since 1970. "Now" is the logical time that the evaluation was given.
import { type Evaluation, fail, spend } from "../evaluation.js";
import { formatDate, partsIn } from "./date-format.js";
import { fn } from "./entry.js";

const group = "dates";
const second = 1_000;
const day = 86_400 * second;
/** The last moment of the year 9999: later ones have no plain ISO text. */
const latest = 253_402_300_799_999;
/** The first of the year 0. */
const earliest = -62_167_219_200_000;

const isoText = (at: Evaluation, milliseconds: number): string => {
  spend(at, 1);
  if (milliseconds >= earliest && milliseconds <= latest) return new Date(milliseconds).toISOString();
  return fail(at, "EXPRESSION_VALUE", "a date has to be between the years 0 and 9999");
};

export const dateFunctions = [
  fn(group, "now(): text", "The present time.", ["now()", "2026-01-31T12:00:00.000Z"], (at) => isoText(at, at.env.now)),
  fn(
    group,
    "date(value: date): text",
    "A date in full; without a zone it is taken as UTC.",
    ['date("2026-01-31")', "2026-01-31T00:00:00.000Z"],
    isoText,
  ),
  fn(
    group,
    "formatDate(date: date, pattern: text, zone?: text): text",
    "A date as people write it: yyyy, MM, MMM, MMMM, dd, EEE, EEEE, HH, hh, mm, ss, SSS, a, and 'text' in quotes; zone as in Europe/Berlin.",
    [
      'formatDate("2026-01-31T18:05:00Z", "EEEE d MMMM yyyy, HH:mm", "Europe/Berlin")',
      "Saturday 31 January 2026, 19:05",
    ],
    formatDate,
  ),
  fn(
    group,
    "addDays(date: date, days: number): text",
    "The date so many days later.",
    ['addDays("2026-01-31", 1)', "2026-02-01T00:00:00.000Z"],
    (at, date, days) => isoText(at, date + days * day),
  ),
  fn(
    group,
    "addHours(date: date, hours: number): text",
    "The date so many hours later.",
    ['addHours("2026-01-31", 36)', "2026-02-01T12:00:00.000Z"],
    (at, date, hours) => isoText(at, date + hours * 3_600 * second),
  ),
  fn(
    group,
    "addMinutes(date: date, minutes: number): text",
    "The date so many minutes later.",
    ['addMinutes("2026-01-31T12:00:00Z", -5)', "2026-01-31T11:55:00.000Z"],
    (at, date, minutes) => isoText(at, date + minutes * 60 * second),
  ),
  fn(
    group,
    "addSeconds(date: date, seconds: number): text",
    "The date so many seconds later.",
    ['addSeconds("2026-01-31T12:00:00Z", 90)', "2026-01-31T12:01:30.000Z"],
    (at, date, seconds) => isoText(at, date + seconds * second),
  ),
  fn(
    group,
    "secondsBetween(from: date, to: date): number",
    "The seconds from one date to another; negative when the other is earlier.",
    ['secondsBetween("2026-01-31T12:00:00Z", "2026-01-31T12:01:30Z")', 90],
    (_at, from, to) => (to - from) / second,
  ),
  fn(
    group,
    "dayOfWeek(date: date, zone?: text): number",
    "The day of the week, from 0 for Sunday to 6 for Saturday.",
    ['dayOfWeek("2026-01-31")', 6],
    (at, date, zone) => partsIn(at, date, zone).weekday,
  ),
  fn(
    group,
    "timestamp(date: date): number",
    "The milliseconds since 1970.",
    ['timestamp("1970-01-02")', 86_400_000],
    (_at, date) => date,
  ),
  fn(
    group,
    "Date.now(): number",
    "The present time in milliseconds since 1970.",
    ["Date.now()", 1_769_860_800_000],
    (at) => at.env.now,
  ),
];
