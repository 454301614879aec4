// Repeating an execution from a node: what had been answered before that node is kept, the rest is done again.
import type { Plan } from "../graph/plan.js";
import type { Performed } from "../node.js";
import type { State } from "./state.js";

/** The nodes that a node leads to, itself included; a loop leads to its body. */
const downstream = (plan: Plan, from: string): Set<number> => {
  const start = plan.byId.get(from);
  const seen = new Set<number>();
  const open = start ? [start.index] : [];
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    if (seen.has(index)) continue;
    seen.add(index);
    const node = plan.nodes[index];
    for (const arrow of [...(node?.out ?? []), ...(node?.body ?? [])]) open.push(arrow.to);
  }
  return seen;
};

/** The answers to keep, by visit: of completed actions and delays that `fromNode` does not lead to. */
export const answersBefore = (plan: Plan, state: State, fromNode: string): Record<string, Performed> => {
  const repeated = downstream(plan, fromNode);
  const kept: Record<string, Performed> = {};
  for (const visit of state.history) {
    const node = plan.nodes[visit.node];
    if (visit.status !== "completed" || node?.type.category !== "action" || repeated.has(visit.node)) continue;
    kept[visit.token] = {
      output: visit.output,
      ...(visit.variables ? { variables: visit.variables } : {}),
      logs: visit.logs,
    };
  }
  return kept;
};
