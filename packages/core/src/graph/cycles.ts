// Circles in the graph: Tarjan's strongly connected components, without recursion, linear in nodes and arrows.
import type { Arrow, PlanNode } from "./plan.js";

/** Gives each circle as the indexes of its nodes; a node with an arrow to itself is a circle of one. */
export const findCycles = (nodes: readonly PlanNode[], arrows: readonly Arrow[]): number[][] => {
  const out: number[][] = nodes.map(() => []);
  for (const arrow of arrows) out[arrow.from]?.push(arrow.to);
  const order = new Int32Array(nodes.length).fill(-1);
  const low = new Int32Array(nodes.length);
  const onStack = new Uint8Array(nodes.length);
  const stack: number[] = [];
  const cycles: number[][] = [];
  let counter = 0;
  const enter = (index: number, path: { index: number; next: number }[]) => {
    order[index] = low[index] = counter++;
    stack.push(index);
    onStack[index] = 1;
    path.push({ index, next: 0 });
  };
  const close = (index: number) => {
    const members: number[] = [];
    let member: number;
    do {
      member = stack.pop() as number;
      onStack[member] = 0;
      members.push(member);
    } while (member !== index);
    if (members.length > 1 || out[index]?.includes(index)) cycles.push(members.reverse());
  };
  for (const { index: root } of nodes) {
    if (order[root] !== -1) continue;
    const path: { index: number; next: number }[] = [];
    enter(root, path);
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const target = out[top.index]?.[top.next++];
      if (target === undefined) {
        path.pop();
        const parent = path.at(-1);
        if (parent) low[parent.index] = Math.min(low[parent.index] as number, low[top.index] as number);
        if (low[top.index] === order[top.index]) close(top.index);
      } else if (order[target] === -1) enter(target, path);
      else if (onStack[target]) low[top.index] = Math.min(low[top.index] as number, order[target] as number);
    }
  }
  return cycles;
};
