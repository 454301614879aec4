// The data that a node would see, before anything has run: the trigger's own example goes through the nodes in front of
// it in the interpreter, actions answering as their types pretend. After a try, the try's data are taken instead.
import {
  compile,
  isJsonObject,
  type Json,
  type NodeType,
  nodeType,
  type Plan,
  type PlanNode,
  type State,
  simulate,
} from "@workflow-core/core";
import { type Draft, removeNodes } from "../builder/document.js";
import { loopOf } from "../builder/frames.js";
import { emptySample, type SampleData } from "./context.js";

/** Ids of all nodes that lead to a node, itself not included. */
export const ancestors = (draft: Draft, id: string): Set<string> => {
  const into = new Map<string, string[]>();
  for (const { from_node_id, to_node_id } of draft.connections) {
    const list = into.get(to_node_id) ?? [];
    list.push(from_node_id);
    into.set(to_node_id, list);
  }
  const seen = new Set<string>();
  const open = [...(into.get(id) ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...(into.get(next) ?? []));
  }
  seen.delete(id);
  return seen;
};

const momentOf = (variables: Record<string, Json>) => ({
  iteration: 0,
  arrived: 1,
  timedOut: false,
  variable: (name: string) => (Object.hasOwn(variables, name) ? variables[name] : undefined),
  trigger: {},
});

/** What a node would set with this config, by its own type's word; nothing where it cannot be said. */
const wouldSet = (
  type: NodeType,
  config: Record<string, unknown>,
  variables: Record<string, Json>,
): Record<string, Json> => {
  try {
    if (type.behaviour === "action") return type.pretend(config).variables ?? {};
    if (type.behaviour === "trigger") return {};
    const decided = type.decide({
      config: "condition" in config ? { ...config, condition: true } : config,
      ...momentOf(variables),
    });
    return decided.kind === "emit" || decided.kind === "iterate" ? decided.variables : {};
  } catch {
    return {};
  }
};

/** What a node that the sample did not come by would set, its config bound to what is known so far. */
const guess = (node: PlanNode, variables: Record<string, Json>): Record<string, Json> => {
  try {
    const env = {
      lookup: (name: string) => (Object.hasOwn(variables, name) ? variables[name] : undefined),
      now: 0,
      random: () => 0.42,
    };
    return wouldSet(node.type, node.binder.bind(env), variables);
  } catch {
    return {};
  }
};

const readState = (
  plan: Plan,
  state: State,
  before: ReadonlySet<string>,
  loops: readonly string[],
): Record<string, Json> => {
  const { started } = state;
  const given = { ...started.data, ...started.variables };
  const variables: Record<string, Json> = { ...plan.graph.global_variables, ...given };
  const nodes: Record<string, Json> = {};
  const visited = new Set<string>();
  for (const visit of state.history) {
    const node = plan.nodes[visit.node];
    if (!node || !before.has(node.id)) continue;
    visited.add(node.id);
    Object.assign(variables, visit.variables ?? {});
    if (visit.output !== null) nodes[node.id] = visit.output;
    // The loop is in the middle of its first iteration, as seen from inside its body.
    if (loops.includes(node.id) && isJsonObject(visit.input))
      Object.assign(variables, wouldSet(node.type, visit.input, variables));
  }
  for (const id of [...before].reverse()) {
    const node = plan.byId.get(id);
    if (node && !visited.has(id)) Object.assign(variables, guess(node, variables));
  }
  return {
    ...variables,
    nodes,
    trigger: given,
    execution: {
      id: started.context.execution_id,
      workflow_id: started.context.workflow_id,
      community_id: started.context.community_id,
      started_at: new Date(started.at).toISOString(),
    },
  };
};

const loopsAround = (draft: Draft, id: string): string[] => {
  const places = loopOf(draft);
  const loops: string[] = [];
  for (let loop = places.get(id)?.loop; loop !== undefined; loop = places.get(loop)?.loop) loops.push(loop);
  return loops;
};

/** Names that nodes in front would set although the sample did not come by. */
const unknownNames = (draft: Draft, before: ReadonlySet<string>, known: Record<string, Json>): string[] => {
  const names = [...before].flatMap((id) => {
    const node = draft.nodes[id];
    return (node && nodeType(node.node_type)?.sets?.(node.config ?? {})) ?? [];
  });
  return [...new Set(names)].filter((name) => !Object.hasOwn(known, name));
};

const triggerOf = (draft: Draft, before: ReadonlySet<string>): string | undefined => {
  const triggers = Object.keys(draft.nodes).filter(
    (id) => nodeType(draft.nodes[id]?.node_type ?? "")?.behaviour === "trigger" && draft.nodes[id]?.enabled !== false,
  );
  return triggers.find((id) => before.has(id)) ?? triggers[0];
};

/** The data of a trigger's example. */
export const triggerSample = (draft: Draft, trigger: string): Record<string, Json> => {
  const node = draft.nodes[trigger];
  const type = node && nodeType(node.node_type);
  return type?.behaviour === "trigger" ? type.sample(node?.config ?? {}) : {};
};

/** What a node sees. `tried`: the last try, if it went over the same drawing. */
export const sampleFor = async (
  draft: Draft,
  id: string,
  tried?: { plan: Plan; state: State },
): Promise<SampleData> => {
  const before = ancestors(draft, id);
  const loops = loopsAround(draft, id);
  const trigger =
    draft.nodes[id] && nodeType(draft.nodes[id].node_type)?.behaviour === "trigger" ? id : triggerOf(draft, before);
  if (trigger === undefined) return emptySample;
  before.add(trigger);
  if (tried?.state.history.some(({ node }) => before.has(tried.plan.nodes[node]?.id ?? ""))) {
    const variables = readState(tried.plan, tried.state, before, loops);
    return { variables, unknown: unknownNames(draft, before, variables), source: "try" };
  }
  const front = removeNodes(
    draft,
    Object.keys(draft.nodes).filter((each) => !before.has(each)),
  );
  const { plan } = compile(front);
  const data = triggerSample(draft, trigger);
  if (!plan) {
    const variables = { ...draft.global_variables, ...data, trigger: data };
    return { variables, unknown: unknownNames(draft, before, variables), source: "example" };
  }
  const { state } = await simulate(plan, { trigger, data, at: Date.now() });
  const variables = readState(plan, state, before, loops);
  return { variables, unknown: unknownNames(draft, before, variables), source: "example" };
};
