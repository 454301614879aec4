// Edits of a drawn workflow as pure functions: document in, document out, what is untouched is shared. Nothing here
// knows the canvas, the store or the server.
//
// D1. An edit that changes nothing gives the very same document back.
// D2. No connection leads from or to a node that is not there.
// D3. Ids of nodes are readable and, once given, only changed by `renameNode`.
import type { ConnectionDocument, Json, NodeDocument, WorkflowMetadata } from "@workflow-core/core";
import { nodeType } from "@workflow-core/core";
import type { Draft } from "../api/types.js";
import type { Point } from "./draft.js";
import { outputPorts, renamedPort } from "./ports.js";

export type { Draft } from "../api/types.js";
export type { Point } from "./draft.js";

export const portOf = (connection: ConnectionDocument): string => connection.from_port_name ?? "output";

/** The name of a connection, as `compile` says it in problems. */
export const connectionName = (connection: ConnectionDocument, index: number): string =>
  connection.connection_id ?? `connection ${index + 1}`;

const withNodes = (draft: Draft, nodes: Draft["nodes"]): Draft => ({ ...draft, nodes });

/** A free id for a node of a type: chat_message, chat_message_2, … */
export const freeId = (taken: Readonly<Record<string, unknown>>, type: string): string => {
  const stem = type.replace(/^(trigger|condition|action|data|loop|flow)_/, "") || "node";
  let id = stem;
  for (let number = 2; Object.hasOwn(taken, id); number += 1) id = `${stem}_${number}`;
  return id;
};

const freeConnectionId = (draft: Draft, from: string, port: string, to: string): string => {
  const taken = new Set(draft.connections.map(connectionName));
  const stem = `${from}.${port}-${to}`.slice(0, 240);
  let id = stem;
  for (let number = 2; taken.has(id); number += 1) id = `${stem}-${number}`;
  return id;
};

const rounded = ({ x, y }: Point): Point => ({ x: Math.round(x), y: Math.round(y) });

/** Adds a node of a type; gives the document and the new id. */
export const addNode = (draft: Draft, type: string, at: Point, config: Record<string, Json> = {}): [Draft, string] => {
  const id = freeId(draft.nodes, type);
  const node: NodeDocument = { node_type: type, position: rounded(at), config };
  return [withNodes(draft, { ...draft.nodes, [id]: node }), id];
};

/** Takes nodes away, and every connection at them. */
export const removeNodes = (draft: Draft, ids: readonly string[]): Draft => {
  const gone = new Set(ids.filter((id) => Object.hasOwn(draft.nodes, id)));
  if (gone.size === 0) return draft;
  return {
    ...draft,
    nodes: Object.fromEntries(Object.entries(draft.nodes).filter(([id]) => !gone.has(id))),
    connections: draft.connections.filter(
      ({ from_node_id, to_node_id }) => !gone.has(from_node_id) && !gone.has(to_node_id),
    ),
  };
};

/** Takes connections away, by name. */
export const removeConnections = (draft: Draft, names: readonly string[]): Draft => {
  const gone = new Set(names);
  const left = draft.connections.filter((each, index) => !gone.has(connectionName(each, index)));
  return left.length === draft.connections.length ? draft : { ...draft, connections: left };
};

/** Puts nodes elsewhere. */
export const moveNodes = (draft: Draft, positions: Readonly<Record<string, Point>>): Draft => {
  let nodes = draft.nodes;
  for (const [id, point] of Object.entries(positions)) {
    const node = nodes[id];
    const to = rounded(point);
    if (!node || (node.position?.x === to.x && node.position.y === to.y)) continue;
    if (nodes === draft.nodes) nodes = { ...nodes };
    nodes[id] = { ...node, position: to };
  }
  return nodes === draft.nodes ? draft : withNodes(draft, nodes);
};

type Patch = { [K in keyof NodeDocument]?: NodeDocument[K] | undefined };

/** Changes a node's own properties; `undefined` takes one away. */
export const patchNode = (draft: Draft, id: string, patch: Patch): Draft => {
  const node = draft.nodes[id];
  if (!node) return draft;
  const merged = Object.fromEntries(Object.entries({ ...node, ...patch }).filter(([, value]) => value !== undefined));
  // `merged` holds a node's properties only: node_type comes from the node or the patch.
  return withNodes(draft, { ...draft.nodes, [id]: merged as NodeDocument });
};

/** Sets one field of a node's config; `undefined` takes it away. A port that is renamed keeps its connections. */
export const setConfig = (draft: Draft, id: string, key: string, value: Json | undefined): Draft => {
  const node = draft.nodes[id];
  if (!node) return draft;
  const config: Record<string, Json> = { ...node.config };
  if (value === undefined) delete config[key];
  else config[key] = value;
  const next = patchNode(draft, id, { config });
  const type = nodeType(node.node_type);
  const renamed = type && renamedPort(type, node.config ?? {}, config);
  return renamed ? renamePort(next, id, renamed.from, renamed.to) : next;
};

/** Connections that leave `from` leave `to` instead. */
const renamePort = (draft: Draft, id: string, from: string, to: string): Draft => ({
  ...draft,
  connections: draft.connections.map((each) =>
    each.from_node_id === id && portOf(each) === from ? { ...each, from_port_name: to } : each,
  ),
});

/** Gives a node another id, and its connections with it. The id must be free. */
export const renameNode = (draft: Draft, from: string, to: string): Draft => {
  if (from === to || to === "" || !Object.hasOwn(draft.nodes, from) || Object.hasOwn(draft.nodes, to)) return draft;
  const swap = (id: string) => (id === from ? to : id);
  return {
    ...draft,
    nodes: Object.fromEntries(Object.entries(draft.nodes).map(([id, node]) => [swap(id), node])),
    connections: draft.connections.map((each) => ({
      ...each,
      from_node_id: swap(each.from_node_id),
      to_node_id: swap(each.to_node_id),
    })),
  };
};

/** Why two nodes cannot be connected, as a sentence; undefined when they can. */
export const connectionObstacle = (draft: Draft, from: string, port: string, to: string): string | undefined => {
  const target = draft.nodes[to];
  if (!draft.nodes[from] || !target) return "There is no such node.";
  if (nodeType(target.node_type)?.behaviour === "trigger") return "Triggers only start: nothing leads into them.";
  if (from === to) return "A node cannot lead to itself; use a loop to repeat.";
  const exists = draft.connections.some(
    (each) => each.from_node_id === from && portOf(each) === port && each.to_node_id === to,
  );
  return exists ? "They are connected already." : undefined;
};

/** Draws a connection; the document comes back unchanged when it cannot be. */
export const connect = (draft: Draft, from: string, port: string, to: string): Draft => {
  if (connectionObstacle(draft, from, port, to)) return draft;
  const connection: ConnectionDocument = {
    connection_id: freeConnectionId(draft, from, port, to),
    from_node_id: from,
    from_port_name: port,
    to_node_id: to,
  };
  return { ...draft, connections: [...draft.connections, connection] };
};

/** Changes a connection, by name. */
export const patchConnection = (
  draft: Draft,
  name: string,
  patch: { condition?: string | undefined; enabled?: boolean | undefined },
): Draft => ({
  ...draft,
  connections: draft.connections.map((each, index) => {
    if (connectionName(each, index) !== name) return each;
    const merged = Object.entries({ ...each, ...patch }).filter(([, value]) => value !== undefined);
    return Object.fromEntries(merged) as ConnectionDocument; // still a connection: the patch has only optional parts
  }),
});

/** Puts a node into a connection: what led from a to b leads through it. */
export const splice = (draft: Draft, name: string, id: string): Draft => {
  const old = draft.connections.find((each, index) => connectionName(each, index) === name);
  const node = draft.nodes[id];
  const type = node && nodeType(node.node_type);
  if (!old || !node || type?.behaviour === "trigger" || old.from_node_id === id || old.to_node_id === id) return draft;
  const entered = connect(removeConnections(draft, [name]), old.from_node_id, portOf(old), id);
  const kept = old.condition === undefined ? entered : patchLast(entered, { condition: old.condition });
  const port = Object.keys(outputPorts(node, []))[0];
  return port === undefined ? kept : connect(kept, id, port, old.to_node_id);
};

const patchLast = (draft: Draft, patch: Partial<ConnectionDocument>): Draft => ({
  ...draft,
  connections: draft.connections.map((each, index) =>
    index === draft.connections.length - 1 ? { ...each, ...patch } : each,
  ),
});

export const setMetadata = (draft: Draft, key: string, value: Json | undefined): Draft => {
  const metadata: Record<string, unknown> = { ...draft.metadata };
  if (value === undefined) delete metadata[key];
  else metadata[key] = value;
  // Drafts may be wrong; `compile` says what does not fit.
  return { ...draft, metadata: metadata as WorkflowMetadata };
};

/** Whether two drafts say the same, key order aside. */
export const sameDraft = (left: Draft, right: Draft): boolean => left === right || stable(left) === stable(right);

/** JSON text with sorted keys. */
export const stable = (value: unknown): string =>
  JSON.stringify(value, (_key, each: unknown) =>
    typeof each === "object" && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([left], [right]) => (left < right ? -1 : 1)))
      : each,
  );
