// Looking for work: one look at a time, when somebody says that it is worth it, and from time to time anyway.
import type { Clock } from "../clock.js";

export interface Polls {
  /** Looks after so many milliseconds, or earlier if that was wanted before. */
  in(milliseconds: number): void;
  /** Looks no more; resolves when the look that is under way has ended. */
  stop(): Promise<void>;
}

/** `look` gives the milliseconds until it is worth looking again; it does not reject. */
export const createPolls = (clock: Clock, look: () => Promise<number>): Polls => {
  let cancel: (() => void) | undefined;
  let nextAt = Number.POSITIVE_INFINITY;
  let underWay: Promise<void> | undefined;
  let again = false;
  let stopped = false;

  const poll = async (): Promise<void> => {
    nextAt = Number.POSITIVE_INFINITY;
    again = false;
    const next = await look();
    underWay = undefined;
    schedule(again ? 0 : next);
  };
  const schedule = (milliseconds: number): void => {
    if (stopped) return;
    if (underWay) {
      again = true;
      return;
    }
    const at = clock.monotonic() + milliseconds;
    if (at >= nextAt) return;
    cancel?.();
    nextAt = at;
    cancel = clock.setTimer(milliseconds, () => {
      underWay = poll();
    });
  };
  return {
    in: schedule,
    stop: async () => {
      stopped = true;
      cancel?.();
      await underWay;
    },
  };
};
