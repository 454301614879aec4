// Things that are done again and again.
import type { Clock } from "../clock.js";

/** Does an action again so many milliseconds after it has ended each time; what it rejects with goes to `onError`. */
export const repeat = (
  clock: Clock,
  milliseconds: number,
  action: () => Promise<void>,
  onError: (error: unknown) => void,
): (() => void) => {
  let stopped = false;
  let cancel: (() => void) | undefined;
  const next = () => {
    if (stopped) return;
    cancel = clock.setTimer(milliseconds, () => void action().catch(onError).finally(next));
  };
  next();
  return () => {
    stopped = true;
    cancel?.();
  };
};
