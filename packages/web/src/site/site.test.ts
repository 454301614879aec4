// What the documentation's pages run and find.
import { nodeTypes } from "@workflow-core/core";
import { describe, expect, it } from "vitest";
import { runExpression } from "./run-expression.js";
import { runNode } from "./run-node.js";
import { findSections } from "./search.js";

const alone = nodeTypes.filter(({ type }) => type !== "loop_break" && type !== "flow_merge");
const examples = alone.flatMap(({ type, examples: list }) =>
  list.map((example, index) => [type, example.title, example.config, index] as const),
);

it.each(examples)("runs %s: %s", async (type, _title, config, index) => {
  const { goes_on_by, failure } = await runNode(type, config, index);
  // An example goes on by some port, ends, or shows a failure; it never fails to compile.
  expect(goes_on_by.length > 0 || failure !== undefined || type === "flow_end").toBe(true);
  expect(failure ?? "").not.toMatch(/config|connection|does not have/i);
});

it("shows by which port a node goes on, and what it sends", async () => {
  expect((await runNode("condition_if", { condition: "score > 10" }, 0)).goes_on_by).toHaveLength(1);
  const said = await runNode("action_chat_message", { message: "Hello!" }, 0);
  expect(said).toMatchObject({ goes_on_by: ["output"], sends: [{ params: { message: "Hello!" } }] });
});

it("evaluates expressions over data, and says what is wrong", () => {
  expect(runExpression("viewers * 2", { viewers: 21 })).toEqual({ value: 42 });
  expect(runExpression("now()", {})).toEqual({ value: "2026-01-31T12:00:00.000Z" });
  expect(runExpression("viewers *", {})).toMatch(/./);
  expect(runExpression("nobody + 1", {})).toContain("nobody");
});

describe("the search", () => {
  const sections = [
    { u: "/docs/a", p: "Limits", h: "Limits", t: "Everything has a bound." },
    { u: "/docs/b#x", p: "Triggers", h: "Webhooks", t: "Calls are counted; limits say so." },
    { u: "/docs/c", p: "Überblick", h: "Café", t: "" },
  ];
  it("puts titles before text, and wants every word", () => {
    expect(findSections(sections, "limit").map(({ u }) => u)).toEqual(["/docs/a", "/docs/b#x"]);
    expect(findSections(sections, "webhooks limits").map(({ u }) => u)).toEqual(["/docs/b#x"]);
    expect(findSections(sections, "nothing of this")).toEqual([]);
    expect(findSections(sections, " ")).toEqual([]);
  });
  it("does not mind accents, capitals and signs", () => {
    expect(findSections(sections, "CAFE").map(({ u }) => u)).toEqual(["/docs/c"]);
    expect(findSections(sections, "(((")).toEqual([]);
  });
});
