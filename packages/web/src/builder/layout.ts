// Tidying up, only when asked: dagre lays out each loop's body by itself, then the body as one block beside its loop,
// so that frames never overlap what stands outside them.
import { Graph, layout as runDagre } from "@dagrejs/dagre";
import { type Draft, type Point, portOf } from "./document.js";
import { loopOf } from "./frames.js";
import { outputPorts } from "./ports.js";

export interface Size {
  width: number;
  height: number;
}

interface Block extends Size {
  /** Positions of its nodes, from the block's upper left corner. */
  points: Record<string, Point>;
}

const bodyPadding = { x: 28, top: 48, bottom: 24 };

const arrange = (sizes: ReadonlyMap<string, Size>, arrows: readonly [string, string][]): Block => {
  const graph = new Graph();
  graph.setGraph({ rankdir: "LR", nodesep: 56, ranksep: 56, marginx: 0, marginy: 0 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const [id, size] of sizes) graph.setNode(id, { ...size });
  for (const [from, to] of arrows) graph.setEdge(from, to);
  runDagre(graph);
  const points: Record<string, Point> = {};
  let [width, height] = [0, 0];
  for (const [id, size] of sizes) {
    const at = graph.node(id) as Point; // dagre gives every node its middle
    points[id] = { x: at.x - size.width / 2, y: at.y - size.height / 2 };
    width = Math.max(width, at.x + size.width / 2);
    height = Math.max(height, at.y + size.height / 2);
  }
  return { width, height, points };
};

/** The nodes as one comes to them, upper ports first: where dagre has a choice, what is named first lies above. */
const inOrderOfPorts = (draft: Draft, ids: readonly string[]): string[] => {
  const leaving = new Map<string, Draft["connections"][number][]>();
  for (const each of draft.connections)
    leaving.set(each.from_node_id, [...(leaving.get(each.from_node_id) ?? []), each]);
  const entered = new Set(draft.connections.map(({ to_node_id }) => to_node_id));
  const seen = new Set<string>();
  const open = [...ids].sort((left, right) => Number(entered.has(left)) - Number(entered.has(right))).reverse();
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const node = draft.nodes[id];
    if (seen.has(id) || !node) continue;
    seen.add(id);
    const own = leaving.get(id) ?? [];
    const ports = Object.keys(outputPorts(node, own));
    const place = (each: (typeof own)[number]) => ports.indexOf(portOf(each));
    open.push(...own.sort((left, right) => place(right) - place(left)).map(({ to_node_id }) => to_node_id));
  }
  const chosen = new Set(ids);
  return [...seen].filter((each) => chosen.has(each));
};

/** Positions for the nodes in `ids`; their upper left corner stays where it was. */
export const tidy = (
  draft: Draft,
  chosenIds: readonly string[],
  sizeOf: (id: string) => Size,
): Record<string, Point> => {
  const ids = inOrderOfPorts(draft, chosenIds);
  const places = loopOf(draft);
  const chosen = new Set(ids);
  const outer = (id: string): string | undefined => {
    let loop = places.get(id)?.loop;
    while (loop !== undefined && !chosen.has(loop)) loop = places.get(loop)?.loop;
    return loop;
  };
  const block = (scope: string | undefined): Block => {
    const here = ids.filter((id) => outer(id) === scope);
    const bodies = new Map(
      here.filter((id) => ids.some((each) => outer(each) === id)).map((id) => [id, block(id)] as const),
    );
    const sizes = new Map<string, Size>(here.map((id) => [id, sizeOf(id)]));
    const arrows: [string, string][] = [];
    for (const [loop, body] of bodies) {
      sizes.set(`${loop} body`, {
        width: body.width + 2 * bodyPadding.x,
        height: body.height + bodyPadding.top + bodyPadding.bottom,
      });
      arrows.push([loop, `${loop} body`]);
    }
    for (const each of draft.connections) {
      const [from, to] = [each.from_node_id, each.to_node_id];
      if (!sizes.has(from) || !sizes.has(to) || from === to) continue;
      // What follows a loop stands behind its body.
      arrows.push([bodies.has(from) && portOf(each) === "output" ? `${from} body` : from, to]);
    }
    const arranged = arrange(sizes, arrows);
    for (const [loop, body] of bodies) {
      const corner = arranged.points[`${loop} body`] ?? { x: 0, y: 0 };
      delete arranged.points[`${loop} body`];
      for (const [id, point] of Object.entries(body.points))
        arranged.points[id] = { x: corner.x + bodyPadding.x + point.x, y: corner.y + bodyPadding.top + point.y };
    }
    return arranged;
  };
  const { points } = block(undefined);
  const before = ids.map((id) => draft.nodes[id]?.position ?? { x: 0, y: 0 });
  const corner = { x: Math.min(...before.map(({ x }) => x)), y: Math.min(...before.map(({ y }) => y)) };
  const after = Object.values(points);
  const shift = { x: Math.min(...after.map(({ x }) => x)), y: Math.min(...after.map(({ y }) => y)) };
  return Object.fromEntries(
    Object.entries(points).map(([id, { x, y }]) => [id, { x: x - shift.x + corner.x, y: y - shift.y + corner.y }]),
  );
};
