// Which loop's body each node stands in, in one walk over the graph.
//
// L1. The body of a loop is what its loop_body port leads to, and all that follows from there.
// L2. What can be reached without entering a body stands outside it: outer levels are walked first, so a node that
//     both sides lead to counts as outside, and the arrow from inside is the one that jumps.
// L3. An arrow from a body back to its own loop closes the iteration; it changes nothing and is left out of the plan.
import type { Arrow, PlanNode } from "./plan.js";
import { type Problem, problem } from "./problems.js";

/** Arrows by the node they leave. */
const outgoing = (nodes: readonly PlanNode[], arrows: readonly Arrow[]): Arrow[][] => {
  const out: Arrow[][] = nodes.map(() => []);
  for (const arrow of arrows) out[arrow.from]?.push(arrow);
  return out;
};

const isLoop = (node: PlanNode): boolean => node.type.category === "loop" && node.type.type !== "loop_break";

const entersBody = (nodes: readonly PlanNode[], arrow: Arrow): boolean => {
  const from = nodes[arrow.from];
  return from !== undefined && isLoop(from) && arrow.port === "loop_body";
};

/** Walks from the given nodes, outer levels first, and writes `loop` and `depth` into each node it reaches. */
const walk = (
  nodes: readonly PlanNode[],
  out: readonly Arrow[][],
  starts: readonly number[],
  seen: boolean[],
): void => {
  let level = starts.map((index) => ({ index, loop: -1, depth: 0 }));
  while (level.length > 0) {
    const deeper: typeof level = [];
    for (let next = level.pop(); next; next = level.pop()) {
      const node = nodes[next.index];
      if (!node || seen[next.index]) continue;
      seen[next.index] = true;
      node.loop = next.loop;
      node.depth = next.depth;
      for (const arrow of out[next.index] ?? []) {
        if (entersBody(nodes, arrow)) deeper.push({ index: arrow.to, loop: node.index, depth: next.depth + 1 });
        else level.push({ index: arrow.to, loop: next.loop, depth: next.depth });
      }
    }
    level = deeper;
  }
};

/** True when the arrow goes from a loop's body back to that loop (L3). */
const closesIteration = (nodes: readonly PlanNode[], arrow: Arrow): boolean => nodes[arrow.from]?.loop === arrow.to;

/** Finds bodies, says which nodes no trigger reaches, and gives the arrows that stay: without those of L3. */
export const findLoops = (
  nodes: readonly PlanNode[],
  arrows: readonly Arrow[],
  problems: Problem[],
): { arrows: Arrow[]; reached: boolean[] } => {
  const out = outgoing(nodes, arrows);
  const seen: boolean[] = nodes.map(() => false);
  walk(
    nodes,
    out,
    nodes.filter(({ type, enabled }) => type.behaviour === "trigger" && enabled).map(({ index }) => index),
    seen,
  );
  const reached = [...seen];
  const hasIncoming = nodes.map(() => false);
  for (const arrow of arrows) hasIncoming[arrow.to] = true;
  walk(
    nodes,
    out,
    nodes.filter(({ index }) => !seen[index] && !hasIncoming[index]).map(({ index }) => index),
    seen,
  );
  walk(
    nodes,
    out,
    nodes.map(({ index }) => index),
    seen,
  );
  const kept = arrows.filter((arrow) => !closesIteration(nodes, arrow));
  for (const arrow of kept) {
    const from = nodes[arrow.from];
    const to = nodes[arrow.to];
    if (!from || !to) continue;
    const expected = entersBody(nodes, arrow) ? from.index : from.loop;
    if (to.loop === expected) continue;
    problems.push(
      problem("loop_jump", { connection_id: arrow.connection, node_id: from.id }, jumpText(nodes, arrow, expected)),
    );
  }
  return { arrows: kept, reached };
};

const jumpText = (nodes: readonly PlanNode[], arrow: Arrow, expected: number): string => {
  const from = nodes[arrow.from]?.id;
  const to = nodes[arrow.to]?.id;
  const inside = nodes[expected]?.id;
  return inside === undefined
    ? `The connection from "${from}" jumps into the body of a loop at "${to}"; enter a body only by its loop's loop_body port.`
    : `The connection from "${from}" leaves the body of "${inside}" towards "${to}"; go on from the loop's output, or use loop_break.`;
};

/** The problems of nesting: too deep, and breaks that stand outside. */
export const checkLoops = (nodes: readonly PlanNode[], maxLoopDepth: number, problems: Problem[]): void => {
  for (const node of nodes) {
    if (node.type.type === "loop_break" && node.loop < 0)
      problems.push(problem("break_outside_loop", { node_id: node.id }));
    if (isLoop(node) && node.depth + 1 > maxLoopDepth)
      problems.push(
        problem(
          "loop_too_deep",
          { node_id: node.id },
          `"${node.id}" is loop number ${node.depth + 1} inside one another; MAX_LOOP_DEPTH is ${maxLoopDepth}.`,
        ),
      );
  }
};
