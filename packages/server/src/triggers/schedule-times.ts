// When schedules fire: their expressions read once, with the zone of the settings where a schedule names none.

import type { Timing } from "../store/schedules.js";
import { type Cron, readCron } from "./cron.js";

/** Expressions that are kept read. */
const most = 5000;

export interface ScheduleTimes {
  /** The zone of a schedule. */
  zoneOf(timing: Timing): string;
  /** The expression of a schedule, read for its zone. Throws CronError. */
  cron(timing: Timing): Cron;
  /** The first time after an instant; undefined: none. Throws CronError. */
  next(timing: Timing, after: number): number | undefined;
}

/** `defaultZone` is SCHEDULER_TIMEZONE. */
export function createScheduleTimes(defaultZone: string): ScheduleTimes {
  const known = new Map<string, Cron>();
  const zoneOf = ({ timezone }: Timing) => timezone ?? defaultZone;
  const cron = (timing: Timing): Cron => {
    const zone = zoneOf(timing);
    const key = `${zone}\n${timing.cron_expression}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const made = readCron(timing.cron_expression, zone);
    if (known.size >= most) known.clear();
    known.set(key, made);
    return made;
  };
  return { zoneOf, cron, next: (timing, after) => cron(timing).next(after) };
}

/** A fire time as executions and people know it: 2026-01-31T18:00:00Z. */
export const fireTime = (time: number): string => new Date(time).toISOString().replace(".000Z", "Z");
