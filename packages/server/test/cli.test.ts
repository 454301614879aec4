// The command line: help, what it knows, tokens and settings. The real program, in processes of its own.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { nodeTypes } from "@workflow-core/core";
import { describe, expect, it } from "vitest";
import { verifyToken } from "../src/access/tokens.js";
import { table } from "../src/settings/table.js";
import { startCli } from "./support/cli.js";
import { cliBench } from "./support/cli-bench.js";

const bench = cliBench();
const { run } = bench;

describe("help", () => {
  it.each(["--help", "help"])("%s lists the commands on standard output", async (args) => {
    const { code, stdout, stderr } = await run(args);
    expect([code, stderr]).toEqual([0, ""]);
    for (const command of ["start", "migrate", "validate", "run", "nodes", "token", "help settings"])
      expect(stdout).toContain(command);
  });

  it("shows every setting", async () => {
    const { code, stdout } = await run("help settings");
    expect(code).toBe(0);
    for (const name of Object.keys(table)) expect(stdout).toContain(`  ${name} `);
  });

  it("tells the version of the package", async () => {
    const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
    expect((await run("--version")).stdout).toBe(`${version}\n`);
  });

  it.each([
    ["", "Usage: workflow-core"],
    ["stat", "unknown command 'stat'"],
    ["--verbose", "unknown option '--verbose'"],
    ["run", "missing required argument 'file'"],
    ["nodes --jsn", "unknown option '--jsn'"],
    ["start --role boss", "Allowed choices are api, worker, all"],
    ["start --port 99999", "whole number from 0 to 65535"],
    ["token", "required option '--user <id>'"],
    ["token --user x", "whole number from 1"],
    ["token --user x", "(try: workflow-core token --help)"],
    ["run a b", "too many arguments"],
  ])("%j is a mistake that is told on standard error, with code 2", async (args, sentence) => {
    const { code, stdout, stderr } = await run(args);
    expect(stderr).toContain(sentence);
    expect([code, stdout]).toEqual([2, ""]);
  });
});

describe("nodes", () => {
  it("lists every type", async () => {
    const { code, stdout } = await run("nodes");
    expect(code).toBe(0);
    for (const { type, summary } of nodeTypes)
      expect(stdout).toMatch(new RegExp(`  ${type} +${summary.replace(/[.?+()[\]]/g, "\\$&")}\n`));
    expect(JSON.parse((await run("nodes --json")).stdout)).toHaveLength(nodeTypes.length);
  });

  it("tells everything about one", async () => {
    const { stdout } = await run("nodes loop_foreach");
    for (const word of ["For each", "collection", "max_iterations", "loop_body", "Example:"])
      expect(stdout).toContain(word);
    expect(JSON.parse((await run("nodes action_webhook --json")).stdout)).toMatchObject({
      type: "action_webhook",
      ports: { output: expect.any(String), error: expect.any(String) },
    });
  });

  it("ends quietly when nobody reads on", async () => {
    const running = startCli(["nodes", "--json"], { cwd: bench.cwd });
    running.process.stdout?.destroy();
    const { code, stderr } = await running.ended;
    expect([code, stderr]).toEqual([0, ""]);
  });

  it("does not know others", async () => {
    const { code, stderr } = await run("nodes loop_for");
    expect([code, stderr]).toEqual([2, expect.stringContaining("loop_foreach")]);
  });
});

describe("token", () => {
  const env = { SECRET_KEY: "0123456789abcdef0123456789abcdef" };

  it("makes a token for a person", async () => {
    const { code, stdout } = await run("token --user 7 --name ada --community 1 --community 2 --role 3 --expires 60", {
      env,
    });
    expect(code).toBe(0);
    const claims = await verifyToken(stdout.trim(), [env.SECRET_KEY]);
    expect(claims).toMatchObject({ user_id: 7, username: "ada", community_ids: [1, 2], role_ids: [3] });
    expect(Math.abs((claims.exp ?? 0) - Date.now() / 1000 - 60)).toBeLessThan(10);
  });

  it("prints JSON", async () => {
    const { stdout } = await run("token --user 1 --json", { env });
    const { token, expires_at } = JSON.parse(stdout);
    expect(await verifyToken(token, [env.SECRET_KEY])).toMatchObject({ user_id: 1 });
    expect(Date.parse(expires_at)).toBeGreaterThan(Date.now() + 3500_000);
  });

  it("makes none in release mode", async () => {
    const release = { ...env, RELEASE_MODE: "true", API_KEY: "k", DATABASE_URI: "postgresql://db/x" };
    const { code, stdout, stderr } = await run("token --user 1", { env: release });
    expect([code, stdout, stderr]).toEqual([1, "", expect.stringContaining("development only")]);
  });
});

describe("settings", () => {
  it.each(["start", "migrate", "validate x", "run x", "token --user 1"])(
    "%s names every mistake in a line",
    async (args) => {
      const { code, stdout, stderr } = await run(args, {
        env: { MODULE_PORT: "http", LOG_LEVEL: "loud", SECRET_KEY: " " },
      });
      expect([code, stdout]).toEqual([1, ""]);
      expect(stderr.trimEnd().split("\n")).toEqual([
        expect.stringMatching(/^MODULE_PORT must be .*"http"/),
        expect.stringMatching(/^SECRET_KEY must be /),
        expect.stringMatching(/^LOG_LEVEL must be .*"loud"/),
      ]);
    },
  );

  it("come from .env too", async () => {
    const place = join(bench.cwd, "dotenv");
    mkdirSync(place);
    writeFileSync(join(place, ".env"), "LOG_LEVEL=quiet\n");
    expect((await run("token --user 1", { cwd: place })).stderr).toMatch(/^LOG_LEVEL must be /);
    expect((await run("token --user 1", { cwd: place, env: { LOG_LEVEL: "INFO" } })).code).toBe(0);
  });
});
