import { expect, test } from "vitest";
import { loadSettings } from "./load.js";
import { settingWarnings } from "./warnings.js";

const sound = { SECRET_KEY: "k".repeat(32), API_KEY: "a".repeat(32) };
const warned = (env: Record<string, string>) => settingWarnings(loadSettings(env), env).map(({ name }) => name);

test.each<[string, Record<string, string>, string[]]>([
  ["nothing to say", sound, []],
  ["the defaults", {}, ["SECRET_KEY", "API_KEY"]],
  ["production without release mode", { ...sound, NODE_ENV: "production" }, ["RELEASE_MODE"]],
  ["a short key", { ...sound, SECRET_KEY: "k".repeat(31) }, ["SECRET_KEY"]],
  ["a key read from a file with its line break", { ...sound, SECRET_KEY: `${"k".repeat(40)}\n` }, ["SECRET_KEY"]],
  ["an API key that no header can carry", { ...sound, API_KEY: `${"k".repeat(40)}\n` }, ["API_KEY"]],
  [
    "the default kept as the previous key",
    { ...sound, SECRET_KEY_PREVIOUS: "change-me-in-production" },
    ["SECRET_KEY_PREVIOUS"],
  ],
  ["several processes", { ...sound, WORKERS: "2" }, []],
  [
    "several processes that do not know who has written where",
    { ...sound, WORKERS: "2", READ_REPLICA_URIS: "postgresql://replica/x" },
    ["WORKERS"],
  ],
  ["a total below one loop", { ...sound, MAX_TOTAL_OPERATIONS: "50" }, ["MAX_TOTAL_OPERATIONS"]],
  [
    "permissive limits",
    { ...sound, MAX_LOOP_DEPTH: "100", WORKFLOW_TIMEOUT_SECONDS: "86401" },
    ["WORKFLOW_TIMEOUT_SECONDS", "MAX_LOOP_DEPTH"],
  ],
  ["limits at the border", { ...sound, MAX_LOOP_DEPTH: "20", WORKFLOW_TIMEOUT_SECONDS: "86400" }, []],
])("%s", (_, env, names) => {
  expect(warned(env)).toEqual(names);
});

test("a misspelt name is told, with the one that was meant", () => {
  const env = {
    ...sound,
    MAX_LOOP_ITERATION: "5",
    DATABASE_URL: "x",
    module_port: "1",
    REDIS_URI: "x",
    LOGDIR: "x",
  };
  const messages = Object.fromEntries(
    settingWarnings(loadSettings(env), env).map(({ name, message }) => [name, message]),
  );
  expect(messages.MAX_LOOP_ITERATION).toContain("MAX_LOOP_ITERATIONS");
  expect(messages.DATABASE_URL).toContain("DATABASE_URI");
  expect(messages.module_port).toContain("MODULE_PORT");
  expect(messages.REDIS_URI).toContain("REDIS_URL");
  expect(messages.LOGDIR).toContain("LOG_DIR");
});

test("the environment of an ordinary machine is not taken for misspelling", () => {
  const others = [
    "HOME",
    "PATH",
    "PWD",
    "SHELL",
    "USER",
    "LANG",
    "TERM",
    "HOSTNAME",
    "LOGNAME",
    "EDITOR",
    "TZ",
    "SHLVL",
    "OLDPWD",
    "npm_config_cache",
    "KUBERNETES_PORT",
    "REDIS_PORT",
    "PORT",
    "NODE_OPTIONS",
    "POD_IP",
    "HTTP_PROXY",
  ];
  expect(warned({ ...sound, ...Object.fromEntries(others.map((name) => [name, "x"])) })).toEqual([]);
});

test("no warning prints a secret", () => {
  const env = { SECRET_KEY: "hunter2hunter2", API_KEY: "dev-api-key", SECRET_KEY_PREVIOUS: "dev-api-key" };
  expect(JSON.stringify(settingWarnings(loadSettings(env), env))).not.toMatch(/hunter2|dev-api-key/);
});
