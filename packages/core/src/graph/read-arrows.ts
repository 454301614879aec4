// Second pass of compiling: connections become numbered arrows between nodes that exist, from ports that exist.
import { misplaced, secretIn } from "../config/bind.js";
import { compileCondition } from "../config/condition.js";
import type { ConnectionDocument, WorkflowGraph } from "../documents/workflow.js";
import { portsOf } from "../node.js";
import type { Arrow, PlanNode } from "./plan.js";
import { type Problem, type ProblemCode, problem } from "./problems.js";

const connectionName = (connection: ConnectionDocument, index: number): string =>
  connection.connection_id ?? `connection ${index + 1}`;

/** Gives the arrow of one connection, or says why there is none. */
const readArrow = (
  connection: ConnectionDocument,
  index: number,
  byId: ReadonlyMap<string, PlanNode>,
  graph: WorkflowGraph,
  problems: Problem[],
): Arrow | undefined => {
  const name = connectionName(connection, index);
  const place = { connection_id: name };
  const refuse = (code: ProblemCode, message: string, extra = {}) => {
    problems.push(problem(code, { ...place, ...extra }, message));
    return undefined;
  };
  const { from_node_id, to_node_id, from_port_name: port = "output" } = connection;
  if (!Object.hasOwn(graph.nodes, from_node_id))
    return refuse("connection_from_nothing", `The connection starts at "${from_node_id}", which does not exist.`);
  if (!Object.hasOwn(graph.nodes, to_node_id))
    return refuse("connection_to_nothing", `The connection leads to "${to_node_id}", which does not exist.`);
  const from = byId.get(from_node_id);
  const to = byId.get(to_node_id);
  if (!from || !to) return undefined; // a node of an unknown type: said already
  if (to.type.behaviour === "trigger")
    return refuse("connection_to_trigger", `The connection leads into the trigger "${to.id}".`, { node_id: to.id });
  const ports = portsOf(from.type, from.drawn);
  if (ports !== "any" && !Object.hasOwn(ports, port)) {
    const has = Object.keys(ports).join(", ") || "none";
    return refuse("unknown_port", `"${from.id}" (${from.type.type}) has no port "${port}"; it has: ${has}.`, {
      node_id: from.id,
    });
  }
  const arrow: Arrow = { connection: name, port, from: from.index, to: to.index };
  if (connection.condition === undefined) return arrow;
  try {
    const condition = compileCondition(connection.condition);
    const secret = secretIn(condition.names);
    if (secret !== undefined) return refuse("secret_misplaced", misplaced(secret), { path: "condition" });
    return { ...arrow, condition };
  } catch (error) {
    return refuse("template_invalid", error instanceof Error ? error.message : String(error), { path: "condition" });
  }
};

/** All enabled connections as arrows; a second connection between the same ports counts once. */
export const readArrows = (graph: WorkflowGraph, byId: ReadonlyMap<string, PlanNode>, problems: Problem[]): Arrow[] => {
  const seen = new Set<string>();
  const arrows: Arrow[] = [];
  graph.connections.forEach((connection, index) => {
    if (connection.enabled === false) return;
    const arrow = readArrow(connection, index, byId, graph, problems);
    if (!arrow) return;
    const key = `${arrow.from} ${arrow.to} ${arrow.port} ${connection.condition ?? ""}`;
    if (seen.has(key)) return;
    seen.add(key);
    arrows.push(arrow);
  });
  return arrows;
};
