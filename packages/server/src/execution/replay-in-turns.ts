// Replaying what is stored of an execution, beside everything else that the process does: a thousand events that all
// had much to decide would otherwise hold up everybody for as long as they took together.
import { setImmediate as turn } from "node:timers/promises";
import { begin, type ExecutionEvent, type Plan, type State, transition } from "@workflow-core/core";
import { type Clock, systemClock } from "../clock.js";

/** So long it goes on in one piece. */
const pieceMs = 20;

/** The state after these events; the first must be `started`. */
export const replayInTurns = async (
  plan: Plan,
  events: readonly ExecutionEvent[],
  clock: Pick<Clock, "monotonic"> = systemClock,
): Promise<State> => {
  const [first, ...rest] = events;
  if (first?.type !== "started") throw new Error("an execution's first event must be `started`");
  let state = begin(plan, first);
  let begun = clock.monotonic();
  for (const event of rest) {
    if (clock.monotonic() - begun > pieceMs) {
      await turn();
      begun = clock.monotonic();
    }
    if (event.type !== "started") state = transition(plan, state, event);
  }
  return state;
};
