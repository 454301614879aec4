// Replaying what is stored of an execution, beside everything else that the process does: a thousand events that all
// had much to decide would otherwise hold up everybody for as long as they took together.
import { begin, type ExecutionEvent, type Plan, type State, transition } from "@workflow-core/core";
import type { Clock } from "../clock.js";
import { inTurns } from "../in-turns.js";

/** The state after these events; the first must be `started`. */
export const replayInTurns = async (
  plan: Plan,
  events: readonly ExecutionEvent[],
  clock?: Pick<Clock, "monotonic">,
): Promise<State> => inTurns(replaying(plan, events), clock);

function* replaying(plan: Plan, [first, ...rest]: readonly ExecutionEvent[]): Generator<undefined, State> {
  if (first?.type !== "started") throw new Error("an execution's first event must be `started`");
  let state = begin(plan, first);
  for (const event of rest) {
    yield;
    if (event.type !== "started") state = transition(plan, state, event);
  }
  return state;
}
