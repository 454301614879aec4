import { describe, expect, it } from "vitest";
import { createFairQueue } from "./fair-queue.js";

const anyone = () => true;
const drain = (queue: ReturnType<typeof createFairQueue<string>>, may: (community: number) => boolean = anyone) => {
  const taken: string[] = [];
  for (let next = queue.take(may); next !== undefined; next = queue.take(may)) taken.push(next);
  return taken;
};

describe("a fair queue", () => {
  it("gives each community its turn, and keeps the order within one", () => {
    const queue = createFairQueue<string>();
    for (const item of ["a1", "a2", "a3", "a4"]) queue.add(1, item);
    for (const item of ["b1", "b2"]) queue.add(2, item);
    queue.add(3, "c1");
    expect(queue.size).toBe(7);
    expect(drain(queue)).toEqual(["a1", "b1", "c1", "a2", "b2", "a3", "a4"]);
    expect(queue.size).toBe(0);
  });

  it("passes over who may not go now, without their losing their turn", () => {
    const queue = createFairQueue<string>();
    for (const item of ["a1", "a2"]) queue.add(1, item);
    for (const item of ["b1", "b2"]) queue.add(2, item);
    expect(queue.take((community) => community === 2)).toBe("b1");
    expect(drain(queue)).toEqual(["a1", "b2", "a2"]);
  });

  it("puts back, removes and clears", () => {
    const queue = createFairQueue<string>();
    for (const item of ["a1", "a2", "a3"]) queue.add(1, item);
    queue.addFirst(1, "a0");
    expect(queue.remove(1, "a2")).toBe(true);
    expect(queue.remove(1, "a2")).toBe(false);
    expect(queue.remove(9, "a1")).toBe(false);
    expect(queue.size).toBe(3);
    expect(queue.clear()).toEqual(["a0", "a1", "a3"]);
    expect(queue.take(anyone)).toBeUndefined();
  });
});
