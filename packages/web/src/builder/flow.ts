// The only file that knows the shapes of React Flow: drafts become its nodes and edges, its changes become edits.
import type { ConnectionDocument, NodeDocument } from "@workflow-core/core";
import {
  applyNodeChanges,
  type Connection,
  type Edge,
  type EdgeChange,
  type Node,
  type NodeChange,
} from "@xyflow/react";
import { connectionName, type Draft, type Point, portOf } from "./document.js";
import { type Port, shownPorts } from "./ports.js";
import type { Selection } from "./store.js";

export interface CardData extends Record<string, unknown> {
  node: NodeDocument;
  ports: Port[];
  /** Which of the ports are wired. */
  wired: string;
}
export type CardNode = Node<CardData, "card">;

export interface WireData extends Record<string, unknown> {
  condition: string | undefined;
  enabled: boolean;
  port: string;
  editable: boolean;
}
export type WireEdge = Edge<WireData, "wire">;

const cardWidth = 240;
const inputPort = "input";

const leaving = (draft: Draft): Map<string, ConnectionDocument[]> => {
  const map = new Map<string, ConnectionDocument[]>();
  for (const each of draft.connections) {
    const list = map.get(each.from_node_id);
    if (list) list.push(each);
    else map.set(each.from_node_id, [each]);
  }
  return map;
};

const none: ConnectionDocument[] = [];

/** Nodes for the canvas; what has not changed since `before` is the very same object, so it is not drawn again. */
export const toNodes = (
  draft: Draft,
  selection: Selection,
  before: readonly CardNode[],
  readOnly: boolean,
): CardNode[] => {
  const out = leaving(draft);
  const old = new Map(before.map((each) => [each.id, each]));
  const selected = new Set(selection.nodes);
  return Object.entries(draft.nodes).map(([id, node], index) => {
    const own = out.get(id) ?? none;
    const wired = own.map(portOf).join("\n");
    const last = old.get(id);
    const position = node.position ?? { x: (index % 6) * 300, y: Math.floor(index / 6) * 160 };
    const same = last?.data.node === node && last.data.wired === wired;
    const data = same && last ? last.data : { node, ports: shownPorts(node, own), wired };
    const isSelected = selected.has(id);
    if (
      last &&
      last.data === data &&
      last.selected === isSelected &&
      last.position.x === position.x &&
      last.position.y === position.y
    )
      return last;
    return {
      ...(last?.measured ? { measured: last.measured } : {}),
      id,
      type: "card",
      position,
      data,
      selected: isSelected,
      draggable: !readOnly,
      connectable: !readOnly,
      ariaLabel: `${node.label ?? id}, ${node.node_type}`,
    };
  });
};

/** Edges for the canvas; those that lead from or to nothing have no place in it. */
export const toEdges = (draft: Draft, selection: Selection, readOnly: boolean): WireEdge[] => {
  const selected = new Set(selection.connections);
  return draft.connections.flatMap((each, index) => {
    if (!Object.hasOwn(draft.nodes, each.from_node_id) || !Object.hasOwn(draft.nodes, each.to_node_id)) return [];
    const id = connectionName(each, index);
    return {
      id,
      type: "wire" as const,
      source: each.from_node_id,
      target: each.to_node_id,
      sourceHandle: portOf(each),
      targetHandle: inputPort,
      selected: selected.has(id),
      ariaLabel: `Connection from ${each.from_node_id}, ${portOf(each)}, to ${each.to_node_id}`,
      data: { condition: each.condition, enabled: each.enabled !== false, port: portOf(each), editable: !readOnly },
    };
  });
};

export const inputHandle = inputPort;

/** What a finished connection connects; undefined when it does not lead to an input. */
export const readConnection = ({
  source,
  sourceHandle,
  target,
}: Connection): { from: string; port: string; to: string } => ({
  from: source,
  port: sourceHandle ?? "output",
  to: target,
});

export interface ReadChanges {
  /** The nodes with what happens while dragging and measuring. */
  nodes: CardNode[];
  /** Positions that are final. */
  moved: Record<string, Point> | undefined;
  selected: string[] | undefined;
}

export const readNodeChanges = (
  changes: NodeChange<CardNode>[],
  nodes: CardNode[],
  selection: Selection,
): ReadChanges => {
  const moved: Record<string, Point> = {};
  const selected = new Set(selection.nodes);
  let isSelecting = false;
  for (const change of changes) {
    if (change.type === "position" && change.dragging !== true && change.position) moved[change.id] = change.position;
    if (change.type !== "select") continue;
    isSelecting = true;
    if (change.selected) selected.add(change.id);
    else selected.delete(change.id);
  }
  const shown = changes.filter(({ type }) => type === "position" || type === "dimensions");
  return {
    nodes: shown.length > 0 ? applyNodeChanges(shown, nodes) : nodes,
    moved: Object.keys(moved).length > 0 ? moved : undefined,
    selected: isSelecting ? [...selected] : undefined,
  };
};

export const readEdgeChanges = (changes: EdgeChange<WireEdge>[], selection: Selection): string[] | undefined => {
  const selected = new Set(selection.connections);
  let isSelecting = false;
  for (const change of changes) {
    if (change.type !== "select") continue;
    isSelecting = true;
    if (change.selected) selected.add(change.id);
    else selected.delete(change.id);
  }
  return isSelecting ? [...selected] : undefined;
};

export const sizeOf = (node: CardNode | undefined): { width: number; height: number } => ({
  width: node?.measured?.width ?? cardWidth,
  height: node?.measured?.height ?? 96,
});
