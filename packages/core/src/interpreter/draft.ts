// The working copy of a state while one event is applied. Only `transition` makes and closes one; everything in it
// that can change has been copied, so the old state stays as it was.
import type { FinalStatus, NodeFailure } from "../documents/execution.js";
import type { Budget } from "../expression/index.js";
import type { Plan, PlanNode } from "../graph/plan.js";
import type { Json } from "../json.js";
import type { Limits } from "../limits.js";
import { enterLane, leaveLane } from "./lanes.js";
import type { Held, JoinState, Lane, Scope, State, Token, Visit, Waiting } from "./state.js";

/** Of executions from before there was MAX_EXPRESSION_STEPS: replaying them decides as it did. */
const formerSteps = 1_000_000;

const budgetOf = ({ maxSteps: most = formerSteps }: Limits): Budget => ({ steps: most, most });

export interface Draft extends State {
  plan: Plan;
  limits: Limits;
  tokens: Map<string, Token>;
  scopes: Map<string, Scope>;
  joins: Map<string, JoinState>;
  lanes: Map<string, Lane>;
  held: Map<string, Held>;
  history: Visit[];
  skipped: Set<number>;
  /** Tokens to be visited, or loops to be asked again, in order. */
  ready: string[];
  budget: Budget;
}

/** Copies of a map's objects; what those hold is shared, and replaced as a whole when it changes. */
const copies = <T extends object>(map: ReadonlyMap<string, T>): Map<string, T> => {
  const copy = new Map<string, T>();
  if (map.size > 0) for (const [key, each] of map) copy.set(key, { ...each });
  return copy;
};

// Both spell out every field: this happens for each event, and spreading objects of this size is what it would cost most.

export const openDraft = (plan: Plan, state: State, at: number): Draft => ({
  status: state.status,
  started: state.started,
  deadline: state.deadline,
  at,
  finishedAt: state.finishedAt,
  tokens: copies(state.tokens),
  scopes: copies(state.scopes),
  joins: copies(state.joins),
  lanes: copies(state.lanes),
  held: copies(state.held),
  history: state.history.slice(),
  skipped: new Set(state.skipped),
  outputs: { ...state.outputs },
  operations: state.operations,
  bytes: state.bytes,
  finalOutput: state.finalOutput,
  failure: state.failure,
  plan,
  limits: withOverrides(plan, state.started.limits),
  ready: [],
  budget: budgetOf(state.started.limits),
});

export const closeDraft = (draft: Draft): State => ({
  status: draft.status,
  started: draft.started,
  deadline: draft.deadline,
  at: draft.at,
  finishedAt: draft.finishedAt,
  tokens: draft.tokens,
  scopes: draft.scopes,
  joins: draft.joins,
  lanes: draft.lanes,
  held: draft.held,
  history: draft.history,
  skipped: draft.skipped,
  outputs: draft.outputs,
  operations: draft.operations,
  bytes: draft.bytes,
  finalOutput: draft.finalOutput,
  failure: draft.failure,
});

/** The limits of an execution as its workflow's metadata change them. */
const withOverrides = (plan: Plan, limits: Limits): Limits => {
  const { max_retries: maxRetries } = plan.graph.metadata;
  return maxRetries === undefined ? limits : { ...limits, maxRetries };
};

export const nodeOf = (draft: Draft, token: Token): PlanNode => draft.plan.nodes[token.node] as PlanNode;
export const scopeOf = (draft: Draft, id: string): Scope => draft.scopes.get(id) as Scope;

/** The name of a visit (T2): the node's id and the iteration path. */
export const visitName = (node: PlanNode, scope: Scope): string => `${node.id}:${scope.path}`;

/** Puts a token on a node, to be visited in this transition. */
export const spawn = (
  draft: Draft,
  node: PlanNode,
  scope: Scope,
  lane: string,
  waiting: Waiting = { for: "visit" },
): Token => {
  const token: Token = {
    id: visitName(node, scope),
    node: node.index,
    scope: scope.id,
    lane,
    attempt: 1,
    unsent: 0,
    unsentInRow: 0,
    waiting,
    visit: -1,
  };
  draft.tokens.set(token.id, token);
  scope.live += 1;
  enterLane(draft, lane);
  if (waiting.for === "visit") draft.ready.push(token.id);
  return token;
};

/** Takes a token away; a body that has none left asks its loop again. */
export const remove = (draft: Draft, token: Token): void => {
  if (!draft.tokens.delete(token.id)) return;
  leaveLane(draft, token.lane);
  leaveScope(draft, scopeOf(draft, token.scope));
};

export const leaveScope = (draft: Draft, scope: Scope): void => {
  scope.live -= 1;
  if (scope.live === 0 && scope.loop !== undefined) draft.ready.push(scope.loop);
};

/** Sets variables where they are known: in the iteration that owns the name, else in the execution. */
export const setVariables = (draft: Draft, scope: Scope, variables: Record<string, Json>): void => {
  for (const [name, value] of Object.entries(variables)) {
    let owner: Scope = scope;
    while (owner.parent !== undefined && !Object.hasOwn(owner.variables, name)) owner = scopeOf(draft, owner.parent);
    owner.variables = { ...owner.variables, [name]: value };
  }
};

/** Changes the history entry of a token's visit. */
export const record = (draft: Draft, token: Token, change: Partial<Visit>): void => {
  const visit = draft.history[token.visit];
  if (visit) draft.history[token.visit] = { ...visit, ...change };
};

/** Ends the execution (T7): whatever still stood somewhere is cancelled. */
export const finish = (draft: Draft, status: FinalStatus, failure?: NodeFailure & { node_id: string | null }): void => {
  for (const token of draft.tokens.values()) {
    const visit = draft.history[token.visit];
    if (visit && (visit.status === "running" || visit.status === "waiting"))
      draft.history[token.visit] = { ...visit, status: "cancelled", completedAt: draft.at };
  }
  draft.status = status;
  draft.failure = failure;
  draft.finishedAt = draft.at;
  for (const map of [draft.tokens, draft.joins, draft.lanes, draft.held]) map.clear();
  for (const id of [...draft.scopes.keys()]) if (draft.scopes.get(id)?.parent !== undefined) draft.scopes.delete(id);
  draft.ready.length = 0;
};
