import { expect, it } from "vitest";
import { exportText } from "../builder/draft.js";
import { readImport } from "./read-import.js";
import { starter } from "./starter.js";

it("reads what was exported", () => {
  expect(readImport(exportText(starter))).toEqual({ draft: starter, problems: [] });
});

it("reads a workflow inside an answer of the interface or an example", () => {
  expect(readImport(JSON.stringify({ success: true, data: starter }))).toMatchObject({ draft: { name: "Hug" } });
  expect(readImport(JSON.stringify({ title: "x", workflow: starter }))).toMatchObject({ draft: { name: "Hug" } });
});

it("imports drafts that are not finished, and says so", () => {
  const read = readImport('{"nodes": {"a": {"node_type": "action_delay"}}}');
  expect(Array.isArray(read)).toBe(false);
  if (!Array.isArray(read)) expect(read.problems.map(({ code }) => code)).toContain("no_trigger");
});

it.each([
  ["{ nodes: }", "not JSON"],
  ["[]", "not a workflow"],
  ['{"nodes": [], "connections": {}}', "“nodes” is a list"],
  ['{"nodes": {"a": {"node_type": 3}}}', "nodes.a.node_type"],
  ['{"nodes": {"a": {"node_type": "x", "colour": "red"}}}', "nodes.a"],
])("says what is wrong with %s", (text, reason) => {
  const read = readImport(text);
  expect(Array.isArray(read) ? read.join() : "read").toContain(reason);
});
