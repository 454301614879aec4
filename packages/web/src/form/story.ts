// What a run knew: what it was started with, and what its visits gave and set. A try tells it from its state, a past
// execution from what the server kept. Read off for one node, it is what that node would see.
import { isJsonObject, type Json, nodeType, type Plan, type State } from "@workflow-core/core";
import type { Execution, Visit } from "../api/types.js";
import type { Draft } from "../builder/document.js";
import { loopOf } from "../builder/frames.js";
import { guess, wouldSet } from "./would-set.js";

interface StoryVisit {
  node: string;
  /** Loop indexes, outermost first. */
  iteration: readonly number[];
  input: Json;
  output: Json;
  variables: Record<string, Json>;
}

export interface Story {
  /** What it was started with. */
  given: Record<string, Json>;
  execution: Record<string, Json>;
  /** In the order in which they began. */
  visits: readonly StoryVisit[];
}

const iterationOf = (token: string): number[] =>
  token
    .slice(token.lastIndexOf(":") + 1)
    .split(".")
    .slice(1)
    .map(Number);

/** The story that the interpreter's state tells. */
export const storyOfState = (plan: Plan, { started, history }: State): Story => ({
  given: { ...started.data, ...started.variables },
  execution: {
    id: started.context.execution_id,
    workflow_id: started.context.workflow_id,
    community_id: started.context.community_id,
    started_at: new Date(started.at).toISOString(),
  },
  visits: history.map(({ node, token, input, output, variables = {} }) => ({
    ...{ node: plan.nodes[node]?.id ?? "", iteration: iterationOf(token), input, output, variables },
  })),
});

/** The story of a past execution. What was given beside the trigger's data stands among its last variables. */
export const storyOfRun = (execution: Execution, visits: readonly Visit[]): Story => {
  const set = new Set(visits.flatMap(({ variables = {} }) => Object.keys(variables)));
  const given = Object.entries(execution.final_variables ?? {}).filter(([name]) => !set.has(name));
  const trigger = isJsonObject(execution.trigger) ? execution.trigger.node_id : undefined;
  const data = typeof trigger === "string" ? execution.node_states?.[trigger]?.output_data : undefined;
  return {
    given: { ...Object.fromEntries(given), ...(isJsonObject(data) ? data : {}) },
    execution: {
      id: execution.execution_id,
      workflow_id: execution.workflow_id,
      community_id: execution.community_id ?? null,
      started_at: execution.start_time,
    },
    visits: visits.map(({ node_id, iteration, input = null, output = null, variables = {} }) => ({
      ...{ node: node_id, iteration, input, output, variables },
    })),
  };
};

/** The loops around a node, outer ones first. */
const loopsAround = (draft: Draft, id: string): string[] => {
  const places = loopOf(draft);
  const loops: string[] = [];
  for (let loop = places.get(id)?.loop; loop !== undefined; loop = places.get(loop)?.loop) loops.unshift(loop);
  return loops;
};

/** Whether a story tells anything of what stands in front of a node. */
export const knows = ({ visits }: Story, before: ReadonlySet<string>): boolean =>
  visits.some(({ node }) => before.has(node));

/**
 * Every name that a node can read, by a story. `before`: the nodes in front of it. Of a loop that the node stands in,
 * the first iteration counts; nodes that the story did not come by are guessed where the plan is known.
 */
export const seenAt = (
  draft: Draft,
  id: string,
  before: ReadonlySet<string>,
  story: Story,
  plan: Plan | undefined,
): Record<string, Json> => {
  const around = new Set(loopsAround(draft, id));
  const first = ({ node, iteration }: StoryVisit) =>
    loopsAround(draft, node).every((loop, depth) => !around.has(loop) || (iteration[depth] ?? 0) === 0);
  const variables: Record<string, Json> = { ...draft.global_variables, ...story.given };
  const nodes: Record<string, Json> = {};
  const visited = new Set<string>();
  for (const visit of story.visits) {
    if (!before.has(visit.node) || !first(visit)) continue;
    visited.add(visit.node);
    Object.assign(variables, visit.variables);
    if (visit.output !== null) nodes[visit.node] = visit.output;
    // The loop is in the middle of its first iteration, as seen from inside its body.
    const type = around.has(visit.node) ? nodeType(draft.nodes[visit.node]?.node_type ?? "") : undefined;
    if (type && isJsonObject(visit.input)) Object.assign(variables, wouldSet(type, visit.input, variables));
  }
  for (const each of [...before].reverse()) {
    const node = plan?.byId.get(each);
    if (node && !visited.has(each)) Object.assign(variables, guess(node, variables));
  }
  return { ...variables, nodes, trigger: story.given, execution: story.execution };
};
