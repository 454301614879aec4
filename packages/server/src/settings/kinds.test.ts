// Every kind of value through the door that it comes in by, nonsense included.

import { describe, expect, test } from "vitest";
import { limitsFrom } from "./limits.js";
import { loadSettings, SettingsError } from "./load.js";
import { rows, type SettingName } from "./table.js";

/** The variables that are refused. */
function names(env: Record<string, string>): string[] {
  try {
    loadSettings(env);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems.map(({ name }) => name);
    throw error;
  }
  return [];
}

const nonsense = [
  "abc",
  "-1",
  "+1",
  "1.5",
  "1e3",
  "1e9",
  "0x10",
  " 5",
  "5 ",
  "5\n",
  "٣",
  "NaN",
  "Infinity",
  "null",
  "99999999999999999999",
  "1_000",
  "1,000",
  "true",
];
const integers = rows.filter(([, { kind }]) => kind.type === "integer").map(([name]) => name);
const booleans = rows.filter(([, { kind }]) => kind.type === "boolean").map(([name]) => name);

describe("integers", () => {
  test.each(integers)("%s takes no nonsense", (name) => {
    for (const value of nonsense) expect(names({ [name]: value }), JSON.stringify(value)).toEqual([name]);
  });

  test.each<[SettingName, string[], string[]]>([
    ["MODULE_PORT", ["0", "1", "65535", "08071"], ["65536"]],
    ["GRPC_PORT", ["0", "1", "65535"], ["65536", "-1"]],
    ["MAX_CONCURRENT_WORKFLOWS", ["1", "50", "10000"], ["0", "10001"]],
    ["WORKFLOW_TIMEOUT_SECONDS", ["1", "31536000"], ["0", "31536001"]],
    ["WORKFLOW_MAX_RETRIES", ["0", "20"], ["21"]],
    ["MAX_LOOP_ITERATIONS", ["1", "1000000"], ["0", "1000000000"]],
    ["MAX_TOTAL_OPERATIONS", ["1", "10000000"], ["0", "1000000000"]],
    ["MAX_LOOP_DEPTH", ["1", "100"], ["0", "101"]],
    ["MAX_PARALLEL_NODES", ["1", "1000"], ["0", "1001"]],
    ["SCHEDULER_JOB_DEFAULTS_MAX_INSTANCES", ["1"], ["0"]],
    ["MAX_CONCURRENT_WORKFLOWS_TOTAL", ["0", "5"], []],
    ["EXECUTION_RETENTION_DAYS", ["0", "365"], ["36501"]],
    ["WORKERS", ["1", "64"], ["0", "65"]],
  ])("%s has a range", (name, good, bad) => {
    for (const value of good) expect(loadSettings({ [name]: value })[name]).toBe(Number(value));
    for (const value of bad) expect(names({ [name]: value })).toEqual([name]);
  });

  test("limits are never NaN", () => {
    for (const value of Object.values(limitsFrom(loadSettings({})))) expect(Number.isSafeInteger(value)).toBe(true);
  });
});

test.each(booleans.filter((name) => name !== "RELEASE_MODE"))("%s reads the usual words", (name) => {
  for (const value of ["true", "TRUE", "True", "1", "yes", "on", "ON"])
    expect(loadSettings({ [name]: value })[name]).toBe(true);
  for (const value of ["false", "False", "0", "no", "off"]) expect(loadSettings({ [name]: value })[name]).toBe(false);
  for (const value of ["ja", "2", "t", " true", "truee", "null"])
    expect(names({ [name]: value }), value).toEqual([name]);
});

describe("texts", () => {
  test.each<[SettingName, Record<string, unknown>, string[]]>([
    [
      "LOG_LEVEL",
      { info: "INFO", Warning: "WARNING", CRITICAL: "CRITICAL", dEbUg: "DEBUG" },
      ["WARN", "TRACE", "FATAL", "0", " INFO"],
    ],
    ["ROLE", { api: "api", Worker: "worker", ALL: "all" }, ["both", "api,worker"]],
    [
      "SCHEDULER_TIMEZONE",
      { "America/New_York": "America/New_York", UTC: "UTC", "Europe/Berlin": "Europe/Berlin" },
      ["Mars/Olympus", "+02:00", "New York", "UTC+2"],
    ],
    [
      "DATABASE_URI",
      {
        "postgres://u:p@h/db": "postgres://u:p@h/db",
        "postgresql:///db?host=/run": "postgresql:///db?host=/run",
        "postgresql://u:p@[::1]:5432/db": "postgresql://u:p@[::1]:5432/db",
      },
      [
        "mysql://u:p@h/db",
        "h:5432/db",

        "postgres://u:p@h:99999/db",
        "postgres://h /db",
        "postgresql//h/db",
      ],
    ],
    [
      "REDIS_URL",
      {
        "redis://h": "redis://h",
        "rediss://:p@h:6380/1": "rediss://:p@h:6380/1",
        "redis://:password@redis-host:6379/0": "redis://:password@redis-host:6379/0",
      },
      ["http://h", "redis:///0", "redis://h/db", "h:6379", "redis://h:6379/0\n"],
    ],
    [
      "ROUTER_URL",
      { "http://r:8000": "http://r:8000", "https://r/base/": "https://r/base" },
      ["ftp://r", "r:8000", "http://", "http://u:p@r", "http://r?x=1", "javascript:alert(1)", "//r", "http:r"],
    ],
    [
      "HOST",
      { "0.0.0.0": "0.0.0.0", "::": "::", localhost: "localhost", "a-b.c": "a-b.c" },
      ["256.1.1.1", "http://x", "a b", "127.1", "-x"],
    ],
    ["LOG_DIR", { "./logs": "./logs", "/var/log/x": "/var/log/x" }, ["   "]],
  ])("%s", (name, good, bad) => {
    for (const [value, kept] of Object.entries(good)) expect(loadSettings({ [name]: value })[name]).toBe(kept);
    for (const value of bad) expect(names({ [name]: value }), value).toEqual([name]);
  });
});

describe("lists", () => {
  test.each<[SettingName, Record<string, unknown>, string[]]>([
    [
      "READ_REPLICA_URIS",
      {
        "postgresql://a/d,postgresql://b/d": ["postgresql://a/d", "postgresql://b/d"],
        " postgresql://a/d , ": ["postgresql://a/d"],
      },
      ["postgresql://a/d,nonsense"],
    ],
    [
      "TRUSTED_PROXIES",
      { "10.0.0.0/8, FD00::/8": ["10.0.0.0/8", "fd00::/8"], "10.0.0.1": ["10.0.0.1/32"], "::1": ["::1/128"] },
      ["10.0.0.0/33", "010.0.0.1", "127.1", "all", "10.0.0.0/8/8", "fe80::1%eth0", "10.0.0.0/", "::/129"],
    ],
    [
      "CORS_ORIGINS",
      { "https://a.example,http://localhost:5173/": ["https://a.example", "http://localhost:5173"] },
      ["*", "a.example", "https://a.example/path", "https://a.example:443", "null"],
    ],
    [
      "EGRESS_ALLOW_CIDRS",
      {
        "10.0.0.0/8": [{ cidr: "10.0.0.0/8" }],
        "10.0.0.5:8080,10.0.0.0/24:443": [
          { cidr: "10.0.0.5/32", port: 8080 },
          { cidr: "10.0.0.0/24", port: 443 },
        ],
        "fd00::/8,[fd00::5/128]:8080": [{ cidr: "fd00::/8" }, { cidr: "fd00::5/128", port: 8080 }],
      },
      ["10.0.0.0/8:0", "10.0.0.0/8:65536", "10.0.0.0/8:http", "localhost:80", "[::1", "0x7f.1"],
    ],
  ])("%s", (name, good, bad) => {
    for (const [value, kept] of Object.entries(good)) expect(loadSettings({ [name]: value })[name]).toEqual(kept);
    for (const value of bad) expect(names({ [name]: value }), value).toEqual([name]);
  });
});
