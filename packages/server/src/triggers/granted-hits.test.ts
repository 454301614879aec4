import { expect, test } from "vitest";
import type { Clock } from "../clock.js";
import { grantedHits } from "./granted-hits.js";

const open = () => {
  const time = { at: 0 };
  const clock: Clock = { now: () => time.at, monotonic: () => time.at, setTimer: () => () => undefined };
  return { time, hits: grantedHits(clock) };
};

test("hits are told once, with their ages, while they count", () => {
  const { time, hits } = open();
  hits.add("k", "1", 60);
  time.at = 500;
  hits.add("k", "2", 60);
  const untold = hits.untold("k");
  expect(untold.hits).toEqual([
    { id: "1", age: 0.5 },
    { id: "2", age: 0 },
  ]);
  untold.told();
  hits.add("k", "3", 60);
  expect(hits.untold("k").hits.map(({ id }) => id)).toEqual(["3"]);
  time.at = 61_000;
  expect(hits.untold("k").hits).toEqual([]);
  expect(hits.untold("other").hits).toEqual([]);
  expect(hits.keys()).toEqual([{ key: "k", seconds: 60 }]);
});

test("memory is bounded: the keys used least recently are forgotten first", () => {
  const { hits } = open();
  for (let key = 0; key < 60; key += 1) for (let hit = 0; hit < 1000; hit += 1) hits.add(`k${key}`, `${hit}`, 60);
  expect(hits.untold("k9").hits.length).toBe(0);
  expect(hits.untold("k59").hits.length).toBe(1000);
  for (let hit = 0; hit < 12_000; hit += 1) hits.add("big", `${hit}`, 60);
  expect(hits.untold("big").hits.length).toBe(10_000);
});
