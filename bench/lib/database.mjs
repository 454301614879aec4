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

const calmTries = 80;

const name = (file, env) =>
  `workflow_core_bench_${[file, ...Object.values(env)]
    .join("_")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")}`;

/** Databases on one server: each contestant has its own, so that none takes another's work. */
const onServer = async (server, address) => {
  const made = [];
  const [{ version }] = await ask(server, "SELECT version()");
  return {
    version: version.split(" ").slice(0, 2).join(" "),
    fresh: async (file, env) => {
      const database = name(file, env);
      await ask(server, `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
      await ask(server, `CREATE DATABASE ${database}`);
      made.push(database);
      return address(database);
    },
    /** Resolves when the server has nothing left to do of what was done before: no turn pays for another's. */
    calm: async () => {
      await ask(server, "CHECKPOINT");
      for (let tries = 0; tries < calmTries; tries += 1) {
        const [{ busy }] = await ask(
          server,
          "SELECT count(*)::int AS busy FROM pg_stat_activity WHERE backend_type = 'autovacuum worker'",
        );
        if (busy === 0) return;
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
    },
    close: async () => {
      for (const database of made) await ask(server, `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
    },
  };
};

export const openDatabase = async () => {
  const server = process.env.BENCH_POSTGRES ?? "postgresql://postgres@127.0.0.1:5432/postgres";
  try {
    return await onServer(server, (database) => server.replace(/\/[^/]*$/, `/${database}`));
  } catch {
    const { startEmbeddedPostgres } = await import(
      new URL("../../packages/server/dist/store/embedded.js", import.meta.url).href
    );
    const directory = mkdtempSync(join(tmpdir(), "workflow-core-bench-"));
    const embedded = await startEmbeddedPostgres({ directory, log: { info: () => undefined, warn: () => undefined } });
    const opened = await onServer(embedded.uri, (database) => embedded.uri.replace("/postgres?", `/${database}?`));
    return {
      ...opened,
      close: async () => {
        await embedded.stop();
        rmSync(directory, { recursive: true, force: true });
      },
    };
  }
};
