// Looking ahead: what an execution owes that needs no outside (a person's code) is worked out before what led to it is
// stored, so that both are stored together: code costs no wait for the database of its own.
//
// L1. Only actions that do not reach the outside are performed so. What was worked out and lost is worked out again, and
//     nobody has seen anything of it.
// L2. It is waited for only a moment, and a step grows only so far: then what there is is stored, the rest comes later.
import { commands, type Plan, type State } from "@workflow-core/core";
import type { Clock } from "../clock.js";
import type { Inbox } from "./inbox.js";
import type { Step } from "./step.js";

const patienceMs = 25;
/** In characters of JSON. */
const longestStep = 256 * 1024;

const staysInside = (plan: Plan, index: number): boolean => {
  const node = plan.nodes[index];
  return node?.type.behaviour === "action" && !node.type.reachesOutside && !node.neverRepeat;
};

const owesInside = (plan: Plan, state: State): boolean => {
  for (const { waiting, node } of state.tokens.values())
    if (waiting.for === "answer" && staysInside(plan, node)) return true;
  return false;
};

/** Goes on with a step while it owes what needs no outside, within L2; all that comes meanwhile is applied too. */
export const lookAhead = async (step: Step, inbox: Inbox, clock: Clock): Promise<void> => {
  if (!owesInside(step.plan, step.state)) return;
  const until = clock.monotonic() + patienceMs;
  do {
    for (const command of commands(step.plan, step.state))
      if (command.type === "perform" && staysInside(step.plan, command.node))
        inbox.begin(step.plan, step.state, command);
    if (inbox.isEmpty) await inbox.sleep(until - clock.monotonic());
    const come = inbox.take();
    if (come.length === 0) return;
    for (const event of come) step.apply(event);
  } while (owesInside(step.plan, step.state) && step.length <= longestStep && clock.monotonic() < until);
};
