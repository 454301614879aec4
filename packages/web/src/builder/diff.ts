// What is different between two drawn workflows, said per node and per field, for publishing, versions and conflicts.
import type { WorkflowGraph } from "@workflow-core/core";
import { connectionName, portOf, stable } from "./document.js";

export type Change = "added" | "removed" | "changed" | "moved";

export interface FieldChange {
  path: string;
  before: unknown;
  after: unknown;
}

export interface NodeChange {
  id: string;
  change: Change;
  node_type: string;
  fields: FieldChange[];
}

export interface ConnectionChange {
  change: "added" | "removed" | "changed";
  text: string;
}

export interface Difference {
  nodes: NodeChange[];
  connections: ConnectionChange[];
  settings: FieldChange[];
  /** How many changes there are; moving alone counts for nothing. */
  count: number;
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The fields in which two values differ, one level into `config`, deeper ones whole. */
const fieldChanges = (before: unknown, after: unknown, path: string, depth: number): FieldChange[] => {
  if (stable(before) === stable(after)) return [];
  if (depth === 0 || !isPlain(before) || !isPlain(after)) return [{ path, before, after }];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.flatMap((key) => fieldChanges(before[key], after[key], path ? `${path}.${key}` : key, depth - 1));
};

const nodeChanges = (before: WorkflowGraph["nodes"], after: WorkflowGraph["nodes"]): NodeChange[] => {
  const ids = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return ids.flatMap((id): NodeChange[] => {
    const [old, now] = [before[id], after[id]];
    if (!old && now) return [{ id, change: "added", node_type: now.node_type, fields: [] }];
    if (old && !now) return [{ id, change: "removed", node_type: old.node_type, fields: [] }];
    if (!old || !now) return [];
    const fields = fieldChanges(old, now, "", 2);
    if (fields.length === 0) return [];
    const real = fields.filter(({ path }) => !path.startsWith("position"));
    return [{ id, change: real.length > 0 ? "changed" : "moved", node_type: now.node_type, fields: real }];
  });
};

const connectionChanges = (before: WorkflowGraph, after: WorkflowGraph): ConnectionChange[] => {
  const text = (graph: WorkflowGraph) =>
    new Map(
      graph.connections.map((each) => [
        `${each.from_node_id} · ${portOf(each)} → ${each.to_node_id}`,
        stable({ condition: each.condition, enabled: each.enabled !== false }),
      ]),
    );
  const [old, now] = [text(before), text(after)];
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((key): ConnectionChange[] => {
    if (!old.has(key)) return [{ change: "added", text: key }];
    if (!now.has(key)) return [{ change: "removed", text: key }];
    return old.get(key) === now.get(key) ? [] : [{ change: "changed", text: key }];
  });
};

type Comparable = WorkflowGraph & { name?: string | null; description?: string | null };

export const difference = (before: Comparable, after: Comparable): Difference => {
  const nodes = nodeChanges(before.nodes, after.nodes);
  const connections = connectionChanges(before, after);
  const settings = [
    ...fieldChanges(before.name ?? "", after.name ?? "", "name", 0),
    ...fieldChanges(before.description ?? "", after.description ?? "", "description", 0),
    ...fieldChanges(before.global_variables, after.global_variables, "global_variables", 1),
    ...fieldChanges(before.metadata, after.metadata, "metadata", 1),
  ];
  const real = nodes.filter(({ change }) => change !== "moved").length;
  return { nodes, connections, settings, count: real + connections.length + settings.length };
};

/** Both graphs in one, for drawing: what was removed is there as well. */
export const unionGraph = (before: WorkflowGraph, after: WorkflowGraph): WorkflowGraph => {
  const here = new Set(after.connections.map((each) => `${each.from_node_id} ${portOf(each)} ${each.to_node_id}`));
  const gone = before.connections
    .map((each, index) => ({ ...each, connection_id: `removed ${connectionName(each, index)}`.slice(0, 255) }))
    .filter((each) => !here.has(`${each.from_node_id} ${portOf(each)} ${each.to_node_id}`));
  return { ...after, nodes: { ...before.nodes, ...after.nodes }, connections: [...after.connections, ...gone] };
};
