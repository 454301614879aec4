import { describe, expect, test } from "vitest";
import { loadSettings, type SettingProblem, SettingsError, secretValues } from "./load.js";
import { rows } from "./table.js";

function problemsOf(env: Record<string, string>): readonly SettingProblem[] {
  try {
    loadSettings(env);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

const names = (env: Record<string, string>) => problemsOf(env).map(({ name }) => name);

describe("mistakes", () => {
  test("are reported together, by name, with what to do", () => {
    const problems = problemsOf({ MODULE_PORT: "abc", LOG_LEVEL: "LOUD", REDIS_URL: "http://x", MAX_LOOP_DEPTH: "-1" });
    expect(problems.map(({ name }) => name)).toEqual(["MODULE_PORT", "REDIS_URL", "LOG_LEVEL", "MAX_LOOP_DEPTH"]);
    for (const { message, hint } of problems) expect(`${message} ${hint}`.length).toBeGreaterThan(30);
    expect(problems[0]).toMatchObject({
      value: "abc",
      message: 'must be a whole number from 0 to 65535; 0 takes any free port (it is "abc")',
    });
  });

  test("never print a secret", () => {
    const env = {
      DATABASE_URI: "mysql://me:hunter2@h/db",
      READ_REPLICA_URIS: "nonsense-hunter2",
      REDIS_URL: "http://:hunter2@h",
      ROUTER_URL: "http://me:hunter2@router",
      SECRET_KEY: "hunter2",
      SECRET_KEY_PREVIOUS: "   ",
      API_KEY: "$" + "{hunter2}",
      RELEASE_MODE: "true",
    };
    try {
      loadSettings(env);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(SettingsError);
      expect(JSON.stringify((error as SettingsError).problems) + String(error)).not.toContain("hunter2");
      expect((error as SettingsError).problems).toHaveLength(7);
    }
  });

  test("an empty variable is an unset one", () => {
    const empty = Object.fromEntries(rows.map(([name]) => [name, ""]));
    expect(loadSettings(empty)).toEqual(loadSettings({}));
  });

  test("a placeholder that nobody filled in is found", () => {
    expect(problemsOf({ SECRET_KEY: "$" + "{SECRET_KEY}" })).toMatchObject([{ name: "SECRET_KEY" }]);
  });

  test("both ports may not be the same, unless any free one will do", () => {
    expect(names({ MODULE_PORT: "9000", GRPC_PORT: "9000" })).toEqual(["GRPC_PORT"]);
    expect(names({ MODULE_PORT: "0", GRPC_PORT: "0" })).toEqual([]);
  });
});

describe("RELEASE_MODE=true", () => {
  const sound = {
    RELEASE_MODE: "true",
    DATABASE_URI: "postgresql://u:p@h/db",
    SECRET_KEY: "k".repeat(32),
    API_KEY: "some-key",
  };

  test("starts with keys and a database of one's own, and changes two defaults", () => {
    expect(loadSettings(sound)).toMatchObject({ ROUTER_URL: "http://router-service:8000", HOST: "0.0.0.0" });
    expect(loadSettings({ ...sound, HOST: "127.0.0.1", ROUTER_URL: "http://r" })).toMatchObject({
      HOST: "127.0.0.1",
      ROUTER_URL: "http://r",
    });
    expect(loadSettings({})).toMatchObject({ ROUTER_URL: undefined, HOST: "127.0.0.1" });
  });

  test("names everything that is missing", () => {
    expect(names({ RELEASE_MODE: "true" })).toEqual(["DATABASE_URI", "SECRET_KEY", "API_KEY"]);
  });

  test.each([
    [{ SECRET_KEY: "change-me-in-production" }, "SECRET_KEY"],
    [{ API_KEY: "change-me-in-production" }, "API_KEY"],
    [{ SECRET_KEY: "k".repeat(15) }, "SECRET_KEY"],
    [{ SECRET_KEY: "" }, "SECRET_KEY"],
    [{ DATABASE_URI: "nonsense" }, "DATABASE_URI"],
  ])("refuses %j, once", (change, name) => {
    expect(names({ ...sound, ...change })).toEqual([name]);
  });
});

test("settings cannot be changed", () => {
  expect(Object.isFrozen(loadSettings({}))).toBe(true);
});

test("secretValues gives every password, as written and as meant, and not the published default", () => {
  expect(secretValues(loadSettings({}))).toEqual([]);
  const settings = loadSettings({
    SECRET_KEY: "one-key",
    API_KEY: "another",
    DATABASE_URI: "postgresql://u:p%40ss@h/d",
    REDIS_URL: "redis://:100%25x%@h",
  });
  expect(secretValues(settings)).toEqual(expect.arrayContaining(["one-key", "another", "p%40ss", "p@ss", "100%25x%"]));
});
