import { expect, it } from "vitest";
import { starter } from "../workflows/starter.js";
import { addNode, connect, removeNodes, setConfig } from "./document.js";
import { mergeDrafts } from "./merge.js";

it("keeps what each side did to different parts", () => {
  const mine = setConfig(starter, "greet", "message", "Mine");
  const [added, id] = addNode(starter, "action_delay", { x: 0, y: 0 });
  const theirs = { ...connect(added, "greet", "output", id), name: "Theirs" };
  const { draft, clashes } = mergeDrafts(starter, mine, theirs);
  expect(clashes).toEqual([]);
  expect(draft.name).toBe("Theirs");
  expect(draft.nodes.greet?.config?.message).toBe("Mine");
  expect(draft.connections.some(({ to_node_id }) => to_node_id === id)).toBe(true);
});

it("names what both changed, and keeps mine", () => {
  const { draft, clashes } = mergeDrafts(
    starter,
    setConfig(starter, "greet", "message", "Mine"),
    setConfig(starter, "greet", "message", "Theirs"),
  );
  expect(clashes).toEqual(["greet"]);
  expect(draft.nodes.greet?.config?.message).toBe("Mine");
});

it("leaves no connection in the air when one side took its node away", () => {
  const [added, id] = addNode(starter, "action_delay", { x: 0, y: 0 });
  const { draft } = mergeDrafts(starter, removeNodes(starter, ["done"]), connect(added, "done", "output", id));
  expect(
    draft.connections.every(({ from_node_id, to_node_id }) => draft.nodes[from_node_id] && draft.nodes[to_node_id]),
  ).toBe(true);
});
