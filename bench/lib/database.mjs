// One database for all contestants: on the PostgreSQL at BENCH_POSTGRES (default 127.0.0.1:5432) when it answers, else
// on our embedded one, which peers that want a TCP address cannot use; they are then said to be missing.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";

const ask = async (uri, text) => {
  const client = new pg.Client({ connectionString: uri, connectionTimeoutMillis: 2000 });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
};

export const openDatabase = async () => {
  const server = process.env.BENCH_POSTGRES ?? "postgresql://postgres@127.0.0.1:5432/postgres";
  try {
    await ask(server, "DROP DATABASE IF EXISTS workflow_core_bench WITH (FORCE)");
    await ask(server, "CREATE DATABASE workflow_core_bench");
    const uri = server.replace(/\/[^/]*$/, "/workflow_core_bench");
    const [{ version }] = await ask(uri, "SELECT version()");
    return {
      uri,
      version: version.split(" ").slice(0, 2).join(" "),
      close: () => ask(server, "DROP DATABASE IF EXISTS workflow_core_bench WITH (FORCE)"),
    };
  } catch {
    const { startEmbeddedPostgres } = await import(
      new URL("../../packages/server/dist/store/embedded.js", import.meta.url).href
    );
    const directory = mkdtempSync(join(tmpdir(), "workflow-core-bench-"));
    const embedded = await startEmbeddedPostgres({ directory, log: { info: () => undefined, warn: () => undefined } });
    return {
      uri: embedded.uri,
      version: "PostgreSQL 18 (embedded)",
      close: async () => {
        await embedded.stop();
        rmSync(directory, { recursive: true, force: true });
      },
    };
  }
};
