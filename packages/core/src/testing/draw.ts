// Workflows as text, for tests: draw("start -> check; check -true-> yes -> end; check -false-> end", nodes).
import type { ConnectionDocument, NodeDocument, WorkflowGraph } from "../documents/workflow.js";

/** A node as its type, as [type, config], or whole. */
export type Drawn = string | readonly [type: string, config: Record<string, unknown>] | NodeDocument;

const toNode = (drawn: Drawn): NodeDocument => {
  if (typeof drawn === "string") return { node_type: drawn, config: {} };
  if ("node_type" in drawn) return drawn;
  return { node_type: drawn[0], config: drawn[1] as NonNullable<NodeDocument["config"]> };
};

/** Arrows are `->` (port `output`) or `-port->`; paths are separated by `;` or line breaks. */
export const draw = (paths: string, nodes: Record<string, Drawn>, rest: Partial<WorkflowGraph> = {}): WorkflowGraph => {
  const connections: ConnectionDocument[] = [];
  for (const path of paths.split(/[;\n]/)) {
    const parts = path.trim().split(/\s+-(?:(\S+?)-)?>\s+/);
    for (let index = 0; index + 2 < parts.length; index += 2) {
      const port = parts[index + 1];
      connections.push({
        from_node_id: parts[index] as string,
        ...(port ? { from_port_name: port } : {}),
        to_node_id: parts[index + 2] as string,
      });
    }
  }
  return {
    nodes: Object.fromEntries(Object.entries(nodes).map(([id, drawn]) => [id, toNode(drawn)])),
    connections,
    global_variables: {},
    metadata: {},
    ...rest,
  };
};
