import { expect, it } from "vitest";
import { CallOff } from "./call-off.js";

it("tells each listener once, and none that has left", () => {
  const callOff = new CallOff();
  const told: string[] = [];
  const left = () => told.push("left");
  callOff.addEventListener("abort", () => told.push("stayed"));
  callOff.addEventListener("abort", left);
  callOff.removeEventListener("abort", left);
  expect(callOff.aborted).toBe(false);
  callOff.abort();
  callOff.abort();
  expect(callOff.aborted).toBe(true);
  expect(told).toEqual(["stayed"]);
});
