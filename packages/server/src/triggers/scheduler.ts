// The scheduler: looks for schedules that are due and starts what they owe. Every process that carries out executions
// runs one; which of them fires a schedule does not matter.
//
// 1. What is due is claimed, started under keys that are unique, then settled. Whoever dies in between, or is too slow,
//    leaves the rest to the next claimer, who finds what was started (store/due-schedules.ts, fire-schedule.ts).
// 2. It wakes when the next schedule is due, by the database's time, and at least once a second.
import { randomUUID } from "node:crypto";
import type { License } from "../access/license.js";
import type { Clock } from "../clock.js";
import { crashPoint } from "../execution/crash-point.js";
import type { Start } from "../execution/start.js";
import type { Log } from "../log.js";
import type { Settings } from "../settings.js";
import type { Database } from "../store/database.js";
import { databaseFailure } from "../store/database-failure.js";
import { claimSchedules, refreshSchedules, secondsUntilSchedule, settleSchedules } from "../store/due-schedules.js";
import { getExecution } from "../store/executions.js";
import type { TriggerLine } from "../store/trigger-log.js";
import { type FireOptions, fireSchedule } from "./fire-schedule.js";
import type { ScheduleTimes } from "./schedule-times.js";

export interface SchedulerOptions {
  database: Database;
  start: Start;
  license: License;
  clock: Clock;
  log: Log;
  times: ScheduleTimes;
  settings: Pick<Settings, "SCHEDULER_JOB_DEFAULTS_COALESCE" | "SCHEDULER_JOB_DEFAULTS_MAX_INSTANCES">;
  /** Takes a line for the trigger log. */
  note?(line: TriggerLine): void;
  /** How long a claim keeps others away, in seconds; 5 unless given. */
  claimSeconds?: number;
}

export interface Scheduler {
  /** Calculates anew what is to come and begins to look. */
  start(): Promise<void>;
  /** Looks no more; resolves when what was claimed here is settled. */
  stop(): Promise<void>;
  /** One round: fires what is due, up to a hundred schedules, and gives their number. Throws what the database throws. */
  tick(): Promise<number>;
}

const batch = 100;
const pollMs = 1000;

export function createScheduler(options: SchedulerOptions): Scheduler {
  const { database, clock, log, times, settings, claimSeconds = 5 } = options;
  const firing: FireOptions = {
    ...{ start: options.start, license: options.license, times, log },
    coalesce: settings.SCHEDULER_JOB_DEFAULTS_COALESCE,
    maxInstances: settings.SCHEDULER_JOB_DEFAULTS_MAX_INSTANCES,
    startedAt: async (id) => (await getExecution(database, id))?.start_time,
  };
  let running = false;
  let round: Promise<void> | undefined;
  let cancelTimer: (() => void) | undefined;

  const tick = async (): Promise<number> => {
    const claim = randomUUID();
    const due = await claimSchedules(database, claim, batch, claimSeconds);
    if (due.length === 0) return 0;
    crashPoint("B12");
    const fired = await Promise.all(due.map((schedule) => fireSchedule(firing, schedule)));
    crashPoint("B18");
    const settlements = fired.flatMap(({ settlement }) => settlement ?? []);
    if (settlements.length > 0) await settleSchedules(database, claim, settlements);
    for (const { lines } of fired) for (const line of lines) options.note?.(line);
    return due.length;
  };

  /** One round and the milliseconds until the next is worth it. */
  const look = async (): Promise<number> => {
    try {
      if ((await tick()) > 0) return 0;
      const seconds = await secondsUntilSchedule(database);
      return seconds === undefined ? pollMs : Math.min(pollMs, Math.max(0, Math.ceil(seconds * 1000)));
    } catch (error) {
      // The worker's heartbeat says already that the database is away.
      if (databaseFailure(error) === "other") log.error("schedule_tick", { error });
      return pollMs;
    }
  };

  const wakeIn = (milliseconds: number): void => {
    if (!running) return;
    cancelTimer = clock.setTimer(milliseconds, () => {
      round = look().then(wakeIn);
    });
  };

  return {
    tick,
    async start() {
      running = true;
      try {
        const { broken } = await refreshSchedules(database, times.next);
        if (broken.length > 0) {
          const message = `${broken.length} schedules cannot be read and do not fire.`;
          log.system("WARNING", "schedule_broken", { message, schedules: broken.slice(0, 20) });
        }
      } catch (error) {
        log.system("WARNING", "schedule_refresh", { error });
      }
      wakeIn(0);
    },
    async stop() {
      running = false;
      cancelTimer?.();
      await round;
    },
  };
}
