// Which nodes stand in which loop, read from the graph as `compile` reads it, but for drafts that do not compile: what
// can be reached without entering a body stands outside it, outer levels first.
import { nodeType } from "@workflow-core/core";
import { type Draft, type Point, portOf } from "./document.js";

export interface Frame {
  /** The loop node. */
  loop: string;
  /** Nodes of its body, bodies of inner loops included. */
  members: string[];
  depth: number;
}

const isLoop = (type: string): boolean => nodeType(type)?.category === "loop" && type !== "loop_break";

interface Place {
  loop: string | undefined;
  depth: number;
}

/** The innermost loop of every node, and how deep it stands. */
export const loopOf = (draft: Draft): Map<string, Place> => {
  const out = new Map<string, { port: string; to: string }[]>();
  for (const each of draft.connections) {
    const list = out.get(each.from_node_id) ?? [];
    list.push({ port: portOf(each), to: each.to_node_id });
    out.set(each.from_node_id, list);
  }
  const places = new Map<string, Place>();
  const walk = (starts: readonly string[]) => {
    let level = starts.map((id) => ({ id, loop: undefined as string | undefined, depth: 0 }));
    while (level.length > 0) {
      const deeper: typeof level = [];
      for (let next = level.pop(); next; next = level.pop()) {
        const node = draft.nodes[next.id];
        if (!node || places.has(next.id)) continue;
        places.set(next.id, { loop: next.loop, depth: next.depth });
        for (const { port, to } of out.get(next.id) ?? []) {
          if (isLoop(node.node_type) && port === "loop_body")
            deeper.push({ id: to, loop: next.id, depth: next.depth + 1 });
          else level.push({ id: to, loop: next.loop, depth: next.depth });
        }
      }
      level = deeper;
    }
  };
  const entered = new Set(draft.connections.map(({ to_node_id }) => to_node_id));
  const ids = Object.keys(draft.nodes);
  walk(ids.filter((id) => nodeType(draft.nodes[id]?.node_type ?? "")?.behaviour === "trigger"));
  walk(ids.filter((id) => !entered.has(id)));
  walk(ids);
  return places;
};

/** The loops that have a body, outer ones first. */
export const findFrames = (draft: Draft): Frame[] => {
  const places = loopOf(draft);
  const members = new Map<string, string[]>();
  for (const [id, place] of places)
    for (let loop = place.loop; loop !== undefined; loop = places.get(loop)?.loop) {
      const list = members.get(loop) ?? [];
      list.push(id);
      members.set(loop, list);
    }
  return [...members]
    .map(([loop, list]) => ({ loop, members: list, depth: places.get(loop)?.depth ?? 0 }))
    .sort((left, right) => left.depth - right.depth);
};

export interface Box extends Point {
  width: number;
  height: number;
}

const padding = 20;
const titleHeight = 24;

/** The rectangle around a frame's members: inner frames get more room the deeper they nest. */
export const frameBox = (
  frame: Frame,
  frames: readonly Frame[],
  boxOf: (id: string) => Box | undefined,
): Box | undefined => {
  const boxes = frame.members.flatMap((id) => boxOf(id) ?? []);
  if (boxes.length === 0) return undefined;
  const inside = frames.filter(({ loop }) => frame.members.includes(loop));
  const levels = inside.length === 0 ? 0 : Math.max(...inside.map(({ depth }) => depth)) - frame.depth;
  const room = padding + levels * (padding - 4);
  const top = room + titleHeight + levels * titleHeight;
  const left = Math.min(...boxes.map(({ x }) => x)) - room;
  const up = Math.min(...boxes.map(({ y }) => y)) - top;
  const right = Math.max(...boxes.map(({ x, width }) => x + width)) + room;
  const down = Math.max(...boxes.map(({ y, height }) => y + height)) + room;
  return { x: left, y: up, width: right - left, height: down - up };
};
