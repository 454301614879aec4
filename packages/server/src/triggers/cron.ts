// When a cron expression fires in a time zone. croner does the calendar, in which all days are equally long; what
// clocks do that are put forward and back is decided here, by the rule of Vixie's cron.
//
// R1. The next time is after the one that was asked from, and the later one asks, the later it is. The zone of this
//     machine changes nothing.
// R2. Fixed times (neither minute nor hour begins with *): a local time that is left out fires once, at the next
//     instant there is; one that comes twice fires the first time only. croner takes a list for a wildcard; we do not.
// R3. Times with a wildcard follow the real clock: what is left out does not fire, what comes twice fires twice.
// R4. Both day fields restricted: either is enough. One that begins with * restricts nothing but itself.
import { cronProblem, isTimezone } from "@workflow-core/core";
import { Cron as Croner } from "croner";
import { Zone } from "./zone.js";

const minute = 60_000;

/** The columns of a schedule have no room for more. */
const longestExpression = 255;
const longestTimezone = 50;

/** An expression or zone that is not one; `field` says which, `message` why, as the end of a sentence about it. */
export class CronError extends Error {
  override readonly name = "CronError";
  readonly field: "cron_expression" | "timezone";

  constructor(field: CronError["field"], message: string) {
    super(message);
    this.field = field;
  }
}

/** What is wrong with an expression, as a sentence without its subject; undefined when nothing is. */
export const expressionProblem = (expression: string): string | undefined =>
  expression.length > longestExpression ? `must have at most ${longestExpression} characters` : cronProblem(expression);

/** What is wrong with a zone's name; undefined when nothing is. */
export const timezoneProblem = (zone: string): string | undefined =>
  zone.length <= longestTimezone && isTimezone(zone)
    ? undefined
    : "is not a time zone; one is written like Europe/Berlin";

export interface Cron {
  /** The first time after an instant; both in milliseconds since 1970. Undefined: none before the year 9999. */
  next(after: number): number | undefined;
  /** The first `count` times after an instant. */
  upcoming(after: number, count: number): number[];
  /** The last time that is not after `until`, known that `first` is one and not after it. */
  latest(first: number, until: number): number;
}

/** Reads an expression for a zone. Throws CronError. */
export function readCron(expression: string, timezone: string): Cron {
  const wrong = expressionProblem(expression);
  if (wrong !== undefined) throw new CronError("cron_expression", wrong);
  const wrongZone = timezoneProblem(timezone);
  if (wrongZone !== undefined) throw new CronError("timezone", wrongZone);
  const fields = expression.trim().toLowerCase().split(/\s+/);
  const match = calendar(fields);
  const zone = new Zone(timezone);
  const fixed = !fields.slice(0, 2).some((field) => field.startsWith("*"));
  return withNext((after) => (fixed ? nextFixed(match, zone, after) : nextByClock(match, zone, after)));
}

/** The first reading after another one that fits the expression. */
type Match = (reading: number) => number | undefined;

function calendar(fields: readonly string[]): Match {
  const cron = new Croner(fields.join(" "), {
    ...{ mode: "5-part", sloppyRanges: true, utcOffset: 0, paused: true },
    domAndDow: fields[2]?.startsWith("*") === true || fields[4]?.startsWith("*") === true, // R4
  });
  // Only whole minutes fit, so the seconds of the question are of no account.
  return (reading) => cron.nextRun(new Date(Math.floor(reading / minute) * minute))?.getTime();
}

/** R2. */
function nextFixed(match: Match, zone: Zone, after: number): number | undefined {
  const reading = match(zone.latestReading(after));
  return reading === undefined ? undefined : zone.firstReached(reading);
}

/** R3. Goes from one change of the clocks to the next, as long as nothing fits before it. */
function nextByClock(match: Match, zone: Zone, after: number): number | undefined {
  let from = after;
  let offset = zone.offset(after);
  let reading = match(after + offset);
  while (reading !== undefined) {
    const due = reading - offset;
    const change = zone.change(from, due);
    if (change === undefined) return due;
    from = change;
    offset = zone.offset(change);
    reading = match(change + offset - 1);
  }
  return undefined;
}

function withNext(next: Cron["next"]): Cron {
  const until = (after: number, limit: number): number | undefined => {
    const time = next(after);
    return time !== undefined && time <= limit ? time : undefined;
  };
  return {
    next,
    upcoming(after, count) {
      const times: number[] = [];
      for (let time = next(after); time !== undefined && times.length < count; time = next(time)) times.push(time);
      return times;
    },
    latest(first, limit) {
      // Halves the time in which the last one lies; counting through a year of minutes would take half a minute.
      let found = first;
      let [low, high] = [first, limit];
      while (low < high) {
        const middle = Math.floor((low + high) / 2);
        const time = until(middle, limit);
        if (time === undefined) high = middle;
        else {
          found = time;
          low = time;
        }
        if (until(low, limit) === undefined) break;
      }
      return found;
    },
  };
}
