import { describe, expect, it } from "vitest";
import { longestMessage, splitText } from "./chat-text.js";

describe("splitText", () => {
  it.each([
    ["", 10, []],
    ["  \n ", 10, []],
    ["short", 10, ["short"]],
    ["exactly 10", 10, ["exactly 10"]],
    ["one two three", 7, ["one two", "three"]],
    ["one two three", 8, ["one two", "three"]],
    ["one two three", 6, ["one", "two", "three"]],
    ["abcdefghij", 4, ["abcd", "efgh", "ij"]],
    ["a bcdefghij k", 4, ["a", "bcde", "fghi", "j k"]],
    ["one\n\ntwo", 4, ["one", "two"]],
    ["  padded   out  ", 6, ["padded", "out"]],
    ["👍👍👍👍👍", 2, ["👍👍", "👍👍", "👍"]],
    ["👍👍 👍👍", 3, ["👍👍", "👍👍"]],
  ])("%j by %i", (text, limit, parts) => expect(splitText(text, limit)).toEqual(parts));

  it("loses no word, keeps every part within the limit and tears no character", () => {
    const words = Array.from({ length: 400 }, (_, index) =>
      index % 7 === 0 ? "🎉".repeat(index % 30) : `w${"x".repeat(index % 23)}`,
    ).filter(Boolean);
    for (const limit of [31, 50, 200, 500]) {
      const parts = splitText(words.join(" "), limit);
      expect(parts.join(" ").split(" ")).toEqual(words);
      for (const part of parts) {
        expect([...part].length).toBeLessThanOrEqual(limit);
        expect(part).not.toMatch(/\p{Surrogate}/u);
      }
    }
  });

  it("takes a very long text without spaces in good time", () =>
    expect(splitText("x".repeat(100_000), 200)).toHaveLength(500));
});

it.each([
  ["twitch", 500],
  ["Discord", 2000],
  ["youtube", 200],
  ["slack", 4000],
  ["kick", 500],
  ["matrix", 500],
  ["constructor", 500],
  [null, 500],
])("on %s a message may have %i characters", (platform, length) => expect(longestMessage(platform)).toBe(length));
