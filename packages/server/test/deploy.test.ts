// What is in deploy/ agrees with the program: settings, ports, users, deadlines. Kubernetes has a file of its own.
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseEnv } from "node:util";
import { ValidationSeverity, validate } from "dockerfile-utils";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { rows } from "../src/settings/table.js";
import { type Environment, loadSettings, SettingsError, settingWarnings } from "../src/settings.js";
import { readYaml } from "./support/yaml.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const text = (path: string): string => readFileSync(`${root}deploy/${path}`, "utf8");

const secrets: Record<string, string> = {
  DB_PASSWORD: "database-password",
  REDIS_PASSWORD: "redis-password",
  SECRET_KEY: "s".repeat(64),
  API_KEY: "a".repeat(64),
};
const settingNames = new Set<string>(rows.map(([name]) => name));
const unknownNames = (env: object) => Object.keys(env).filter((name) => !settingNames.has(name));
/** What the shell, and Compose, make of `${NAME}`, `${NAME-other}`, `${NAME:-other}` and `${NAME:?words}`. */
const filled = (value: string): string =>
  value.replace(
    /\$\{(\w+)(?::?-([^}]*)|:\?[^}]*)?\}/g,
    (_, name: string, other: string | undefined) => secrets[name] ?? other ?? "",
  );
/** How long the program may take to end: SHUTDOWN_TIMEOUT_SECONDS, and what serve.ts adds to it. */
const longestEnd = loadSettings({}).SHUTDOWN_TIMEOUT_SECONDS + 5;

describe("environments", () => {
  test("the guide's development environment starts, and says that its keys are known", () => {
    const env = parseEnv(text("env/development.env"));
    const settings = loadSettings(env);
    expect(settings).toMatchObject({
      ...{ LOG_LEVEL: "DEBUG", LOG_DIR: "./logs", RELEASE_MODE: false, ROUTER_URL: "http://localhost:8000" },
      ...{ MAX_CONCURRENT_WORKFLOWS: 5, WORKFLOW_TIMEOUT_SECONDS: 60, MAX_LOOP_ITERATIONS: 50, MAX_PARALLEL_NODES: 5 },
    });
    expect(unknownNames(env)).toEqual([]);
    expect(settingWarnings(settings, env).map(({ name }) => name)).toEqual(["SECRET_KEY", "API_KEY"]);
  });

  test("the guide's production environment starts when it is filled in, and not before", () => {
    const env = parseEnv(text("env/production.env"));
    const open = ["DATABASE_URI", "READ_REPLICA_URIS", "REDIS_URL", "SECRET_KEY", "API_KEY"];
    expect(mistakes(env).sort()).toEqual(open.sort());
    const whole = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, filled(value ?? "")]));
    const settings = loadSettings(whole);
    expect(settings).toMatchObject({ RELEASE_MODE: true, HOST: "0.0.0.0", MAX_CONCURRENT_WORKFLOWS: 50 });
    expect(settings.READ_REPLICA_URIS).toHaveLength(2);
    expect([unknownNames(env), settingWarnings(settings, whole)]).toEqual([[], []]);
  });
});

function mistakes(env: Environment): string[] {
  try {
    loadSettings(env);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems.map(({ name }) => name);
    throw error;
  }
}

describe("the image", () => {
  const lines = text("Dockerfile").replaceAll("\\\n", " ").split("\n");
  const all = (word: string) =>
    lines.flatMap((line) => (line.startsWith(`${word} `) ? [line.slice(word.length + 1)] : []));

  test("is described as Docker's language server wants it", () => {
    const strict = {
      instructionCasing: ValidationSeverity.ERROR,
      instructionJSONInSingleQuotes: ValidationSeverity.ERROR,
      instructionWorkdirRelative: ValidationSeverity.ERROR,
    };
    const complaints = (dockerfile: string) => validate(dockerfile, strict).map(({ message }) => message);
    expect(complaints(text("Dockerfile"))).toEqual([]);
    expect(complaints("FROM node\nWORKDIR app\nEXPOS 8070\n")).toHaveLength(2);
  });

  test("copies what is there, sets what is a setting, and shows the ports that are listened on", () => {
    const fromHere = all("COPY").filter((line) => !line.startsWith("--from"));
    const copied = fromHere.flatMap((line) => line.split(" ").slice(0, -1));
    expect(copied).toEqual(expect.arrayContaining(["packages/server/migrations", "packages/server/proto", "examples"]));
    expect(copied.filter((path) => !existsSync(root + path))).toEqual([]);
    const env = parseEnv(all("ENV").join(" ").split(/ +/).join("\n"));
    expect(env).toEqual({ NODE_ENV: "production", HOST: "0.0.0.0", WORKERS: "4", LOG_DIR: "/var/log/waddlebotlog" });
    const { MODULE_PORT, GRPC_PORT } = loadSettings(env);
    expect(all("EXPOSE")).toEqual([`${MODULE_PORT} ${GRPC_PORT}`]);
    expect(all("USER")).toEqual(["1000:1000"]);
    expect(JSON.parse(all("ENTRYPOINT")[0] ?? "").slice(-1)).toEqual(["packages/server/bin/workflow-core.js"]);
    const bases = all("FROM").filter((from) => from.startsWith("node:"));
    expect(new Set(bases.map((from) => from.split(" ")[0])).size).toBe(1);
  });

  test("compose gives it the guide's environment, a database, and time to end", () => {
    const [compose] = readYaml(text("compose.yaml"), composeShape);
    const service = compose?.services["workflow-core"];
    const env = parseEnv((service?.environment ?? []).map(filled).join("\n"));
    expect(loadSettings({ ...env, HOST: "0.0.0.0", WORKERS: "4" })).toMatchObject({
      DATABASE_URI: "postgresql://waddlebot:password@postgres:5432/waddlebot",
      REDIS_URL: "redis://redis:6379/0",
      ROUTER_URL: "http://router-service:8000",
      ...{ LOG_LEVEL: "INFO", MAX_CONCURRENT_WORKFLOWS: 10, WORKFLOW_TIMEOUT_SECONDS: 300 },
    });
    expect(unknownNames(env)).toEqual([]);
    expect(service?.ports).toEqual(["8070:8070", "50070:50070"]);
    expect(Object.keys(service?.depends_on ?? {})).toEqual(["postgres", "redis"]);
    for (const name of ["postgres", "redis"]) expect(compose?.services[name]?.healthcheck.test[0]).toBe("CMD");
    expect(compose?.services.postgres?.environment).toContain("POSTGRES_PASSWORD=password");
    expect(Number.parseInt(service?.stop_grace_period ?? "", 10)).toBeGreaterThan(longestEnd);
  });
});

const composeShape = z.looseObject({
  services: z.record(
    z.string(),
    z.looseObject({
      environment: z.array(z.string()).default([]),
      ports: z.array(z.string()).default([]),
      depends_on: z.record(z.string(), z.object({ condition: z.literal("service_healthy") })).default({}),
      healthcheck: z.looseObject({ test: z.array(z.string()) }),
      stop_grace_period: z.string().optional(),
    }),
  ),
});

test("systemd tells only the first process to end, waits for it, and reloads by SIGHUP", () => {
  const lines = text("systemd/workflow-core.service").split("\n");
  const unit = Object.fromEntries(
    lines
      .filter((line) => /^\w+=/.test(line))
      .map((line) => [line.split("=", 1)[0], line.slice(line.indexOf("=") + 1)]),
  );
  expect(unit).toMatchObject({ Type: "exec", KillMode: "mixed", User: "waddlebot" });
  expect(unit.ExecReload).toBe("/bin/kill -HUP $MAINPID");
  expect(Number(unit.TimeoutStopSec)).toBeGreaterThan(longestEnd);
  const program = /\/opt\/workflow-core\/(\S+)/.exec(unit.ExecStart ?? "")?.[1] ?? "none";
  expect(existsSync(root + program)).toBe(true);
  expect(`/var/log/${unit.LogsDirectory}`).toBe(loadSettings({}).LOG_DIR);
  expect(text("logrotate/workflow-core")).toContain(`${loadSettings({}).LOG_DIR}/*.log {`);
});
