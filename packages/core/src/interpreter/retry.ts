// When a failed attempt is made again: 2, 4, 8 seconds later unless the node or the other side says otherwise.
import type { NodeFailure } from "../documents/execution.js";
import type { PlanNode } from "../graph/plan.js";
import type { Limits } from "../limits.js";

/** The time of the next attempt (ms since 1970), or undefined when there is none. `attempt` is the one that failed. */
export const retryAt = (
  node: PlanNode,
  attempt: number,
  failure: NodeFailure,
  limits: Limits,
  now: number,
): number | undefined => {
  const policy = node.retry;
  if (!policy || !failure.retryable) return undefined;
  if (policy.on && !policy.on.includes(failure.code)) return undefined;
  if (attempt > Math.min(policy.maxRetries ?? limits.maxRetries, limits.maxRetries)) return undefined;
  const wait = Math.min(policy.maxSeconds, policy.firstSeconds * policy.factor ** (attempt - 1));
  return now + Math.max(wait, failure.retryAfterSeconds ?? 0) * 1000;
};
