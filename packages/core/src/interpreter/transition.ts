// The interpreter: state in, event in, state out. The invariants T1-T7 stand in state.ts.
import type { NodeFailure } from "../documents/execution.js";
import { isFinal } from "../documents/execution.js";
import type { Plan } from "../graph/plan.js";
import { jsonBytes } from "../json.js";
import { closeDraft, type Draft, finish, nodeOf, openDraft, record, scopeOf, spawn } from "./draft.js";
import type { Attempted, Elapsed, ExecutionEvent, Faulted, PerformedEvent, Started } from "./events.js";
import { limitFailure } from "./limit.js";
import { nextBranches, skipSource } from "./settle.js";
import { rootScope, type State, type Token } from "./state.js";
import { asFailure, complete, failWith, owe, visit } from "./visit.js";

/** The state of an execution whose first event this is; everything immediate has been decided. */
export const begin = (plan: Plan, event: Started): State => {
  const { type: _type, ...started } = event;
  const seconds = plan.graph.metadata.max_execution_time_seconds ?? event.limits.timeoutSeconds;
  const empty: State = {
    status: "running",
    started,
    deadline: event.at + seconds * 1000,
    at: event.at,
    finishedAt: undefined,
    tokens: new Map(),
    scopes: new Map([
      [
        rootScope,
        {
          id: rootScope,
          path: rootScope,
          parent: undefined,
          loop: undefined,
          depth: 0,
          variables: { ...plan.graph.global_variables, ...event.data, ...event.variables },
          live: 0,
        },
      ],
    ]),
    joins: new Map(),
    lanes: new Map(),
    held: new Map(),
    history: [],
    skipped: new Set(),
    outputs: {},
    operations: 0,
    bytes: jsonBytes({ ...plan.graph.global_variables, ...event.data, ...event.variables }),
    finalOutput: undefined,
    failure: undefined,
  };
  const draft = openDraft(plan, empty, event.at);
  start(draft, event.trigger);
  return settled(draft);
};

const start = (draft: Draft, trigger: string): void => {
  const node = draft.plan.byId.get(trigger);
  if (!node || !draft.plan.triggers.includes(node))
    return finish(draft, "failed", {
      code: "TRIGGER_UNKNOWN",
      message: `The workflow has no trigger "${trigger}"`,
      retryable: false,
      node_id: null,
    });
  const scope = scopeOf(draft, rootScope);
  for (const source of draft.plan.sources) if (source !== node && source.loop < 0) skipSource(draft, source, scope);
  spawn(draft, node, scope, "");
};

/**
 * Applies one event. Events that no longer fit (late, doubled, foreign, after the end) give the state back unchanged,
 * but for the time: an execution whose deadline has passed is `timed_out` whatever the event says.
 */
export const transition = (plan: Plan, state: State, event: Exclude<ExecutionEvent, Started>): State => {
  if (isFinal(state.status) || !fits(state, event)) return state;
  const draft = openDraft(plan, state, Math.max(state.at, event.at));
  if (event.type === "cancelled") finish(draft, "cancelled", cancellation(event.by, event.reason));
  else if (event.type === "abandoned") finish(draft, "failed", { ...event.failure, node_id: null });
  else if (event.at >= state.deadline) timeOut(draft);
  else if (event.type === "elapsed") elapse(draft, event);
  else if (event.type === "attempted") announce(draft, event);
  else answer(draft, event);
  return settled(draft);
};

/** Whether an event changes anything (T4). */
const fits = (state: State, event: Exclude<ExecutionEvent, Started>): boolean => {
  if (event.type === "cancelled" || event.type === "abandoned" || event.at >= state.deadline) return true;
  if (event.type === "elapsed") return [...state.tokens.values()].some((token) => dueOf(token) <= event.at);
  const token = state.tokens.get(event.token);
  if (token?.waiting.for !== "answer" || token.attempt !== event.attempt) return false;
  return event.type !== "attempted" || token.waiting.announced !== true;
};

const cancellation = (by: string | undefined, reason: string | undefined): NodeFailure & { node_id: null } => ({
  code: "CANCELLED",
  message: `Cancelled${by ? ` by ${by}` : ""}${reason ? `: ${reason}` : ""}`,
  retryable: false,
  node_id: null,
});

const timeOut = (draft: Draft): void => {
  const seconds = (draft.deadline - draft.started.at) / 1000;
  const token = [...draft.tokens.values()].find(({ visit }) => visit >= 0);
  const nodeId = token ? nodeOf(draft, token).id : "";
  finish(draft, "timed_out", {
    ...limitFailure("WORKFLOW_TIMEOUT_SECONDS", seconds, nodeId),
    code: "TIMED_OUT",
    node_id: nodeId || null,
  });
};

const announce = (draft: Draft, event: Attempted): void => {
  const token = draft.tokens.get(event.token);
  if (token?.waiting.for === "answer") token.waiting = { ...token.waiting, announced: true };
};

const answer = (draft: Draft, event: PerformedEvent | Faulted): void => {
  const token = draft.tokens.get(event.token) as Token;
  try {
    if (event.type === "performed")
      complete(draft, token, "output", event.output, event.variables ?? {}, event.logs ?? []);
    else failWith(draft, token, event.failure);
  } catch (error) {
    failWith(draft, { ...token, waiting: { for: "visit" } }, asFailure(error));
  }
};

const dueOf = (token: Token): number => ("due" in token.waiting ? token.waiting.due : Number.POSITIVE_INFINITY);

/** Everything that was due goes on, in the order of its time. */
const elapse = (draft: Draft, event: Elapsed): void => {
  const due = [...draft.tokens.values()]
    .filter((token) => dueOf(token) <= event.at)
    .sort((left, right) => dueOf(left) - dueOf(right));
  for (const { id } of due) {
    const token = draft.tokens.get(id);
    if (token) wake(draft, token);
  }
};

const wake = (draft: Draft, token: Token): void => {
  const { waiting } = token;
  if (waiting.for === "time") {
    try {
      complete(draft, token, "output", waiting.output, {});
    } catch (error) {
      failWith(draft, token, asFailure(error));
    }
  } else if (waiting.for === "retry") {
    token.attempt += 1;
    record(draft, token, { status: "running" });
    owe(draft, token, waiting.config);
  } else if (waiting.for === "arrivals") {
    const join = draft.joins.get(token.id);
    if (join) draft.joins.set(token.id, { ...join, fired: true, timedOut: true });
    token.waiting = { for: "visit" };
    draft.ready.push(token.id);
  }
};

/** Decides everything that can be decided (T6), then says how the execution stands. */
const settled = (draft: Draft): State => {
  while (!isFinal(draft.status)) {
    for (let index = 0; index < draft.ready.length; index += 1) {
      const token = draft.tokens.get(draft.ready[index] as string);
      if (token) visit(draft, token);
    }
    draft.ready = [];
    if (isFinal(draft.status) || nextBranches(draft)) continue;
    if (draft.ready.length > 0) continue;
    if (draft.tokens.size === 0) finish(draft, "completed");
    else
      draft.status = [...draft.tokens.values()].some(({ waiting }) => waiting.for === "answer") ? "running" : "waiting";
    break;
  }
  return closeDraft(draft);
};
