import { describe, expect, it } from "vitest";
import { duration, shorten, shown, spokenCondition } from "./words.js";

it.each([
  [0, "0 s"],
  [0.25, "0.25 s"],
  [59.9, "59.9 s"],
  [60, "1 min"],
  [90, "1 min 30 s"],
  [3600, "1 h"],
  [90_061, "1 d 1 h"],
  [31_536_000, "365 d"],
  ["{{ wait }}", "{{ wait }}"],
  [undefined, "…"],
  [Number.NaN, "null"],
])("%s seconds are %s", (seconds, words) => expect(duration(seconds)).toBe(words));

describe("shown", () => {
  it.each([
    [undefined, "…"],
    [null, "…"],
    ["", "…"],
    ["   ", "…"],
    ["a\n  b", "a b"],
    [12, "12"],
    [false, "false"],
    [{ a: [1] }, '{"a":[1]}'],
    [() => 1, "…"],
  ])("%j as %s", (drawn, words) => expect(shown(drawn)).toBe(words));

  it("ends in … and never in half a character", () => {
    expect(shorten("x".repeat(61))).toBe(`${"x".repeat(59)}…`);
    expect(shorten("👍".repeat(50), 10)).toBe(`${"👍".repeat(9)}…`);
    expect(shorten("👍".repeat(10), 10)).toBe("👍".repeat(10));
  });
});

it.each([
  ["score > 10", "score > 10"],
  [true, "true"],
  [undefined, "…"],
  [{ operator: "equals", left: "{{ platform }}", right: "twitch" }, "{{ platform }} equals twitch"],
  [{ operator: "is_empty", left: "{{ args }}", right: 1 }, "{{ args }} is empty"],
  [{ and: ["a", { not: { or: ["b", "c"] } }] }, "a and not (b or c)"],
  [{ operator: "unheard_of", left: 1 }, "…"],
])("%j is spoken as %s", (drawn, words) => expect(spokenCondition(drawn)).toBe(words));
