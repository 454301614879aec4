// Copying and pasting as JSON text: the same shape as a workflow's graph, so that it can be sent to others, pasted into
// another workflow, or read from a file.
import { type ConnectionDocument, graphSchema, type NodeDocument } from "@workflow-core/core";
import { type Draft, freeId, type Point } from "./document.js";

/** The text of some nodes and the connections between them. */
export const copyText = (draft: Draft, ids: readonly string[]): string => {
  const chosen = new Set(ids);
  const nodes = Object.fromEntries(Object.entries(draft.nodes).filter(([id]) => chosen.has(id)));
  const connections = draft.connections.filter(
    ({ from_node_id, to_node_id }) => chosen.has(from_node_id) && chosen.has(to_node_id),
  );
  return JSON.stringify({ nodes, connections }, null, 2);
};

export interface Clip {
  nodes: Record<string, NodeDocument>;
  connections: ConnectionDocument[];
}

/** What a text holds, or a sentence that says why it holds nothing to paste. */
export const readClip = (text: string): Clip | string => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return "What is on the clipboard is not JSON.";
  }
  const inner = typeof value === "object" && value !== null && "workflow" in value ? value.workflow : value;
  const parsed = graphSchema.safeParse(inner);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return `What is on the clipboard is not part of a workflow: ${issue?.path.map(String).join(".") ?? ""} ${issue?.message ?? ""}`;
  }
  const { nodes, connections } = parsed.data;
  return Object.keys(nodes).length === 0 ? "There are no nodes on the clipboard." : { nodes, connections };
};

const corner = (clip: Clip): Point => {
  const points = Object.values(clip.nodes).map(({ position }) => position ?? { x: 0, y: 0 });
  return { x: Math.min(...points.map(({ x }) => x)), y: Math.min(...points.map(({ y }) => y)) };
};

/** Adds a clip with its upper left corner at a point, under free ids; gives the document and the new ids. */
export const paste = (draft: Draft, clip: Clip, at: Point): [Draft, string[]] => {
  const from = corner(clip);
  const nodes: Draft["nodes"] = { ...draft.nodes };
  const renamed = new Map<string, string>();
  for (const [old, node] of Object.entries(clip.nodes)) {
    const id = Object.hasOwn(nodes, old) ? freeId(nodes, old.replace(/_\d+$/, "")) : old;
    const { x, y } = node.position ?? { x: 0, y: 0 };
    nodes[id] = { ...node, position: { x: Math.round(x - from.x + at.x), y: Math.round(y - from.y + at.y) } };
    renamed.set(old, id);
  }
  const connections = clip.connections.flatMap((each) => {
    const [source, target] = [renamed.get(each.from_node_id), renamed.get(each.to_node_id)];
    if (source === undefined || target === undefined) return [];
    const { connection_id: _old, ...rest } = each;
    const connection_id = `${source}.${each.from_port_name ?? "output"}-${target}`.slice(0, 255);
    return [{ ...rest, connection_id, from_node_id: source, to_node_id: target }];
  });
  const taken = new Set(draft.connections.map(({ connection_id }) => connection_id));
  const fresh = connections.map((each) => {
    let { connection_id } = each;
    for (let number = 2; taken.has(connection_id); number += 1) connection_id = `${each.connection_id}-${number}`;
    taken.add(connection_id);
    return { ...each, connection_id };
  });
  return [{ ...draft, nodes, connections: [...draft.connections, ...fresh] }, [...renamed.values()]];
};
