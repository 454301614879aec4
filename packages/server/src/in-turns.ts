// Long work beside everything else that the process does: it is done piece by piece, and others have their turn in between.
import { setImmediate as turn } from "node:timers/promises";
import { type Clock, systemClock } from "./clock.js";

/** So long it goes on in one piece. */
const pieceMs = 20;

/** Carries the work on to its end; whenever it yields, others may have their turn. */
export const inTurns = async <T>(
  work: Iterator<undefined, T>,
  clock: Pick<Clock, "monotonic"> = systemClock,
): Promise<T> => {
  let begun = clock.monotonic();
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
    if (clock.monotonic() - begun <= pieceMs) continue;
    await turn();
    begun = clock.monotonic();
  }
};
