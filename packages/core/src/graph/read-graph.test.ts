import { expect, it } from "vitest";
import { graphSchema } from "../documents/workflow.js";
import { inputWords } from "../input-words.js";
import { readGraph } from "./read-graph.js";

const count = 1234;
const names = Array.from({ length: count }, (_, index) => `n${index}`);
const large = (node: (index: number) => unknown, connection: (index: number) => unknown, more: object = {}) => ({
  nodes: Object.fromEntries(names.map((name, index) => [name, node(index)])),
  connections: names.map((_, index) => connection(index)),
  ...more,
});
const node = (index: number) => ({ node_type: "flow_end", config: { index } });
const connection = (index: number) => ({ from_node_id: `n${index}`, to_node_id: `n${index + 1}` });

/** What is read, and in how many pieces. */
function drive(document: unknown) {
  const work = readGraph(document);
  for (let pieces = 1; ; pieces += 1) {
    const step = work.next();
    if (step.done === true) return { ...step.value, pieces };
  }
}

it.each([
  ["is right", large(node, connection, { global_variables: { a: 1 }, metadata: { tags: ["x"] }, other: 1 })],
  ["has odd nodes", large((index) => (index % 400 === 0 ? { node_type: 1, odd: true } : node(index)), connection)],
  ["has odd connections", large(node, (index) => (index % 300 === 7 ? { from_node_id: "" } : connection(index)))],
  ["has odd settings", large(node, connection, { metadata: { tags: 5 }, global_variables: [] })],
  [
    "has reserved names",
    { ...large(node, connection), nodes: { ...large(node, connection).nodes, constructor: node(0) } },
  ],
  ["is small", { nodes: { a: node(0) } }],
  ["has no nodes", { connections: names.map((_, index) => connection(index)) }],
  ["has nodes that are none", { nodes: [1], connections: "x" }],
  ["is none", null],
])("a document that %s is read as the schema reads it", (_name, document) => {
  const { graph, issues } = drive(document);
  const whole = graphSchema.safeParse(document, { error: inputWords });
  expect(graph).toEqual(whole.data);
  // First of the settings, then of nodes and connections: the same ones in another order.
  const told = (each: readonly { path: PropertyKey[]; message: string }[]) =>
    each.map(({ path, message }) => `${path.join(".")} ${message}`).sort();
  expect(told(issues)).toEqual(told(whole.error?.issues ?? []));
});

it("looks at some nodes and connections at a time", () => {
  expect(drive(large(node, connection)).pieces).toBe(7);
  expect(drive({ nodes: { a: node(0) } }).pieces).toBe(1);
});
