// Workflows nobody would draw: random graphs that are valid by construction, with branches, joins, loops, merges,
// parallel nodes, actions, delays and error ports. Every node that writes a variable writes one of its own, so the
// final state may not depend on the order in which answers come.
import type { ConnectionDocument, NodeDocument, WorkflowGraph } from "../documents/workflow.js";

interface Sketch {
  nodes: Record<string, NodeDocument>;
  connections: ConnectionDocument[];
  chance: () => number;
  room: number;
}

/** An open end: a node's port that the next node may hang on. */
interface Tail {
  node: string;
  port: string;
}

const pickFrom = <T>(sketch: Sketch, list: readonly T[]): T => list[Math.floor(sketch.chance() * list.length)] as T;

const add = (
  sketch: Sketch,
  node_type: string,
  config: NodeDocument["config"],
  tails: readonly Tail[],
  rest: Partial<NodeDocument> = {},
): string => {
  const id = `n${Object.keys(sketch.nodes).length}`;
  sketch.nodes[id] = { node_type, config: config ?? {}, ...rest };
  for (const { node, port } of tails)
    sketch.connections.push({ from_node_id: node, from_port_name: port, to_node_id: id });
  sketch.room -= 1;
  return id;
};

/** A stretch of nodes hung on `tails`; gives its own open ends. */
const stretch = (sketch: Sketch, tails: Tail[], depth: number, inLoop: boolean): Tail[] => {
  let ends = tails;
  const length = 1 + Math.floor(sketch.chance() * 4);
  for (let index = 0; index < length && sketch.room > 0; index += 1) ends = piece(sketch, ends, depth, inLoop);
  return ends;
};

const piece = (sketch: Sketch, ends: Tail[], depth: number, inLoop: boolean): Tail[] => {
  const out = (node: string): Tail[] => [{ node, port: "output" }];
  const kind = pickFrom(sketch, [
    "set",
    "action",
    "guarded",
    "delay",
    "if",
    "switch",
    "parallel",
    "foreach",
    "while",
    "break",
    "tap",
  ]);
  if (kind === "action")
    return out(add(sketch, "action_module", { module_name: "m", action: "a" }, ends, { retry: sketch.chance() < 0.5 }));
  if (kind === "guarded") {
    const id = add(sketch, "action_module", { module_name: "m", action: "guarded" }, ends);
    return [...out(id), { node: id, port: "error" }];
  }
  if (kind === "delay")
    return out(add(sketch, "action_delay", { delay_seconds: Math.floor(sketch.chance() * 5) }, ends));
  if (depth < 3 && kind === "if")
    return fork(
      sketch,
      add(sketch, "condition_if", { condition: sketch.chance() < 0.5 ? "chance > 0.5" : "chance <= 0.5" }, ends),
      ["true", "false"],
      depth,
      inLoop,
    );
  if (depth < 3 && kind === "switch") {
    const cases = [1, 2].map((value) => ({ value, output_port: `p${value}` }));
    return fork(
      sketch,
      add(sketch, "condition_switch", { switch_variable: "{{ choice }}", cases }, ends),
      ["p1", "p2", "default"],
      depth,
      inLoop,
    );
  }
  if (depth < 3 && kind === "parallel") return parallel(sketch, ends, depth, inLoop);
  if (depth < 2 && kind === "foreach")
    return loop(
      sketch,
      "loop_foreach",
      { collection: [1, 2, 3].slice(0, Math.floor(sketch.chance() * 4)) },
      ends,
      depth,
    );
  if (depth < 2 && kind === "while")
    return loop(
      sketch,
      "loop_while",
      { condition: sketch.chance() < 0.5 ? "index < 2" : "false", max_iterations: 5 },
      ends,
      depth,
    );
  if (inLoop && kind === "break")
    return out(
      add(sketch, "loop_break", sketch.chance() < 0.5 ? { condition: "chance > 0.3" } : { condition: "false" }, ends),
    );
  if (kind === "tap") {
    add(sketch, "action_module", { module_name: "m", action: "tap" }, ends);
    return ends;
  }
  const id = `v${Object.keys(sketch.nodes).length}`;
  return out(add(sketch, "data_variable_set", { variable_name: id, value: id }, ends));
};

const fork = (sketch: Sketch, from: string, ports: readonly string[], depth: number, inLoop: boolean): Tail[] =>
  ports.flatMap((port) => stretch(sketch, [{ node: from, port }], depth + 1, inLoop));

const parallel = (sketch: Sketch, ends: Tail[], depth: number, inLoop: boolean): Tail[] => {
  const ports = ["a", "b", "c"].slice(0, 2 + Math.floor(sketch.chance() * 2));
  const from = add(sketch, "flow_parallel", sketch.chance() < 0.4 ? { max_parallel: 1 } : {}, ends);
  const branches = ports.map((port) => stretch(sketch, [{ node: from, port }], depth + 1, inLoop));
  if (sketch.chance() < 0.5) return branches.flat();
  const merge = add(sketch, "flow_merge", { merge_strategy: "wait_all" }, branches.flat());
  return [{ node: merge, port: "output" }];
};

const loop = (sketch: Sketch, type: string, config: NodeDocument["config"], ends: Tail[], depth: number): Tail[] => {
  const id = add(sketch, type, config, ends);
  const body = stretch(sketch, [{ node: id, port: "loop_body" }], depth + 1, true);
  const back = body[0];
  if (back && back.node !== id && sketch.chance() < 0.5)
    sketch.connections.push({
      from_node_id: back.node,
      from_port_name: back.port,
      to_node_id: id,
      to_port_name: "loop_continue",
    });
  return [{ node: id, port: "output" }];
};

/** A valid workflow of up to `size` nodes; the same chance gives the same workflow. It reads `chance` and `choice`. */
export const randomGraph = (chance: () => number, size = 40): WorkflowGraph => {
  const sketch: Sketch = { nodes: {}, connections: [], chance, room: size };
  const start = add(sketch, "trigger_webhook", {}, []);
  let ends: Tail[] = [{ node: start, port: "output" }];
  while (sketch.room > 0) ends = stretch(sketch, ends, 0, false);
  add(sketch, "flow_end", { output_data: { done: true } }, ends);
  return {
    nodes: sketch.nodes,
    connections: sketch.connections,
    global_variables: { chance: chance(), choice: 1 + Math.floor(chance() * 3) },
    metadata: { retry_failed_nodes: chance() < 0.5 },
  };
};
