import { beforeEach, describe, expect, it } from "vitest";
import type { Clock } from "../clock.js";
import { type Breaker, createBreaker } from "./breaker.js";

let now = 0;
const clock: Clock = { now: () => 0, monotonic: () => now, setTimer: () => () => {} };
let breaker: Breaker;

const fail = (times: number, host = "a") => {
  for (let n = 0; n < times; n++) breaker.broke(host);
};

beforeEach(() => {
  now = 1_000;
  breaker = createBreaker(clock);
});

describe("a circuit", () => {
  it("opens after five failures in a row, for its host only", () => {
    fail(4);
    breaker.worked("a");
    fail(4);
    expect(breaker.refused("a")).toBeUndefined();
    fail(1);
    expect(breaker.refused("a")).toBe(10);
    expect(breaker.refused("b")).toBeUndefined();
  });

  it("lets one trial through after ten seconds and closes when it works", () => {
    fail(5);
    now += 9_500;
    expect(breaker.refused("a")).toBe(1);
    now += 500;
    expect(breaker.states()).toEqual([{ host: "a", state: "half-open", failures: 5 }]);
    expect(breaker.refused("a")).toBeUndefined();
    expect(breaker.refused("a")).toBe(1);
    breaker.worked("a");
    expect(breaker.refused("a")).toBeUndefined();
    expect(breaker.states()).toEqual([{ host: "a", state: "closed", failures: 0 }]);
  });

  it("is open anew when the trial fails", () => {
    fail(5);
    now += 10_000;
    expect(breaker.refused("a")).toBeUndefined();
    fail(1);
    expect(breaker.refused("a")).toBe(10);
  });

  it("tries again when the trial was given up", () => {
    fail(5);
    now += 10_000;
    expect(breaker.refused("a")).toBeUndefined();
    breaker.gaveUp("a");
    expect(breaker.refused("a")).toBeUndefined();
  });

  it("stays open no longer because of calls that were under way when it opened", () => {
    fail(5);
    now += 5_000;
    fail(1);
    expect(breaker.refused("a")).toBe(5);
  });
});
