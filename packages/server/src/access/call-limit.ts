// How often somebody may call: this process's own count, in memory of bounded size, so that a flood costs neither a
// database nor a Redis.
import type { Clock } from "../clock.js";

export interface CallLimit {
  /** Seconds until they may call again; undefined: they may now, and it has been counted. */
  refused(who: string): number | undefined;
}

const minuteMs = 60_000;
const mostRemembered = 100_000;

/** Lets each call so many times a minute, all at once or evenly. */
export function callLimit(perMinute: number, clock: Clock): CallLimit {
  const intervalMs = minuteMs / perMinute;
  /** When the allowance that was used up will have come back, monotonic milliseconds. */
  const restored = new Map<string, number>();
  return {
    refused(who) {
      const now = clock.monotonic();
      const next = Math.max(restored.get(who) ?? 0, now) + intervalMs;
      if (next - now > minuteMs + intervalMs / 2) return Math.max(1, Math.ceil((next - now - minuteMs) / 1000));
      restored.delete(who);
      restored.set(who, next);
      // The one that called least recently has the most of its allowance back.
      for (const oldest of restored.size > mostRemembered ? restored.keys() : []) {
        restored.delete(oldest);
        break;
      }
      return undefined;
    },
  };
}
