import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { prettyLine } from "./log/pretty.js";
import { createLog, type Log, type LogOptions, registerSecret } from "./log.js";

let directory: string;
let log: Log;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "log-"));
});
afterEach(() => {
  log.close();
  rmSync(directory, { recursive: true });
});

const open = (options: Partial<LogOptions> = {}) => {
  log = createLog({ level: "DEBUG", directory, stdout: false, ...options });
  return log;
};
const raw = () => readFileSync(join(directory, "workflow_core.log"), "utf8");
const lines = (): Record<string, unknown>[] =>
  raw()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));

describe("a line", () => {
  test("has the guide's keys in the guide's order, with further fields behind", () => {
    open().audit("workflow_execute_start", {
      attempt: 2,
      message: "Workflow execution started",
      execution_id: "e-1",
      workflow_id: "w-1",
      community: 7,
      user: 123,
    });
    const [line] = lines();
    expect(Object.keys(line!)).toEqual([
      "timestamp",
      "level",
      "module",
      "event_type",
      "action",
      "user",
      "community",
      "workflow_id",
      "execution_id",
      "result",
      "message",
      "attempt",
    ]);
    expect(line).toEqual({
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      level: "INFO",
      module: "workflow_core_module",
      event_type: "AUDIT",
      action: "workflow_execute_start",
      user: "123",
      community: "7",
      workflow_id: "w-1",
      execution_id: "e-1",
      result: "SUCCESS",
      message: "Workflow execution started",
      attempt: 2,
    });
  });

  test("leaves out what does not apply, and finds words of its own", () => {
    open().system("migrations_done");
    expect(Object.keys(lines()[0]!)).toEqual([
      "timestamp",
      "level",
      "module",
      "event_type",
      "action",
      "result",
      "message",
    ]);
    expect(lines()[0]).toMatchObject({ event_type: "SYSTEM", message: "Migrations done" });
  });

  test("is one line whatever is in it", () => {
    open().audit("x", { message: 'a\nb"\u2028', note: "line\nbreak" });
    expect(raw().trimEnd().split("\n")).toHaveLength(1);
    expect(lines()[0]).toMatchObject({ message: 'a\nb"\u2028', note: "line\nbreak" });
  });

  test("cannot be forged by its fields", () => {
    open().audit("x", { timestamp: "1999", level: "CRITICAL", module: "other", event_type: "AUTH", action: "y" });
    expect(raw()).not.toMatch(/1999|CRITICAL|other|AUTH"|"y"/);
  });
});

test("each kind of event has its type, level and result", () => {
  open();
  log.auth("sign_in", { user: 1 });
  log.auth("sign_in", { result: "FAILURE" });
  log.authz("workflow_edit", { result: "DENIED" });
  log.system("ready");
  log.system("WARNING", "redis_lost");
  log.system("DEBUG", "tick", { n: 1 });
  log.error("store_failed", { error: new TypeError("boom") });
  expect(lines().map(({ event_type, level, result }) => `${event_type} ${level} ${result}`)).toEqual([
    "AUTH INFO SUCCESS",
    "AUTH WARNING FAILURE",
    "AUTHZ WARNING DENIED",
    "SYSTEM INFO SUCCESS",
    "SYSTEM WARNING FAILURE",
    "SYSTEM DEBUG SUCCESS",
    "ERROR ERROR FAILURE",
  ]);
  expect(lines().at(-1)).toMatchObject({
    message: "boom",
    error: { name: "TypeError", message: "boom", stack: expect.stringContaining("log.test.ts") },
  });
});

test.each<[LogOptions["level"], number]>([
  ["DEBUG", 5],
  ["INFO", 4],
  ["WARNING", 3],
  ["ERROR", 2],
  ["CRITICAL", 1],
])("LOG_LEVEL=%s writes %i of five", (level, count) => {
  open({ level });
  for (const each of ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] as const) log.system(each, "x");
  expect(lines()).toHaveLength(count);
});

test("secrets appear nowhere in a line", () => {
  registerSecret("hunter2hunter2");
  open()
    .with({ headers: { cookie: "hunter3", "x-api-key": "hunter3" } })
    .error("call_failed hunter2hunter2", {
      user: "hunter2hunter2",
      error: new Error("key hunter2hunter2 refused", { cause: new Error("Bearer hunter3") }),
      details: [{ nested: { api_key: "hunter3", text: "hunter2hunter2" } }],
      token: "hunter3",
    });
  expect(raw()).not.toContain("hunter");
  expect(lines()[0]).toMatchObject({ event_type: "ERROR", token: "[redacted]" });
});

test("a log with fixed fields puts them into every line", () => {
  open().with({ execution_id: "e-1" }).with({ user: 5 }).audit("x", { result: "FAILURE" });
  expect(lines()[0]).toMatchObject({ execution_id: "e-1", user: "5", result: "FAILURE", level: "WARNING" });
});

test("after rotation lines go to a new file, and none is lost", () => {
  open();
  for (let rotation = 0; rotation < 5; rotation++) {
    for (let n = 0; n < 50; n++) log.system("line", { n: rotation * 100 + n });
    renameSync(join(directory, "workflow_core.log"), join(directory, `workflow_core.log.${rotation}`));
    for (let n = 50; n < 100; n++) log.system("line", { n: rotation * 100 + n });
    log.reopen();
  }
  log.system("line", { n: 500 });
  expect(readdirSync(directory)).toHaveLength(6);
  const found = readdirSync(directory).flatMap((name) =>
    readFileSync(join(directory, name), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => Number(JSON.parse(line).n)),
  );
  expect(found.sort((a, b) => a - b)).toEqual(Array.from({ length: 501 }, (_, n) => n));
  expect(log.lost()).toBe(0);
});

test("a directory that was removed is made again on reopening", () => {
  open();
  rmSync(directory, { recursive: true });
  log.system("into_the_removed_file");
  log.reopen();
  log.system("again");
  expect(lines().map(({ action }) => action)).toEqual(["again"]);
});

describe("standard output", () => {
  const descriptorFor = (name: string) => openSync(join(directory, name), "a");
  const said = (name: string) => readFileSync(join(directory, name), "utf8");

  test("gets the same lines as the file", () => {
    const stdout = descriptorFor("stdout");
    open({ stdout }).audit("workflow_create", { user: 5 });
    expect(said("stdout")).toBe(raw());
    closeSync(stdout);
  });

  test("can be for people while the file stays JSON", () => {
    const stdout = descriptorFor("stdout");
    open({ stdout, pretty: true }).audit("workflow_create", { user: 5 });
    expect(said("stdout")).toMatch(/workflow_create.* Workflow create.*user=5/);
    expect(lines()).toHaveLength(1);
    closeSync(stdout);
  });

  test("carries on alone when the directory cannot be written: one warning, with what to do", () => {
    const stdout = descriptorFor("stdout");
    open({ stdout, directory: "/dev/null/x", level: "ERROR" });
    log.error("still_alive");
    const [warning, line, ...more] = said("stdout")
      .trimEnd()
      .split("\n")
      .map((each) => JSON.parse(each));
    expect(warning).toMatchObject({ level: "WARNING", event_type: "SYSTEM", action: "log_open", result: "FAILURE" });
    expect(warning.message).toMatch(
      /^Permission denied: \/dev\/null\/x .*mkdir -p \/dev\/null\/x; chown .*; chmod 755/,
    );
    expect(line).toMatchObject({ level: "ERROR", action: "still_alive" });
    expect(more).toEqual([]);
    expect(log.lost()).toBe(1);
    closeSync(stdout);
  });

  test("tells once that the disk is full", () => {
    const stdout = descriptorFor("stdout");
    symlinkSync("/dev/full", join(directory, "workflow_core.log"));
    open({ stdout });
    for (let n = 0; n < 100; n++) log.system("line", { n });
    const actions = said("stdout")
      .trimEnd()
      .split("\n")
      .map((each) => JSON.parse(each).action);
    expect(actions.filter((each) => each === "log_write")).toHaveLength(1);
    expect(actions.filter((each) => each === "line")).toHaveLength(100);
    rmSync(join(directory, "workflow_core.log"));
    closeSync(stdout);
  });
});

test("a line for people has time, level, action, message and the rest", () => {
  const line = prettyLine(
    JSON.stringify({
      timestamp: "2025-12-16T12:00:00.000Z",
      level: "INFO",
      module: "m",
      event_type: "AUTH",
      action: "sign_in",
      result: "SUCCESS",
      message: "Hello\u001b[2J",
      note: "two words",
    }),
  );
  const esc = String.fromCharCode(27);
  const bare = line.replaceAll(new RegExp(`${esc}\\[\\d+m`, "g"), "");
  expect(bare).toBe('12:00:00.000 INFO     sign_in Hello [2J event_type=AUTH result=SUCCESS note="two words"\n');
});
