// The database's time, told by this process's monotonic clock: what decides timers, deadlines and leases is the same on
// every machine, and a wall clock that jumps changes nothing.
import type { Clock } from "../clock.js";

export interface DatabaseClock {
  /** The database's time now, ms since 1970. */
  now(): number;
  /** Corrects the clock: the database said `databaseNow`, asked at the monotonic time `askedAt`. */
  adjust(databaseNow: number, askedAt: number): void;
}

/** An answer that took longer (a slow database, a process that was frozen) says too little; in milliseconds. */
const longestRoundTrip = 1000;

/** A clock that shows wall time until it is first adjusted. It never goes backwards. */
export const databaseClock = (clock: Clock): DatabaseClock => {
  let offset = clock.now() - clock.monotonic();
  let latest = 0;
  let adjusted = false;
  return {
    now: () => {
      latest = Math.max(latest, Math.round(clock.monotonic() + offset));
      return latest;
    },
    adjust: (databaseNow, askedAt) => {
      const roundTrip = clock.monotonic() - askedAt;
      if (adjusted && roundTrip > longestRoundTrip) return;
      adjusted = true;
      // The answer was made somewhere between question and answer: the middle is the best guess.
      offset = databaseNow - (askedAt + clock.monotonic()) / 2;
    },
  };
};
