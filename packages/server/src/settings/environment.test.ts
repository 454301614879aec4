import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadEnvironment } from "./environment.js";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "environment-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

test("a .env file fills in what is not set, and overrides nothing", () => {
  writeFileSync(
    join(directory, ".env"),
    '# comment\nMODULE_PORT=9000\nLOG_LEVEL=DEBUG\nREDIS_URL=redis://h\nSECRET_KEY="a b" # why\n',
  );
  const env: NodeJS.ProcessEnv = { LOG_LEVEL: "ERROR", REDIS_URL: "" };
  expect(loadEnvironment(directory, env)).toBe(join(directory, ".env"));
  expect(env).toEqual({ MODULE_PORT: "9000", LOG_LEVEL: "ERROR", REDIS_URL: "", SECRET_KEY: "a b" });
});

test("no file, nothing happens", () => {
  const env: NodeJS.ProcessEnv = {};
  expect(loadEnvironment(directory, env)).toBeUndefined();
  expect(env).toEqual({});
});

test("a file that cannot be read is not passed over", () => {
  mkdirSync(join(directory, ".env"));
  expect(() => loadEnvironment(directory, {})).toThrow(/EISDIR/);
});
