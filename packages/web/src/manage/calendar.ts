// The days of a calendar: times of schedules on the viewer's days, those of one schedule that are many drawn as one.
import type { PlannedSchedule } from "../api/types.js";

export interface DayEntry {
  schedule: PlannedSchedule;
  /** ISO-8601, in order. */
  times: string[];
}

export interface Day {
  /** Midnight in the viewer's zone, milliseconds since 1970. */
  at: number;
  entries: DayEntry[];
}

/** So many times of a schedule are drawn one by one; more become one line. */
const apart = 3;

const midnight = (at: number, plus = 0): number => {
  const date = new Date(at);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + plus).getTime();
};

/** Seven days from today on, each with what fires on it, in order. */
export const daysOf = (schedules: readonly PlannedSchedule[], now: number, count = 7): Day[] =>
  Array.from({ length: count }, (_, index) => {
    const [from, to] = [midnight(now, index), midnight(now, index + 1)];
    const entries = schedules.flatMap((schedule): DayEntry[] => {
      const times = schedule.upcoming.filter((time) => Date.parse(time) >= from && Date.parse(time) < to);
      if (times.length > apart) return [{ schedule, times }];
      return times.map((time) => ({ schedule, times: [time] }));
    });
    return { at: from, entries: entries.sort((left, right) => first(left) - first(right)) };
  });

const first = ({ times }: DayEntry): number => Date.parse(times[0] ?? "");

/** Whether two zones show the same clock at a moment. */
export const sameClock = (time: string, zone: string): boolean => clockIn(time, zone) === clockIn(time);

const formats = new Map<string, Intl.DateTimeFormat>();

/** Hours and minutes in a zone, the viewer's unless one is named, with the day where that is another one. */
export const clockIn = (time: string, zone?: string): string => {
  const key = zone ?? "";
  const options = { hour: "2-digit", minute: "2-digit", ...(zone === undefined ? {} : { timeZone: zone }) } as const;
  const format = formats.get(key) ?? new Intl.DateTimeFormat(undefined, options);
  formats.set(key, format);
  return format.format(new Date(time));
};

/** Named in the calendar where they differ from the viewer's: New York. */
export const zoneName = (zone: string): string => zone.slice(zone.lastIndexOf("/") + 1).replaceAll("_", " ");
