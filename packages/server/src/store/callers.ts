// Who has written a moment ago: known here, and to all processes where something is shared by them.
import type { Clock } from "../clock.js";
import { putLast } from "../put-last.js";

/** Text under a key for so many seconds, for all processes. May fail at any time. */
export interface SharedWrites {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string, seconds: number): Promise<void>;
}

export interface Callers {
  wrote(caller: string): void;
  hasWritten(caller: string): boolean | Promise<boolean>;
  share(shared: SharedWrites): void;
}

const mostKnown = 10_000;

/** Remembers callers for so many milliseconds after they wrote. */
export function createCallers(clock: Clock, milliseconds: number): Callers {
  const known = new Map<string, number>();
  let shared: SharedWrites | undefined;
  return {
    wrote(caller) {
      putLast(known, caller, clock.monotonic() + milliseconds, mostKnown);
      shared?.set(caller, "1", Math.ceil(milliseconds / 1000)).catch(() => undefined);
    },
    hasWritten(caller) {
      if ((known.get(caller) ?? 0) > clock.monotonic()) return true;
      if (shared === undefined) return false;
      // Who cannot be asked about is taken for one who wrote.
      return shared.get(caller).then(
        (value) => value !== undefined,
        () => true,
      );
    },
    share(given) {
      shared = given;
    },
  };
}
