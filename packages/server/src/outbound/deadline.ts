// Why a call ends early: its time is up, or the execution no longer wants the answer. One signal for both.
import type { AbortSignalLike } from "@workflow-core/core";
import { CallOff } from "../call-off.js";
import type { Clock } from "../clock.js";

export interface Deadline {
  readonly signal: AbortSignalLike;
  /** What ended the call early; undefined while nothing did. */
  cause(): "timeout" | "aborted" | undefined;
  /** Rejects as soon as the call ends early, whatever the promise does then. */
  race<T>(promise: Promise<T>): Promise<T>;
  /** Frees the timer and the listener; always call it. */
  release(): void;
}

/** Starts the time of one call: `milliseconds` by the monotonic clock, or less if `outer` is aborted. */
export function startDeadline(clock: Clock, milliseconds: number, outer: AbortSignalLike): Deadline {
  const signal = new CallOff();
  let cause: "timeout" | "aborted" | undefined;
  const end = (why: "timeout" | "aborted") => {
    cause ??= why;
    signal.abort();
  };
  const onAbort = () => end("aborted");
  const cancelTimer = clock.setTimer(milliseconds, () => end("timeout"));
  outer.addEventListener("abort", onAbort);
  if (outer.aborted) onAbort();
  return {
    signal,
    cause: () => cause,
    race: (promise) => raceSignal(promise, signal),
    release() {
      cancelTimer();
      outer.removeEventListener("abort", onAbort);
    },
  };
}

function raceSignal<T>(promise: Promise<T>, signal: AbortSignalLike): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(new Error("the time of the call is over"));
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort);
    const settled = <V>(settle: (value: V) => void) => {
      return (value: V) => {
        signal.removeEventListener("abort", onAbort);
        settle(value);
      };
    };
    // Also when nobody waits for it any more: what then fails must be somebody's.
    promise.then(settled(resolve), settled(reject));
  });
}
