import { expect, it } from "vitest";
import { CallOff } from "../call-off.js";
import { systemClock } from "../clock.js";
import { startDeadline } from "./deadline.js";

it("what fails after the call is over is told to nobody, and breaks nothing", async () => {
  const unhandled: unknown[] = [];
  const onUnhandled = (error: unknown) => unhandled.push(error);
  process.on("unhandledRejection", onUnhandled);
  const outer = new CallOff();
  const deadline = startDeadline(systemClock, 10_000, outer);
  const early = deadline.race(new Promise((_resolve, reject) => setTimeout(reject, 10, new Error("late"))));
  outer.abort();
  await expect(early).rejects.toThrow("over");
  await expect(deadline.race(Promise.reject(new Error("later")))).rejects.toThrow("over");
  expect(deadline.cause()).toBe("aborted");
  deadline.release();
  await new Promise((resolve) => setTimeout(resolve, 30));
  process.off("unhandledRejection", onUnhandled);
  expect(unhandled).toEqual([]);
});

it("its time up is the cause, whatever comes after", async () => {
  const outer = new CallOff();
  const deadline = startDeadline(systemClock, 5, outer);
  await expect(deadline.race(new Promise(() => undefined))).rejects.toThrow("over");
  outer.abort();
  expect(deadline.cause()).toBe("timeout");
  deadline.release();
});
