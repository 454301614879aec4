import { expect, it } from "vitest";
import { systemClock } from "../clock.js";
import { recordLine } from "./record-line.js";

/** A line whose writing takes until it is let go on. */
const started = () => {
  const written: number[][] = [];
  let finish: (() => void)[] = [];
  const line = recordLine<number>(systemClock, async (records) => {
    written.push([...records]);
    await new Promise<void>((resolve) => finish.push(resolve));
  });
  const goOn = () => {
    for (const each of finish) each();
    finish = [];
  };
  return { line, written, goOn };
};
const state = async (promise: Promise<void>) =>
  Promise.race([promise.then(() => "done"), new Promise((resolve) => setTimeout(resolve, 20, "waiting"))]);

it("has a record written before whoever added it goes on", async () => {
  const { line, written, goOn } = started();
  const first = line.add(1);
  expect(await state(first)).toBe("waiting");
  const [second, third] = [line.add(2), line.add(3)];
  goOn();
  expect(await state(first)).toBe("done");
  expect(await state(second)).toBe("waiting");
  expect(written).toEqual([[1], [2, 3]]);
  goOn();
  await Promise.all([second, third]);
});

it("holds nobody up for longer than a moment", async () => {
  const { line, goOn } = started();
  await line.add(1);
  goOn();
});

it("gathers many, and writes them first for who asks", async () => {
  const { line, written, goOn } = started();
  const few = Array.from({ length: 200 }, (_, index) => line.add(index));
  await expect.poll(() => written).toEqual([Array.from({ length: 200 }, (_, index) => index)]);
  const many = Array.from({ length: 300 }, (_, index) => line.add(200 + index));
  expect(await state(Promise.all(many).then(() => undefined))).toBe("done");
  const flushed = line.flush();
  for (let turn = 0; turn < 4; turn += 1) {
    goOn();
    await state(flushed);
  }
  await Promise.all([flushed, ...few]);
  expect(written.flat()).toEqual(Array.from({ length: 500 }, (_, index) => index));
  expect(written.length).toBeLessThanOrEqual(3);
});
