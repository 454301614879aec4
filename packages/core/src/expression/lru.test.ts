import { expect, test } from "vitest";
import { boundedCache } from "./lru.js";

test("forgets what was used longest ago when the keys weigh too much", () => {
  const cache = boundedCache<number>(9);
  cache.set("aa", 1);
  cache.set("bb", 2);
  cache.set("cc", 3);
  expect(cache.get("aa")).toBe(1);
  cache.set("dd", 4);
  expect(["aa", "bb", "cc", "dd"].map((key) => cache.get(key))).toEqual([1, undefined, 3, 4]);
});

test("does not keep what is too heavy, and counts a key that is set again once", () => {
  const cache = boundedCache<number>(9);
  cache.set("aa", 1);
  expect(cache.set("x".repeat(10), 2)).toBe(2);
  expect(cache.get("x".repeat(10))).toBeUndefined();
  for (let count = 0; count < 5; count++) cache.set("bb", count);
  expect([cache.get("aa"), cache.get("bb")]).toEqual([1, 4]);
});
