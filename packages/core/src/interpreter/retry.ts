// When a failed attempt is made again: 2, 4, 8 seconds later unless the node or the other side says otherwise.
//
// An attempt that was not sent, because its host is left alone (NodeFailure.unsent), was none: it takes nothing away
// from those that the policy allows. It is wished for again when that may help, as often in a row as attempts may be
// repeated; so a host that stays down is given up by its node before the execution's time is up.
import type { NodeFailure } from "../documents/execution.js";
import type { PlanNode } from "../graph/plan.js";
import type { Limits } from "../limits.js";
import type { Token } from "./state.js";

/** What there is to come of a visit's attempts, of which the last one has failed. */
type Tried = Pick<Token, "attempt" | "unsent" | "unsentInRow">;

/** The attempts that were made; those that were not sent have numbers too. */
export const made = ({ attempt, unsent }: Pick<Token, "attempt" | "unsent">): number => attempt - unsent;

/** The longest wait of what was not sent, unless the failure asks for more. */
const longestUnsentSeconds = 60;

/** The time of the next attempt (ms since 1970), or undefined when there is none. */
export const retryAt = (
  node: PlanNode,
  tried: Tried,
  failure: NodeFailure,
  limits: Limits,
  now: number,
): number | undefined => {
  const policy = node.retry;
  if (!policy || !failure.retryable) return undefined;
  if (policy.on && !policy.on.includes(failure.code)) return undefined;
  const most = Math.min(policy.maxRetries ?? limits.maxRetries, limits.maxRetries);
  const unsent = failure.unsent === true;
  if (unsent ? most === 0 || tried.unsentInRow > limits.maxRetries : made(tried) > most) return undefined;
  const wait = unsent
    ? Math.min(longestUnsentSeconds, 2 ** tried.unsentInRow)
    : Math.min(policy.maxSeconds, policy.firstSeconds * policy.factor ** (made(tried) - 1));
  return now + Math.max(wait, failure.retryAfterSeconds ?? 0) * 1000;
};
