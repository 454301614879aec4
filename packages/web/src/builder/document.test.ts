import { compile } from "@workflow-core/core";
import { describe, expect, it } from "vitest";
import { starter } from "../workflows/starter.js";
import * as edits from "./document.js";
import { emptyDraft } from "./draft.js";

const two = edits.addNode(edits.addNode(emptyDraft, "trigger_command", { x: 0.4, y: 10.6 })[0], "action_chat_message", {
  x: 300,
  y: 0,
})[0];
const wired = edits.connect(two, "command", "output", "chat_message");

describe("adding", () => {
  it("gives readable ids that are free, and whole positions", () => {
    const [draft, id] = edits.addNode(two, "action_chat_message", { x: 0, y: 0 });
    expect(id).toBe("chat_message_2");
    expect(Object.keys(draft.nodes)).toEqual(["command", "chat_message", "chat_message_2"]);
    expect(draft.nodes.command?.position).toEqual({ x: 0, y: 11 });
    expect(Object.keys(two.nodes)).toHaveLength(2);
  });
});

describe("connecting", () => {
  it("draws a connection once", () => {
    expect(wired.connections).toEqual([
      {
        connection_id: "command.output-chat_message",
        from_node_id: "command",
        from_port_name: "output",
        to_node_id: "chat_message",
      },
    ]);
    expect(edits.connect(wired, "command", "output", "chat_message")).toBe(wired);
  });

  it("says why two nodes cannot be connected", () => {
    expect(edits.connectionObstacle(wired, "chat_message", "output", "command")).toContain("Triggers only start");
    expect(edits.connectionObstacle(wired, "chat_message", "output", "chat_message")).toContain("itself");
    expect(edits.connectionObstacle(wired, "command", "output", "chat_message")).toContain("already");
    expect(edits.connectionObstacle(wired, "chat_message", "output", "gone")).toBeDefined();
  });

  it("puts a node into a connection and keeps the condition in front of it", () => {
    const conditional = edits.patchConnection(wired, "command.output-chat_message", { condition: "args.length > 0" });
    const [added, id] = edits.addNode(conditional, "action_delay", { x: 150, y: 0 });
    const spliced = edits.splice(added, "command.output-chat_message", id);
    expect(
      spliced.connections.map(({ from_node_id, to_node_id, condition }) => [from_node_id, to_node_id, condition]),
    ).toEqual([
      ["command", "delay", "args.length > 0"],
      ["delay", "chat_message", undefined],
    ]);
  });

  it("does not put a trigger into a connection", () => {
    const [added, id] = edits.addNode(wired, "trigger_event", { x: 0, y: 0 });
    expect(edits.splice(added, "command.output-chat_message", id)).toBe(added);
  });
});

describe("changing", () => {
  it("takes nodes away with their connections", () => {
    const left = edits.removeNodes(wired, ["chat_message"]);
    expect(Object.keys(left.nodes)).toEqual(["command"]);
    expect(left.connections).toEqual([]);
  });

  it("gives the same document back when nothing changes", () => {
    expect(edits.removeNodes(wired, ["gone"])).toBe(wired);
    expect(edits.removeConnections(wired, ["gone"])).toBe(wired);
    expect(edits.moveNodes(wired, { command: { x: 0, y: 11 } })).toBe(wired);
  });

  it("keeps the connections of a port that is renamed", () => {
    const config = { switch_variable: "{{ platform }}", cases: [{ value: "twitch", output_port: "tw" }] };
    const [base, id] = edits.addNode(wired, "condition_switch", { x: 0, y: 0 }, config);
    const drawn = edits.connect(base, id, "tw", "chat_message");
    const renamed = edits.setConfig(drawn, id, "cases", [{ value: "twitch", output_port: "twitch" }]);
    expect(renamed.connections.at(-1)?.from_port_name).toBe("twitch");
  });

  it("renames a node everywhere", () => {
    const renamed = edits.renameNode(wired, "command", "start");
    expect(Object.keys(renamed.nodes)).toEqual(["start", "chat_message"]);
    expect(renamed.connections[0]?.from_node_id).toBe("start");
    expect(edits.renameNode(wired, "command", "chat_message")).toBe(wired);
  });

  it("takes an optional part of a node away by undefined", () => {
    const labelled = edits.patchNode(wired, "command", { label: "Start" });
    expect(labelled.nodes.command?.label).toBe("Start");
    expect(edits.patchNode(labelled, "command", { label: undefined }).nodes.command).toEqual(wired.nodes.command);
  });
});

it("compares drafts without regard to the order of keys", () => {
  const { name, nodes, ...rest } = starter;
  expect(edits.sameDraft(starter, { nodes: { ...nodes }, ...rest, name })).toBe(true);
  expect(edits.sameDraft(starter, { ...starter, name: "Other" })).toBe(false);
});

it("the starter can be published as it is", () => {
  expect(compile(starter).problems).toEqual([]);
});
