import { expect, it } from "vitest";
import type { Clock } from "../clock.js";
import { databaseClock } from "./database-clock.js";

const fakeClock = () => {
  const state = { wall: 1_000_000, monotonic: 500 };
  const clock: Clock = { now: () => state.wall, monotonic: () => state.monotonic, setTimer: () => () => undefined };
  return { state, clock };
};

it("shows wall time until the database has spoken, then the database's, whatever the wall clock does", () => {
  const { state, clock } = fakeClock();
  const time = databaseClock(clock);
  expect(time.now()).toBe(1_000_000);
  state.monotonic = 510;
  time.adjust(2_000_000, 500); // answered in 10 ms: it was 2 000 000 five ms ago
  expect(time.now()).toBe(2_000_005);
  state.wall -= 86_400_000;
  state.monotonic += 1000;
  expect(time.now()).toBe(2_001_005);
});

it("prefers quick answers to slow ones, and new ones to old ones", () => {
  const { state, clock } = fakeClock();
  const time = databaseClock(clock);
  state.monotonic = 502;
  time.adjust(2_000_000, 500);
  state.monotonic = 2502;
  time.adjust(2_000_100, 502); // a frozen process: the answer is as old as its sleep
  expect(time.now()).toBe(2_002_001);
  state.monotonic = 3506;
  time.adjust(2_003_500, 3502); // twice as slow as the best, but a second later
  expect(time.now()).toBe(2_003_502);
});

it("never goes backwards", () => {
  const { state, clock } = fakeClock();
  const time = databaseClock(clock);
  const before = time.now();
  time.adjust(0, state.monotonic);
  expect(time.now()).toBe(before);
});
