// What people call a node: its label, else what its type is called, else its id.
import { nodeType } from "@workflow-core/core";
import type { Draft } from "../api/types.js";

export const nameOf = (nodes: Draft["nodes"], id: string): string => {
  const node = nodes[id];
  return node?.label || (node && nodeType(node.node_type)?.title) || id;
};
