import { expect, it } from "vitest";
import { starter } from "../workflows/starter.js";
import { difference, unionGraph } from "./diff.js";
import { addNode, connect, moveNodes, patchConnection, removeNodes, setConfig, setMetadata } from "./document.js";

it("finds nothing between a drawing and itself", () => {
  expect(difference(starter, structuredClone(starter))).toEqual({ nodes: [], connections: [], settings: [], count: 0 });
});

it("says per field what changed", () => {
  const changed = setMetadata(setConfig(starter, "greet", "message", "Hello!"), "max_retries", 2);
  expect(difference(starter, changed)).toEqual({
    nodes: [
      {
        id: "greet",
        change: "changed",
        node_type: "action_chat_message",
        fields: [{ path: "config.message", before: "{{ username }} hugs {{ args[0] }}!", after: "Hello!" }],
      },
    ],
    connections: [],
    settings: [{ path: "metadata.max_retries", before: undefined, after: 2 }],
    count: 2,
  });
});

it("tells added, removed and merely moved nodes apart", () => {
  const [added, id] = addNode(moveNodes(removeNodes(starter, ["done"]), { greet: { x: 9, y: 9 } }), "action_delay", {
    x: 0,
    y: 0,
  });
  const found = difference(starter, connect(added, "greet", "output", id));
  expect(found.nodes.map(({ id: name, change }) => [name, change])).toEqual([
    ["greet", "moved"],
    ["done", "removed"],
    ["delay", "added"],
  ]);
  expect(found.connections.map(({ change, text }) => `${change} ${text}`)).toEqual([
    "removed greet · output → done",
    "added greet · output → delay",
  ]);
  expect(found.count).toBe(4);
});

it("sees a condition on a connection", () => {
  const found = difference(starter, patchConnection(starter, "start-greet", { condition: "args.length > 1" }));
  expect(found.connections).toEqual([{ change: "changed", text: "start · output → greet" }]);
});

it("draws both graphs in one", () => {
  const union = unionGraph(starter, removeNodes(starter, ["done"]));
  expect(Object.keys(union.nodes)).toContain("done");
  expect(union.connections.at(-1)).toMatchObject({ from_node_id: "greet", to_node_id: "done" });
});
