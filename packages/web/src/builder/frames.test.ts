import { compile } from "@workflow-core/core";
import { draw, randomGraph, seeded } from "@workflow-core/core/testing";
import { describe, expect, it } from "vitest";
import { emptyDraft } from "./draft.js";
import { findFrames, frameBox, loopOf } from "./frames.js";

const draft = (...drawn: Parameters<typeof draw>) => ({ ...emptyDraft, ...draw(...drawn) });
const nested = draft("start -> outer -loop_body-> inner -loop_body-> say; inner -> note; outer -> done", {
  start: ["trigger_command", { command_name: "go" }],
  outer: ["loop_foreach", { collection: [1] }],
  inner: ["loop_foreach", { collection: [1] }],
  say: ["action_chat_message", { message: "x" }],
  note: ["data_variable_set", { variable_name: "a", value: 1 }],
  done: "flow_end",
});

it("finds bodies, inner ones inside outer ones", () => {
  expect(findFrames(nested)).toEqual([
    { loop: "outer", members: expect.arrayContaining(["inner", "say", "note"]), depth: 0 },
    { loop: "inner", members: ["say"], depth: 1 },
  ]);
  expect(loopOf(nested).get("done")).toEqual({ loop: undefined, depth: 0 });
});

it("draws outer frames around inner ones", () => {
  const frames = findFrames(nested);
  const boxOf = () => ({ x: 0, y: 0, width: 100, height: 50 });
  const [outer, inner] = frames.map((frame) => frameBox(frame, frames, boxOf));
  expect(inner && outer && outer.x < inner.x && outer.y < inner.y && outer.width > inner.width).toBe(true);
  expect(frames[0] && frameBox(frames[0], frames, () => undefined)).toBeUndefined();
});

describe("agrees with the compiler on random drawings", () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])("seed %i", (seed) => {
    const graph = randomGraph(seeded(seed), 40);
    const { plan } = compile(graph);
    expect(plan).toBeDefined();
    const places = loopOf({ ...emptyDraft, ...graph });
    for (const node of plan?.nodes ?? []) {
      const loop = node.loop < 0 ? undefined : plan?.nodes[node.loop]?.id;
      expect([node.id, places.get(node.id)?.loop]).toEqual([node.id, loop]);
    }
  });
});
