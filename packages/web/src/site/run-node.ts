// Running an example of the node manual: the node alone, with the variables of its example. Every port leads to a
// marker, so that one sees by which the flow goes on.
import { compileDocument, executionPath, type Json, nodeType, perform, portsOf, simulate } from "@workflow-core/core";
import { practiceOutside, type Sent } from "../practice/outside.js";

export interface NodeOutcome {
  /** Ports that the flow leaves by, in order. */
  goes_on_by: string[];
  /** What is sent outside. */
  sends?: Json[];
  /** The node's data. */
  gives: Json;
  failure?: string;
}

const never = { aborted: false, addEventListener: () => {}, removeEventListener: () => {} };
const isTrigger = (type: string): boolean => nodeType(type)?.behaviour === "trigger";
const mark = (port: string): string => `docs_port_${port}`;

const documentOf = (type: string, config: Record<string, Json>): unknown => {
  const known = nodeType(type);
  const named = known === undefined ? {} : portsOf(known, config);
  const ports = named === "any" ? ["first", "second"] : Object.keys(named);
  const markers = ports.map((port) => [
    mark(port),
    { node_type: "data_variable_set", config: { variable_name: "docs_port", value: port } },
  ]);
  const start = { docs_start: { node_type: "trigger_event", config: { event_type: "docs" } } };
  return {
    nodes: {
      ...(isTrigger(type) ? {} : start),
      node: { node_type: type, config },
      ...Object.fromEntries(markers),
    },
    connections: [
      ...(isTrigger(type) ? [] : [{ from_node_id: "docs_start", to_node_id: "node" }]),
      ...ports.map((port) => ({ from_node_id: "node", from_port_name: port, to_node_id: mark(port) })),
    ],
  };
};

/** Runs one node with this config; `index` is the number of its example, whose variables and answer are used. */
export const runNode = async (type: string, config: Record<string, Json>, index: number): Promise<NodeOutcome> => {
  const example = nodeType(type)?.examples[index];
  const { plan, problems } = compileDocument(documentOf(type, config));
  if (plan === undefined)
    return { goes_on_by: [], gives: null, failure: problems.map(({ message }) => message).join("; ") };
  const sent: Sent[] = [];
  const pins = example?.answer === undefined ? {} : { node: { ok: true as const, value: example.answer } };
  const outside = practiceOutside(pins, (each) => sent.push(each));
  const [trigger] = plan.triggers;
  const sample = isTrigger(type) && trigger?.type.behaviour === "trigger" ? trigger.type.sample(trigger.drawn) : {};
  const { state } = await simulate(plan, {
    data: isTrigger(type) ? sample : (example?.variables ?? {}),
    answer: (owed, now) => perform(plan, now, owed, outside, never),
  });
  const visit = state.history.findLast((each) => plan.nodes[each.node]?.id === "node");
  return {
    goes_on_by: executionPath(plan, state).flatMap((id) =>
      id.startsWith(mark("")) ? [id.slice(mark("").length)] : [],
    ),
    ...(sent.length > 0 ? { sends: sent.map(({ body }) => body) } : {}),
    gives: visit?.output ?? null,
    ...(state.failure === undefined ? {} : { failure: state.failure.message }),
  };
};
