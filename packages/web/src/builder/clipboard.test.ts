import { expect, it } from "vitest";
import { starter } from "../workflows/starter.js";
import { copyText, paste, readClip } from "./clipboard.js";

it("copies nodes with the connections between them and pastes them at a point under new ids", () => {
  const clip = readClip(copyText(starter, ["start", "greet"]));
  if (typeof clip === "string") throw new Error(clip);
  expect(clip.connections).toHaveLength(1);
  const [draft, ids] = paste(starter, clip, { x: 1000, y: 500 });
  expect(ids).toEqual(["start_2", "greet_2"]);
  expect(draft.nodes.start_2?.position).toEqual({ x: 1000, y: 500 });
  expect(draft.nodes.greet_2?.position).toEqual({ x: 1312, y: 500 });
  expect(draft.connections.at(-1)).toMatchObject({ from_node_id: "start_2", to_node_id: "greet_2" });
  const [twice] = paste(draft, clip, { x: 0, y: 0 });
  expect(new Set(twice.connections.map(({ connection_id }) => connection_id)).size).toBe(twice.connections.length);
});

it.each([
  ["hello", "not JSON"],
  ["{}", "no nodes"],
  ['{"nodes": []}', "not part of a workflow"],
  ['{"nodes": {"a": {}}}', "not part of a workflow"],
])("says why %s cannot be pasted", (text, reason) => {
  expect(readClip(text)).toContain(reason);
});
