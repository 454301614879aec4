// What the world owes an execution, read off its state: never queued, so a crash loses nothing.

import { isFinal } from "../documents/execution.js";
import type { Plan } from "../graph/plan.js";
import type { Command, Faulted } from "./events.js";
import type { State, Token } from "./state.js";

/** `execution:node:visit`, safe in a header; the same for every attempt of the same visit. */
export const idempotencyKey = (state: State, token: Token, plan: Plan): string => {
  const node = plan.nodes[token.node];
  const visit = token.id.slice(token.id.lastIndexOf(":") + 1);
  return `${state.started.context.execution_id}:${encodeURIComponent(node?.id ?? "")}:${visit}`;
};

/** What an attempt that may not be repeated comes to when nobody knows whether it was made. */
export const unknownOutcome = (at: number, { token, attempt }: { token: string; attempt: number }): Faulted => ({
  type: "faulted",
  at,
  token,
  attempt,
  failure: {
    code: "OUTCOME_UNKNOWN",
    message:
      'The call was under way when its worker went away: whether it took effect is unknown, and `retry: "never"` forbids to repeat it.',
    retryable: false,
  },
});

/**
 * The actions to perform now (at most MAX_PARALLEL_NODES, oldest first: one that is in flight stays in the list until
 * it is answered) and when to wake the execution. Nothing for one that is over.
 */
export const commands = (plan: Plan, state: State): Command[] => {
  if (isFinal(state.status)) return [];
  const owed: Command[] = [];
  let wake = state.deadline;
  for (const token of state.tokens.values()) {
    if ("due" in token.waiting) wake = Math.min(wake, token.waiting.due);
    if (token.waiting.for !== "answer" || owed.length >= state.started.limits.maxParallelNodes) continue;
    const command: Command = {
      type: "perform",
      token: token.id,
      node: token.node,
      attempt: token.attempt,
      idempotencyKey: idempotencyKey(state, token, plan),
    };
    if (plan.nodes[token.node]?.neverRepeat) command.once = token.waiting.announced ? "announced" : "new";
    owed.push(command);
  }
  owed.push({ type: "wake", at: wake });
  return owed;
};
