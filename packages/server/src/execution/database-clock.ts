// The database's time, told by this process's monotonic clock: what decides timers, deadlines and leases is the same on
// every machine, and a wall clock that jumps changes nothing.
import type { Clock } from "../clock.js";

export interface DatabaseClock {
  /** The database's time now, ms since 1970. */
  now(): number;
  /** Corrects the clock: the database said `databaseNow`, asked at the monotonic time `askedAt`. */
  adjust(databaseNow: number, askedAt: number): void;
}

/** By so much per millisecond an answer may have taken longer than the best one, the older that is, to be preferred. */
const ageing = 0.01;

/** A clock that shows wall time until it is first adjusted. It never goes backwards. */
export const databaseClock = (clock: Clock): DatabaseClock => {
  let offset = clock.now() - clock.monotonic();
  let latest = 0;
  let best = { roundTrip: Number.POSITIVE_INFINITY, at: 0 };
  return {
    now: () => {
      latest = Math.max(latest, Math.round(clock.monotonic() + offset));
      return latest;
    },
    adjust: (databaseNow, askedAt) => {
      const at = clock.monotonic();
      const roundTrip = at - askedAt;
      // A slow answer (a busy database, a process that was frozen) says less than a quick one a moment ago.
      if (roundTrip > best.roundTrip + (at - best.at) * ageing) return;
      best = { roundTrip, at };
      // The answer was made somewhere between question and answer: the middle is the best guess.
      offset = databaseNow - (askedAt + at) / 2;
    },
  };
};
