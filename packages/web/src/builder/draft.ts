// What a draft is and how it begins. Knows nothing of node types, so that pages which only list workflows stay light.
import type { Draft } from "../api/types.js";

export interface Point {
  x: number;
  y: number;
}

export const emptyDraft: Draft = {
  name: "Untitled",
  description: null,
  nodes: {},
  connections: [],
  global_variables: {},
  metadata: {},
};

/** The parts of anything that holds a draft. */
export const draftOf = ({ name, description, nodes, connections, global_variables, metadata }: Draft): Draft => ({
  name,
  description,
  nodes,
  connections,
  global_variables,
  metadata,
});

/** The text of an export: what an import reads. */
export const exportText = (workflow: Draft): string => `${JSON.stringify(draftOf(workflow), null, 2)}\n`;
