// The embedded server as its owner starts, stops and doubles it.
import { existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ask, embeddedBench, processExists, started } from "../../test/support/embedded-bench.js";

const bench = embeddedBench();

describe("startEmbeddedPostgres", () => {
  it("makes a database, keeps it over a stop, and leaves nothing running", async () => {
    const first = await bench.start();
    await ask(first.uri, "CREATE TABLE kept (x int); INSERT INTO kept VALUES (1)");
    const settings = "('listen_addresses', 'fsync', 'full_page_writes', 'TimeZone', 'jit')";
    expect(await ask(first.uri, `SELECT name || '=' || setting FROM pg_settings WHERE name IN ${settings}`)).toEqual(
      expect.arrayContaining(["fsync=on", "full_page_writes=on", "listen_addresses=", "TimeZone=UTC", "jit=off"]),
    );
    expect(statSync(first.connection.host).mode & 0o777).toBe(0o700);
    await first.stop();
    await first.stop();
    expect(processExists(first.pid)).toBe(false);
    expect(existsSync(first.connection.host)).toBe(false);

    const begun = performance.now();
    const second = await bench.start();
    const took = performance.now() - begun;
    expect(await ask(second.uri, "SELECT x FROM kept")).toEqual([1]);
    expect(took).toBeLessThan(3000);
    expect(bench.said).toEqual([]);
  });

  it("is not misled by the environment", async () => {
    const misleading = { PGPORT: "1", PGDATA: "/nowhere", PGOPTIONS: "-c nonsense=1", LC_ALL: "xx_XX" };
    const program = bench.startProgram({ environment: { ...process.env, ...misleading } });
    const { uri } = await started(program);
    expect(await ask(uri, "SELECT lower('ÄÖ')")).toEqual(["äö"]);
  });

  it("refuses a second one in the same process", async () => {
    await bench.start();
    await expect(bench.start()).rejects.toThrow(
      /Another Workflow Core is running on DATA_DIR .*\(process \d+\).*DATABASE_URI/,
    );
  });

  it("lets one of two that start at once have the directory, and tells the other", async () => {
    const answers = await Promise.all([bench.startProgram(), bench.startProgram()].map((program) => program.first));
    const refused = answers.flatMap(({ error }) => error ?? []);
    const winner = answers.find((answer) => answer.error === undefined);
    expect(refused).toEqual([
      expect.stringMatching(/^EmbeddedPostgresError: Another Workflow Core is running on DATA_DIR/),
    ]);
    expect(winner?.error === undefined && (await ask(winner?.uri ?? "", "SELECT 1"))).toEqual([1]);
    expect(readdirSync(bench.directory).filter((name) => name.includes(".tmp-"))).toEqual([]);
  });

  it("asks for DATABASE_URI where no binaries came along", async () => {
    const program = bench.startProgram({ before: 'Object.defineProperty(process, "arch", { value: "riscv64" });' });
    expect((await program.first).error).toMatch(/No PostgreSQL came along for linux on riscv64.*DATABASE_URI/);
  });

  it("says so when the directory cannot be made", async () => {
    writeFileSync(bench.directory, "a file");
    await expect(bench.start()).rejects.toThrow(/cannot be made .*DATA_DIR.*DATABASE_URI/);
  });

  it("refuses the files of another major version", async () => {
    await (await bench.start()).stop();
    writeFileSync(join(bench.directory, "postgres", "PG_VERSION"), "12\n");
    await expect(bench.start()).rejects.toThrow(/made by PostgreSQL 12.*brings PostgreSQL \d+/);
  });
});
