import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { systemClock } from "./clock.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const day = 86_400_000;

test("a timer fires once, at its time", () => {
  const fired = vi.fn();
  systemClock.setTimer(1000, fired);
  vi.advanceTimersByTime(999);
  expect(fired).not.toHaveBeenCalled();
  vi.advanceTimersByTime(10_000);
  expect(fired).toHaveBeenCalledTimes(1);
});

test("a timer longer than Node's longest does not fire early", () => {
  const fired = vi.fn();
  systemClock.setTimer(60 * day, fired);
  vi.advanceTimersByTime(60 * day - 1);
  expect(fired).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(fired).toHaveBeenCalledTimes(1);
});

test("a timer that was taken back never fires, in whichever part it stands", () => {
  const fired = vi.fn();
  const cancel = systemClock.setTimer(60 * day, fired);
  vi.advanceTimersByTime(30 * day);
  cancel();
  vi.advanceTimersByTime(60 * day);
  expect(fired).not.toHaveBeenCalled();
});

test("a time that has passed is at once, and one without end never comes", () => {
  const past = vi.fn();
  const never = vi.fn();
  systemClock.setTimer(-5, past);
  systemClock.setTimer(Number.POSITIVE_INFINITY, never);
  vi.advanceTimersByTime(100 * day);
  expect(past).toHaveBeenCalledTimes(1);
  expect(never).not.toHaveBeenCalled();
});

test("the wall and the monotonic clock run", () => {
  vi.useRealTimers();
  const before = systemClock.monotonic();
  expect(systemClock.monotonic()).toBeGreaterThanOrEqual(before);
  expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1000);
});
