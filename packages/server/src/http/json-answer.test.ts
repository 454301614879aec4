import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import fc from "fast-check";
import { expect, it } from "vitest";
import { WrittenJson } from "../written-json.js";
import { jsonAnswer } from "./json-answer.js";

const written = async (value: object) => {
  const answer = await jsonAnswer(value);
  return answer instanceof Readable ? text(answer) : answer;
};

it("writes what JSON.stringify writes, however large it is", async () => {
  const members = fc.oneof(fc.jsonValue(), fc.constant(undefined), fc.date({ noInvalidDate: true }));
  await fc.assert(
    fc.asyncProperty(fc.array(members, { maxLength: 5 }), fc.integer({ min: 1, max: 40_000 }), async (some, size) => {
      const filler = "ä".repeat(size);
      const value = {
        some,
        [filler]: [filler, some, [], {}, { a: undefined }],
        data: { some, filler, late: undefined },
      };
      expect(await written(value)).toBe(JSON.stringify(value));
    }),
    { numRuns: 50 },
  );
  const empty = { a: [], b: {}, filler: "x".repeat(200_000) };
  expect(await written(empty)).toBe(JSON.stringify(empty));
});

it("passes on what is written already, and reads it where it is small", async () => {
  const [large, small] = ["y".repeat(100_000), "a"].map((text) => new WrittenJson(`{"text": "${text}"}`));
  const answer = await written({ data: [{ large, small }, small] });
  expect(answer).toBe(`{"data":[{"large":${large?.text},"small":{"text":"a"}},{"text":"a"}]}`);
});

it("writes a large value while others have their turn, and gives it piece by piece", async () => {
  const rows = Array.from({ length: 40 }, (_, row) =>
    Object.fromEntries(
      Array.from({ length: 4000 }, (_, index) => [`node_${index}`, { at: [row, index], say: "hello" }]),
    ),
  );
  let turns = 0;
  const other = setImmediate(function again() {
    turns += 1;
    if (turns < 10_000) setImmediate(again);
  });
  const answer = await jsonAnswer({ success: true, data: rows });
  clearImmediate(other);
  expect(turns).toBeGreaterThan(1);
  turns = 10_000;
  if (!(answer instanceof Readable)) throw new Error("in one piece");
  let longest = 0;
  let whole = "";
  for await (const each of answer) {
    longest = Math.max(longest, each.length);
    whole += each;
  }
  expect(longest).toBeLessThan(200_000);
  expect(JSON.parse(whole)).toEqual({ success: true, data: rows });
});
