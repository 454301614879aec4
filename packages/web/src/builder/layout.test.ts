import { draw } from "@workflow-core/core/testing";
import { expect, it } from "vitest";
import { emptyDraft } from "./draft.js";
import { findFrames, frameBox } from "./frames.js";
import { tidy } from "./layout.js";

const size = { width: 240, height: 100 };
const draft = {
  ...emptyDraft,
  ...draw("start -> each -loop_body-> say -> wait; each -> after -> done; start -> side -> done", {
    start: ["trigger_command", { command_name: "go" }],
    each: ["loop_foreach", { collection: [1] }],
    say: ["action_chat_message", { message: "x" }],
    wait: ["action_delay", { delay_seconds: 1 }],
    after: ["action_delay", { delay_seconds: 1 }],
    side: ["action_delay", { delay_seconds: 1 }],
    done: "flow_end",
  }),
};
const positions = tidy(draft, Object.keys(draft.nodes), () => size);
const boxOf = (id: string) => positions[id] && { ...positions[id], ...size };

it("lays every node from left to right without overlaps", () => {
  for (const { from_node_id, to_node_id } of draft.connections)
    expect(positions[from_node_id]?.x).toBeLessThan(positions[to_node_id]?.x ?? 0);
  const boxes = Object.keys(draft.nodes).map((id) => boxOf(id));
  for (const [index, a] of boxes.entries())
    for (const b of boxes.slice(index + 1))
      if (a && b)
        expect(a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y).toBe(
          true,
        );
});

it("keeps nodes that stand outside a loop out of its frame", () => {
  const frames = findFrames(draft);
  const box = frames[0] && frameBox(frames[0], frames, boxOf);
  expect(box).toBeDefined();
  for (const id of ["start", "after", "side", "done"]) {
    const card = boxOf(id);
    if (!card || !box) throw new Error(id);
    expect([
      id,
      card.x + card.width <= box.x ||
        card.x >= box.x + box.width ||
        card.y + card.height <= box.y ||
        card.y >= box.y + box.height,
    ]).toEqual([id, true]);
  }
});

it("lets a part that is tidied stay where it is", () => {
  const placed = {
    ...draft,
    nodes: {
      ...draft.nodes,
      after: { ...draft.nodes.after, node_type: "action_delay", position: { x: 700, y: 300 } },
      done: { node_type: "flow_end", position: { x: 900, y: 400 } },
    },
  };
  const part = tidy(placed, ["after", "done"], () => size);
  expect(Object.keys(part).sort()).toEqual(["after", "done"]);
  expect(Math.min(...Object.values(part).map(({ x }) => x))).toBe(700);
});
