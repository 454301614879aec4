// `workflow-core doctor` as people start it.
import { describe, expect, it } from "vitest";
import { cliBench } from "./support/cli-bench.js";

const { run } = cliBench();
const ports = { MODULE_PORT: "0", GRPC_PORT: "0" };

describe("doctor", () => {
  it("finds nothing wrong with a machine that has nothing set", async () => {
    const { code, stdout, stderr } = await run("doctor", { env: ports });
    expect([code, stderr]).toEqual([0, ""]);
    for (const name of [
      "Node",
      "Settings",
      "Database",
      "Redis",
      "Router",
      "Licence server",
      "Ports",
      "Log directory",
      "Sandbox",
    ])
      expect(stdout).toMatch(new RegExp(`^[✓!] ${name} `, "m"));
    expect(stdout).toContain("Using default SECRET_KEY");
    expect(stdout).toMatch(/No problem, \d warnings?\.\n$/);
  });

  it("ends with 1 and says what to do when something is wrong", async () => {
    const env = { ...ports, DATABASE_URI: "postgresql://u:canary-password@127.0.0.1:1/x" };
    const { code, stdout } = await run("doctor --json", { env });
    expect(code).toBe(1);
    const { healthy, problems, findings } = JSON.parse(stdout);
    expect([healthy, problems]).toEqual([false, 1]);
    expect(findings).toContainEqual({
      ...{ name: "Database", state: "problem" },
      message: expect.stringContaining("Verify DATABASE_URI format"),
    });
    expect(stdout).not.toContain("canary-password");
  });

  it("tells every mistake in the settings", async () => {
    const { code, stdout } = await run("doctor", { env: { MODULE_PORT: "x", MAX_LOOP_DEPTH: "-1" } });
    expect(code).toBe(1);
    expect(stdout).toContain("MODULE_PORT must be");
    expect(stdout).toContain("MAX_LOOP_DEPTH must be");
    expect(stdout).toMatch(/2 problems/);
  });
});
