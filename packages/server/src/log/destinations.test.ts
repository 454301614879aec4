import { execFileSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { logFile, standardOutput } from "./destinations.js";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "destinations-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

function pipe(): { reader: number; writer: number } {
  const path = join(directory, "pipe");
  execFileSync("mkfifo", [path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return { reader, writer: openSync(path, constants.O_WRONLY | constants.O_NONBLOCK) };
}

test("standard output whose reader has gone does no harm", () => {
  const { reader, writer } = pipe();
  const output = standardOutput(undefined, writer);
  output.write("one\n");
  const arrived = Buffer.alloc(100);
  expect(arrived.toString("utf8", 0, readSync(reader, arrived))).toBe("one\n");
  closeSync(reader);
  for (let i = 0; i < 100; i++) output.write("into the void\n");
  closeSync(writer);
});

test("standard output whose reader does not read costs lines, not time", () => {
  const { reader, writer } = pipe();
  const output = standardOutput(undefined, writer);
  const started = performance.now();
  for (let i = 0; i < 1000; i++) output.write(`${"x".repeat(999)}\n`);
  expect(performance.now() - started).toBeLessThan(5000);
  expect(output.lost).toBeGreaterThan(500);
  closeSync(reader);
  closeSync(writer);
});

test.runIf(process.platform === "linux")(
  "a full disk costs lines, is told once, and lines go on when there is room",
  () => {
    const path = join(directory, "workflow_core.log");
    symlinkSync("/dev/full", path);
    const troubles: string[] = [];
    const file = logFile(directory, (error) => troubles.push(error.message));
    expect(file.reopen()).toBeUndefined();
    for (let i = 0; i < 200; i++) file.write(`${"x".repeat(999)}\n`);
    expect(troubles).toEqual([expect.stringContaining("ENOSPC")]);
    expect(file.lost).toBeGreaterThan(100);

    rmSync(path);
    expect(file.reopen()).toBeUndefined();
    file.write("room again\n");
    expect(readFileSync(path, "utf8")).toBe("room again\n");
    file.close();
  },
);

test("parents are made; a directory that cannot be is a reason, not a failure", () => {
  const file = logFile(join(directory, "a", "b"), () => undefined);
  expect(file.reopen()).toBeUndefined();
  file.write("deep\n");
  expect(readFileSync(join(directory, "a", "b", "workflow_core.log"), "utf8")).toBe("deep\n");
  file.close();

  for (const hopeless of ["/dev/null/x", "/proc/nowhere/x", join(directory, "a", "b", "workflow_core.log", "x")]) {
    const none = logFile(hopeless, () => undefined);
    expect(none.reopen()).toBeInstanceOf(Error);
    none.write("lost\n");
    expect(none.lost).toBe(1);
    none.close();
  }
});
