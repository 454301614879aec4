// Loops as scopes: each iteration runs in a scope of its own, and the loop's token waits until it is quiet.
import type { NodeFailure } from "../documents/execution.js";
import type { Json } from "../json.js";
import { type Draft, nodeOf, record, remove, scopeOf } from "./draft.js";
import { limitFailure } from "./limit.js";
import { enterBody } from "./settle.js";
import type { Scope, Token } from "./state.js";

export const iterationId = (token: Token, iteration: number): string => `${token.id}#${iteration}`;

/** Opens the scope of one more iteration and lets its body begin; a limit that is met goes to `fail`. */
export const iterate = (
  draft: Draft,
  token: Token,
  config: Record<string, unknown>,
  iteration: number,
  variables: Record<string, Json>,
  fail: (failure: NodeFailure) => void,
): void => {
  const node = nodeOf(draft, token);
  const outer = scopeOf(draft, token.scope);
  const own = typeof config.max_iterations === "number" ? config.max_iterations : Number.POSITIVE_INFINITY;
  const most = Math.min(own, draft.limits.maxLoopIterations);
  const detail = most === own ? `, whose max_iterations is ${own}` : "";
  if (iteration >= most) return fail(limitFailure("MAX_LOOP_ITERATIONS", most, node.id, detail));
  if (outer.depth + 1 > draft.limits.maxLoopDepth)
    return fail(limitFailure("MAX_LOOP_DEPTH", draft.limits.maxLoopDepth, node.id));
  const scope: Scope = {
    id: iterationId(token, iteration),
    path: `${outer.path}.${iteration}`,
    parent: outer.id,
    loop: token.id,
    depth: outer.depth + 1,
    variables: { ...variables },
    live: 0,
  };
  draft.scopes.set(scope.id, scope);
  token.waiting = { for: "body", config, iteration: iteration + 1 };
  enterBody(draft, node, { scope, lane: token.lane });
  if (scope.live === 0) draft.ready.push(token.id);
};

/** Ends the innermost loop around a token: everything within it goes, and `leave` goes on from the loop itself. */
export const breakOut = (draft: Draft, token: Token, leave: (loop: Token, iterations: number) => void): void => {
  const scope = scopeOf(draft, token.scope);
  const loop = draft.tokens.get(scope.loop ?? "");
  if (loop?.waiting.for !== "body") return;
  const iterations = loop.waiting.iteration;
  closeScope(draft, scope);
  leave(loop, iterations);
};

/** Takes away a scope with all tokens, joins and held branches in it and in the scopes inside it. */
const closeScope = (draft: Draft, scope: Scope): void => {
  const inside = new Set([scope.id]);
  for (const each of draft.scopes.values())
    if (each.parent !== undefined && inside.has(each.parent)) inside.add(each.id);
  for (const token of [...draft.tokens.values()]) {
    if (!inside.has(token.scope)) continue;
    const visit = draft.history[token.visit];
    if (visit && visit.status !== "completed" && visit.status !== "failed")
      record(draft, token, { status: "cancelled", completedAt: draft.at });
    remove(draft, token);
  }
  for (const [key, held] of draft.held) if (inside.has(held.scope)) draft.held.delete(key);
  const path = `${scope.path}.`;
  for (const key of draft.joins.keys()) {
    const where = key.slice(key.lastIndexOf(":") + 1);
    const node = draft.plan.byId.get(key.slice(0, key.lastIndexOf(":")));
    if ((where === scope.path || where.startsWith(path)) && node && standsIn(draft, node.loop, scope))
      draft.joins.delete(key);
  }
  for (const id of inside) draft.scopes.delete(id);
};

/** Whether a loop (by index) is the scope's own or stands inside it. */
const standsIn = (draft: Draft, loop: number, scope: Scope): boolean => {
  const own = draft.tokens.get(scope.loop ?? "")?.node;
  for (let at = loop; at >= 0; at = draft.plan.nodes[at]?.loop ?? -1) if (at === own) return true;
  return false;
};
