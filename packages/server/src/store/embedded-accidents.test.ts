// The embedded server after accidents: real processes, really killed.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ask, embeddedBench, processExists, started } from "../../test/support/embedded-bench.js";
import { until } from "../../test/support/until.js";
import { openPool } from "./pool.js";

const bench = embeddedBench();

describe("the embedded server after an accident", () => {
  it("dies with a killed process, and the next start has everything that was committed", async () => {
    const program = bench.startProgram();
    const { uri, pid } = await started(program);
    const pool = openPool({ uri, max: 4, applicationName: "test" });
    await pool.query("CREATE TABLE acknowledged (x int)");
    let count = 0;
    const writing = Promise.all(
      [0, 1, 2, 3].map(async () => {
        for (;;) {
          try {
            await pool.query("INSERT INTO acknowledged VALUES (1)");
            count++;
          } catch {
            return;
          }
        }
      }),
    );
    await until(() => count > 50);
    program.process.kill("SIGKILL");
    // At once, while the old server is still going down.
    const next = await bench.start();
    await writing;
    await pool.end();
    expect(processExists(pid)).toBe(false);
    const [rows] = await ask(next.uri, "SELECT count(*) FROM acknowledged");
    expect(rows).toBeGreaterThanOrEqual(count);
    expect(existsSync(new URL(uri.replace("@/", "@x/")).searchParams.get("host") ?? "")).toBe(false);
  });

  it("starts although the note and postmaster.pid of a killed server are there", async () => {
    const program = bench.startProgram();
    const { pid } = await started(program);
    process.kill(pid, "SIGKILL");
    await until(() => !processExists(pid));
    program.process.kill("SIGKILL");
    await program.ended;
    expect(existsSync(join(bench.directory, "postgres", "postmaster.pid"))).toBe(true);
    expect(existsSync(join(bench.directory, "postgres.owner"))).toBe(true);
    expect(await ask((await bench.start()).uri, "SELECT 1")).toEqual([1]);
  });

  it("starts although both were killed, and the number of the dead server is another process's now", async () => {
    const program = bench.startProgram();
    const { pid, data } = await started(program);
    program.process.kill("SIGKILL");
    process.kill(pid, "SIGKILL");
    await program.ended;
    await until(() => !processExists(pid));
    const file = join(data, "postmaster.pid");
    // The server's user must own the other process, or PostgreSQL sees through it.
    const { uid, gid } = statSync(data);
    const other = spawn("sleep", ["60"], { uid, gid });
    writeFileSync(file, readFileSync(file, "utf8").replace(/^\d+/, String(other.pid)));
    try {
      expect(await ask((await bench.start()).uri, "SELECT 1")).toEqual([1]);
    } finally {
      other.kill();
    }
  });

  it("is started again after it was killed, once and twice, under its address and with what was stored", async () => {
    const server = await bench.start();
    await ask(server.uri, "CREATE TABLE kept (x int)");
    for (const times of [1, 2]) {
      const { pid } = server;
      process.kill(pid, "SIGKILL");
      await until(() => server.pid !== pid, "another server");
      expect(await ask(server.uri, "INSERT INTO kept VALUES (1) RETURNING (SELECT count(*) FROM kept)")).toEqual([
        times - 1,
      ]);
      expect(bench.said.filter((each) => each.includes("is gone: it was ended by SIGKILL"))).toHaveLength(times);
    }
    expect(bench.said.at(-1)).toBe("the embedded PostgreSQL runs again");
    await server.stop();
    expect(await ask((await bench.start()).uri, "SELECT count(*) FROM kept")).toEqual([2]);
  });

  it("stays ended when it is stopped while it would be started again", async () => {
    const server = await bench.start();
    const { pid } = server;
    process.kill(pid, "SIGKILL");
    await until(() => bench.said.some((each) => each.includes("is gone")), "the news");
    await server.stop();
    expect([server.pid, processExists(server.pid)]).toEqual([pid, false]);
    expect(bench.said.filter((each) => each.includes("again"))).toHaveLength(1);
  });

  it("begins again after a first start that was killed", async () => {
    const program = bench.startProgram();
    const unfinished = () =>
      existsSync(bench.directory) ? readdirSync(bench.directory).find((name) => name.includes(".tmp-")) : undefined;
    await until(() => existsSync(join(bench.directory, unfinished() ?? "-", "PG_VERSION")), "initdb");
    program.process.kill("SIGKILL");
    await program.ended;
    expect(existsSync(join(bench.directory, "postgres"))).toBe(false);
    expect(await ask((await bench.start()).uri, "SELECT 1")).toEqual([1]);
    expect(unfinished()).toBeUndefined();
  });

  it("puts aside what is no whole database", async () => {
    mkdirSync(join(bench.directory, "postgres", "base"), { recursive: true });
    expect(await ask((await bench.start()).uri, "SELECT 1")).toEqual([1]);
    expect(readdirSync(bench.directory).some((name) => name.startsWith("postgres.broken-"))).toBe(true);
    expect(bench.said.join()).toMatch(/is not a whole database/);
  });
});
