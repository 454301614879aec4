import { expect, it } from "vitest";
import { readTrigger, type Trigger } from "./trigger.js";
import { TriggerIndex } from "./trigger-index.js";

const here = { community_id: 1, entity_id: 2 };
const triggerOf = (workflow_id: string, config: Record<string, string | string[]>): Trigger => {
  const kind = "event_type" in config ? "event" : "command";
  const read = readTrigger({ ...here, workflow_id, node_id: "start", version: "1.0.0", kind, config });
  if (read === undefined) throw new Error("not read");
  return read;
};

it("finds a trigger under each of its keys, in its place only, and never twice", () => {
  const index = new TriggerIndex();
  const hug = triggerOf("a", { command_name: "!Hug", aliases: ["hug", "/cuddle"] });
  index.replace("a", [hug]);
  expect([index.find(here, "command", "hug"), index.find(here, "command", "cuddle")]).toEqual([[hug], [hug]]);
  expect(index.find(here, "event", "hug")).toEqual([]);
  expect(index.find({ ...here, entity_id: 3 }, "command", "hug")).toEqual([]);
  expect(index.find({ ...here, community_id: 12 }, "command", "hug")).toEqual([]);
});

it("finds an event by its name, whatever blanks were drawn around it", () => {
  const index = new TriggerIndex();
  const raid = triggerOf("a", { event_type: " raid " });
  index.replace("a", [raid]);
  expect(index.find(here, "event", "raid")).toEqual([raid]);
});

it("leaves nothing of what was replaced, and what others have as it was", () => {
  const index = new TriggerIndex();
  const other = triggerOf("b", { command_name: "hug" });
  index.replace("a", [triggerOf("a", { command_name: "hug" }), triggerOf("a", { event_type: "raid" })]);
  index.replace("b", [other]);
  index.replace("a", [triggerOf("a", { command_name: "slap" })]);
  expect(index.find(here, "command", "hug")).toEqual([other]);
  expect(index.find(here, "event", "raid")).toEqual([]);
  expect(index.workflowIds()).toEqual(["a", "b"]);
  index.replace("a", []);
  expect([index.find(here, "command", "slap"), index.workflows]).toEqual([[], 1]);
});

it("does not take what could not have been published", () => {
  const row = { ...here, workflow_id: "a", node_id: "start", version: "1.0.0" };
  expect(readTrigger({ ...row, kind: "command", config: { command_name: 5 } })).toBeUndefined();
  expect(
    readTrigger({ ...row, kind: "command", config: { command_name: "x", permission_level: "god" } }),
  ).toBeUndefined();
  expect(readTrigger({ ...row, kind: "event", config: null })).toBeUndefined();
});
