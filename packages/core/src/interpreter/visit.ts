// Visiting a node: its config is bound to what the execution knows, and it decides, or its action is owed.
import { BindingError } from "../config/bind.js";
import type { NodeFailure } from "../documents/execution.js";
import { ExpressionFailure } from "../expression/index.js";
import type { PlanNode } from "../graph/plan.js";
import { asJson, type Json, JsonError } from "../json.js";
import type { Decision, DecisionNode } from "../node.js";
import { hideSecrets } from "../secrets.js";
import { type Draft, finish, nodeOf, record, remove, scopeOf, setVariables } from "./draft.js";
import { environment, lookup } from "./environment.js";
import { breakOut, iterate, iterationId } from "./iterate.js";
import { keep } from "./keep.js";
import { limitFailure } from "./limit.js";
import { made, retryAt } from "./retry.js";
import { leave } from "./settle.js";
import type { Token } from "./state.js";

/** The config as people read it; conditions cannot be shown bound, so what was written stands there. */
const shown = (node: PlanNode, config: Record<string, unknown>): Json => {
  if (!node.binder.constant) return describe(node, config);
  const known = shownConstants.get(node) ?? describe(node, config);
  shownConstants.set(node, known);
  return known;
};

/** What does not depend on variables is described once per plan. */
const shownConstants = new WeakMap<PlanNode, Json>();

const describe = (node: PlanNode, config: Record<string, unknown>): Json =>
  asJson(
    Object.fromEntries(
      Object.entries(config).map(([key, value]) => [key, typeof value === "function" ? node.drawn[key] : value]),
    ),
  );

/** Turns what binding or deciding threw into a failure; anything else is a bug and goes on up. */
export const asFailure = (error: unknown): NodeFailure => {
  if (error instanceof ExpressionFailure) return { code: error.code, message: error.message, retryable: false };
  // Values that fit one by one may be too deep or too large together.
  if (error instanceof BindingError || error instanceof JsonError)
    return { code: "CONFIG_INVALID", message: error.message, retryable: false };
  throw error;
};

/** Visits the node that a token stands on, or asks a loop whose body is done again. */
export const visit = (draft: Draft, token: Token): void => {
  const node = nodeOf(draft, token);
  try {
    if (token.waiting.for === "body") return again(draft, token, node, token.waiting);
    if (token.waiting.for !== "visit") return;
    draft.operations += 1;
    begin(draft, token);
    if (draft.operations > draft.limits.maxTotalOperations)
      return failWith(draft, token, limitFailure("MAX_TOTAL_OPERATIONS", draft.limits.maxTotalOperations, node.id));
    if (!node.enabled) return passOver(draft, token, node);
    if (node.type.behaviour === "trigger") return complete(draft, token, "output", draft.started.data, {});
    const config = bind(draft, token, node, 0);
    const input = hideSecrets(shown(node, config), draft.started.secret_mark);
    const excess = keep(draft, node.id, input);
    if (excess) return failWith(draft, token, excess);
    record(draft, token, { input });
    const prior = draft.started.prior?.[token.id];
    if (prior && node.type.category === "action")
      return complete(draft, token, "output", prior.output, prior.variables ?? {}, prior.logs);
    if (node.type.behaviour === "action") return owe(draft, token, config);
    apply(draft, token, decide(draft, token, node.type, config, 0), config, 0);
  } catch (error) {
    failWith(draft, token, asFailure(error));
  }
};

const begin = (draft: Draft, token: Token): void => {
  token.visit = draft.history.length;
  draft.skipped.delete(token.node);
  draft.history.push({
    node: token.node,
    token: token.id,
    status: "running",
    startedAt: draft.at,
    completedAt: undefined,
    input: null,
    output: null,
    variables: undefined,
    logs: [],
    failure: undefined,
    retries: 0,
  });
};

/** A node that is switched off: what comes in goes on by its `output`. */
const passOver = (draft: Draft, token: Token, node: PlanNode): void => {
  complete(draft, token, "output", null, {});
  draft.history.pop();
  draft.skipped.add(node.index);
};

/** An action's attempt is owed from now on; being last in the map, it does not push out one that is in flight. */
export const owe = (draft: Draft, token: Token, config: Record<string, unknown>): void => {
  token.waiting = { for: "answer", config };
  draft.tokens.delete(token.id);
  draft.tokens.set(token.id, token);
};

const again = (
  draft: Draft,
  token: Token,
  node: PlanNode,
  waiting: { config: Record<string, unknown>; iteration: number },
): void => {
  const type = node.type as DecisionNode;
  draft.scopes.delete(iterationId(token, waiting.iteration - 1));
  const config = type.bindsEachIteration ? bind(draft, token, node, waiting.iteration) : waiting.config;
  apply(draft, token, decide(draft, token, type, config, waiting.iteration), config, waiting.iteration);
};

/** Binds the node's config; a loop that asks before each iteration also sees the iteration's `index`. */
const bind = (draft: Draft, token: Token, node: PlanNode, iteration: number): Record<string, unknown> => {
  const env = environment(draft, scopeOf(draft, token.scope), iterationId(token, iteration));
  const asksAgain = node.type.behaviour === "decision" && node.type.bindsEachIteration === true;
  if (!asksAgain) return node.binder.bind(env);
  return node.binder.bind({ ...env, lookup: (name) => (name === "index" ? iteration : env.lookup(name)) });
};

const decide = (
  draft: Draft,
  token: Token,
  type: DecisionNode,
  config: Record<string, unknown>,
  iteration: number,
): Decision => {
  const scope = scopeOf(draft, token.scope);
  const join = draft.joins.get(token.id);
  return type.decide({
    config,
    iteration,
    arrived: join?.taken ?? 1,
    timedOut: join?.timedOut ?? false,
    variable: (name) => lookup(draft, scope, name),
    trigger: draft.started.data,
  });
};

const apply = (
  draft: Draft,
  token: Token,
  decision: Decision,
  config: Record<string, unknown>,
  iteration: number,
): void => {
  switch (decision.kind) {
    case "emit":
      return complete(draft, token, decision.port, decision.output, decision.variables);
    case "iterate":
      return iterate(draft, token, config, iteration, decision.variables, (failure) => failWith(draft, token, failure));
    case "sleep":
      token.waiting = { for: "time", output: decision.output, due: draft.at + decision.seconds * 1000 };
      return record(draft, token, { status: "waiting" });
    case "break":
      record(draft, token, { status: "completed", completedAt: draft.at, output: { broke: true } });
      return breakOut(draft, token, (loop, iterations) =>
        complete(draft, loop, "output", { iterations, broke: true }, {}),
      );
    case "end":
      draft.finalOutput = { ...draft.finalOutput, ...decision.output };
      return complete(draft, token, undefined, decision.output, {});
    case "fail":
      return failWith(draft, token, decision.failure);
  }
};

/** The visit is done: data and variables are kept, and the arrows from `port` are taken. */
export const complete = (
  draft: Draft,
  token: Token,
  port: string | undefined,
  output: Json,
  variables: Record<string, Json>,
  logs: string[] = [],
): void => {
  const node = nodeOf(draft, token);
  const excess = keep(draft, node.id, output, variables, logs);
  if (excess) return failWith(draft, token, excess);
  const scope = scopeOf(draft, token.scope);
  setVariables(draft, scope, variables);
  draft.outputs[node.id] = output;
  leave(draft, node, port, { scope, lane: token.lane });
  const earlier = draft.history[token.visit]?.logs ?? [];
  const told = { output, variables, logs: earlier.length > 0 ? [...earlier, ...logs] : logs };
  record(draft, token, { status: "completed", completedAt: draft.at, ...told, failure: undefined });
  forgetJoin(draft, token, node);
  remove(draft, token);
};

/** A join that all arrows have come to is over; one that fired early stays to absorb the late ones. */
const forgetJoin = (draft: Draft, token: Token, node: PlanNode): void => {
  if (draft.joins.get(token.id)?.settled === node.incoming) draft.joins.delete(token.id);
};

/** The visit failed: another attempt later, or the error port, or the end of the execution, in this order. */
export const failWith = (draft: Draft, token: Token, failure: NodeFailure): void => {
  const node = nodeOf(draft, token);
  if (token.waiting.for === "answer") {
    const unsent = failure.unsent === true;
    token.unsentInRow = unsent ? token.unsentInRow + 1 : 0;
    if (unsent) token.unsent += 1;
    const due = retryAt(node, token, failure, draft.limits, draft.at);
    if (due !== undefined) {
      token.waiting = { for: "retry", config: token.waiting.config, due };
      const what = unsent ? `Attempt ${made(token) + 1} was not made` : `Attempt ${made(token)} failed`;
      const logs = [...(draft.history[token.visit]?.logs ?? []), `${what}: ${failure.code}: ${failure.message}`];
      return record(draft, token, { status: "waiting", failure, retries: made(token), logs });
    }
  }
  record(draft, token, { status: "failed", completedAt: draft.at, failure });
  if (!node.guarded || failure.code === "LIMIT_EXCEEDED")
    return finish(draft, "failed", { ...failure, node_id: node.id });
  const excess = keep(draft, node.id, failure.details);
  if (excess) return failWith(draft, token, excess);
  const error = { code: failure.code, message: failure.message, node_id: node.id, details: failure.details ?? null };
  const scope = scopeOf(draft, token.scope);
  setVariables(draft, scope, { error });
  draft.outputs[node.id] = { error };
  try {
    leave(draft, node, "error", { scope, lane: token.lane });
    forgetJoin(draft, token, node);
    remove(draft, token);
  } catch (thrown) {
    finish(draft, "failed", { ...asFailure(thrown), node_id: node.id });
  }
};
