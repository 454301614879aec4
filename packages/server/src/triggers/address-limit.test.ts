import { expect, test } from "vitest";
import type { Clock } from "../clock.js";
import { addressLimit } from "./address-limit.js";

const handClock = () => {
  const time = { at: 5000 };
  const clock: Clock = { now: () => time.at, monotonic: () => time.at, setTimer: () => () => undefined };
  return { clock, time };
};

test("an address has its calls at once, and gets them back evenly", () => {
  const { clock, time } = handClock();
  const limit = addressLimit(6, clock);
  const calls = (count: number, address = "203.0.113.5") =>
    Array.from({ length: count }, () => limit.refused(address)).filter((refused) => refused === undefined).length;
  expect(calls(20)).toBe(6);
  expect(limit.refused("203.0.113.5")).toBe(10);
  expect(calls(20, "203.0.113.6")).toBe(6);
  time.at += 10_000;
  expect(calls(5)).toBe(1);
  time.at += 3_600_000;
  expect(calls(20)).toBe(6);
});

test("a network of 64 bits is one address in all its spellings; what is no address is one too", () => {
  const { clock } = handClock();
  const limit = addressLimit(1, clock);
  expect(limit.refused("2001:db8:0:1::5")).toBeUndefined();
  expect(limit.refused("2001:DB8:0:1:ffff::1")).toBe(60);
  expect(limit.refused("2001:db8:0:2::5")).toBeUndefined();
  expect(limit.refused("::ffff:10.0.0.1")).toBeUndefined();
  expect(limit.refused(undefined)).toBeUndefined();
  expect(limit.refused(undefined)).toBe(60);
});
