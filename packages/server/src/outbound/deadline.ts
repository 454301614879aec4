// Why a call ends early: its time is up, or the execution no longer wants the answer. One signal for both.
import type { AbortSignalLike } from "@workflow-core/core";
import type { Clock } from "../clock.js";

export interface Deadline {
  readonly signal: AbortSignal;
  /** What ended the call early; undefined while nothing did. */
  cause(): "timeout" | "aborted" | undefined;
  /** Rejects as soon as the call ends early, whatever the promise does then. */
  race<T>(promise: Promise<T>): Promise<T>;
  /** Frees the timer and the listener; always call it. */
  release(): void;
}

/** Starts the time of one call: `milliseconds` by the monotonic clock, or less if `outer` is aborted. */
export function startDeadline(clock: Clock, milliseconds: number, outer: AbortSignalLike): Deadline {
  const controller = new AbortController();
  let cause: "timeout" | "aborted" | undefined;
  const end = (why: "timeout" | "aborted") => {
    cause ??= why;
    controller.abort(new Error(why));
  };
  const onAbort = () => end("aborted");
  const cancelTimer = clock.setTimer(milliseconds, () => end("timeout"));
  outer.addEventListener("abort", onAbort);
  if (outer.aborted) onAbort();
  const { signal } = controller;
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

function raceSignal<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
