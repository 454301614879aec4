// The only place that reads the time and sets timers. Everything else is handed a Clock, so that tests own the time.

export interface Clock {
  /** Wall time in milliseconds since 1970, for what people read. */
  now(): number;
  /** Milliseconds that only ever grow, for deadlines and durations. */
  monotonic(): number;
  /** Calls `fn` once after `milliseconds`, however many; the returned function takes it back. */
  setTimer(milliseconds: number, fn: () => void): () => void;
}

/** Node fires at once when a timer is longer than this. */
const longest = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimer(milliseconds, fn) {
    let left = Math.max(0, milliseconds);
    let timer: NodeJS.Timeout | undefined;
    const next = () => {
      const part = Math.min(left, longest);
      left -= part;
      timer = setTimeout(left > 0 ? next : fn, part);
    };
    next();
    return () => clearTimeout(timer);
  },
};
