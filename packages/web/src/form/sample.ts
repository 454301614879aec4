// The data that a node would see, before anything has run: the trigger's own example goes through the nodes in front of
// it in the interpreter, actions answering as their types pretend. A try's data, or a past execution's, are taken instead.
import { compile, type Json, nodeType, simulate } from "@workflow-core/core";
import { type Draft, removeNodes } from "../builder/document.js";
import { emptySample, type SampleData } from "./context.js";
import { knows, type Story, seenAt, storyOfState } from "./story.js";

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

/** What a node sees. `told`: a run to take the data from, if it came by; else the trigger's example goes through. */
export const sampleFor = async (
  draft: Draft,
  id: string,
  told?: { story: Story; source: "try" | "run" },
): Promise<SampleData> => {
  const before = ancestors(draft, id);
  const trigger =
    draft.nodes[id] && nodeType(draft.nodes[id].node_type)?.behaviour === "trigger" ? id : triggerOf(draft, before);
  if (trigger === undefined) return emptySample;
  before.add(trigger);
  const front = removeNodes(
    draft,
    Object.keys(draft.nodes).filter((each) => !before.has(each)),
  );
  const { plan } = compile(front);
  const made = (variables: Record<string, Json>, source: SampleData["source"]): SampleData => ({
    ...{ variables, unknown: unknownNames(draft, before, variables), source },
  });
  if (told && knows(told.story, before)) return made(seenAt(draft, id, before, told.story, plan), told.source);
  const data = triggerSample(draft, trigger);
  if (!plan) return made({ ...draft.global_variables, ...data, trigger: data }, "example");
  const { state } = await simulate(plan, { trigger, data, at: Date.now() });
  return made(seenAt(draft, id, before, storyOfState(plan, state), plan), "example");
};
