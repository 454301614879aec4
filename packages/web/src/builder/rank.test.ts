import { nodeTypes } from "@workflow-core/core";
import { expect, it } from "vitest";
import { rankTypes } from "./rank.js";

const free = { insideLoop: false, hasTrigger: true };
const first = (...given: Parameters<typeof rankTypes>) => rankTypes(...given)[0]?.type;

it("offers every node type of core on an empty canvas, triggers first", () => {
  const types = rankTypes("", { ...free, hasTrigger: false }, []);
  expect(types).toHaveLength(nodeTypes.length);
  expect(types[0]?.behaviour).toBe("trigger");
});

it("never offers what cannot stand at the end of a wire", () => {
  const types = rankTypes("", { ...free, from: { type: "condition_if", port: "true" } }, []);
  expect(types.some(({ behaviour }) => behaviour === "trigger")).toBe(false);
  expect(types.some(({ type }) => type === "loop_break")).toBe(false);
  expect(types[0]?.category).toBe("action");
});

it("finds by title, type and meaning", () => {
  expect(first("chat message", free, [])).toBe("action_chat_message");
  expect(first("wait", free, [])).toBe("action_delay");
  expect(first("http", free, [])).toBe("action_webhook");
  expect(rankTypes("qqq", free, [])).toEqual([]);
});

it("offers leaving a loop only inside one, and what was used lately sooner", () => {
  expect(
    rankTypes("", { ...free, insideLoop: true, from: { type: "action_delay", port: "output" } }, []).some(
      ({ type }) => type === "loop_break",
    ),
  ).toBe(true);
  expect(first("", { ...free, from: { type: "condition_if", port: "true" } }, ["action_delay"])).toBe("action_delay");
});
