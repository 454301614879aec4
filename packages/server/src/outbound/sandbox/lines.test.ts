import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { readLines } from "./lines.js";

const read = async (chunks: (string | Buffer)[], longest = 10) => {
  const stream = new PassThrough();
  const lines: string[] = [];
  readLines(
    stream,
    longest,
    (line) => lines.push(line),
    () => lines.push("TOO LONG"),
  );
  for (const chunk of chunks) stream.write(chunk);
  await new Promise((resolve) => stream.end(resolve));
  await new Promise(setImmediate);
  return lines;
};

describe("lines", () => {
  it("come whole, however they arrive", async () => {
    const half = Buffer.from("ü\n");
    expect(await read(["a\nb", "c\n\n", half.subarray(0, 1), half.subarray(1), "rest"])).toEqual(["a", "bc", "", "ü"]);
  });

  it("end with the first that is too long", async () => {
    expect(await read(["ok\n", "123456", "789012\nlater\n"])).toEqual(["ok", "TOO LONG"]);
    expect(await read(["12345678901"])).toEqual(["TOO LONG"]);
  });
});
