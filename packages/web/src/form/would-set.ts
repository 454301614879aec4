// What a node would set, by its own type's word: for previews of nodes that a run did not come by.
import type { Json, NodeType, PlanNode } from "@workflow-core/core";

const momentOf = (variables: Record<string, Json>) => ({
  iteration: 0,
  arrived: 1,
  timedOut: false,
  variable: (name: string) => (Object.hasOwn(variables, name) ? variables[name] : undefined),
  trigger: {},
});

/** What a node would set with this config, by its own type's word; nothing where it cannot be said. */
export const wouldSet = (
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
export const guess = (node: PlanNode, variables: Record<string, Json>): Record<string, Json> => {
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
