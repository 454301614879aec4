// The database servers of a test run: an embedded one, started when the first test asks for it, and the PostgreSQL on
// 127.0.0.1:5432 (or TEST_POSTGRES_URI) where there is one. Each has a migrated template; tests get copies of it.

import { createHash, randomBytes } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../../src/store/embedded.js";
import { migrate } from "../../src/store/migrate.js";
import { openPool } from "../../src/store/pool.js";

/** How a test reaches a server: the address of its `postgres` database, the template, and the start of its names. */
export interface TestServer {
  uri: string;
  template: string;
  prefix: string;
}

export const systemUri = process.env.TEST_POSTGRES_URI ?? "postgresql://postgres@127.0.0.1:5432/postgres";

const HOST = createHash("sha256").update(hostname()).digest("hex").slice(0, 6);
/** Names this run's databases on a server that others use too; a process may prepare the server more than once. */
const PREFIX = `wfc_test_${HOST}_${process.pid}_${randomBytes(3).toString("hex")}`;

/** Starts the embedded server of this run, with its template. */
export async function startEmbeddedServer(): Promise<TestServer & { stop(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), "workflow-core-test-"));
  await chmod(directory, 0o755);
  // Tests break connections on purpose; what a test cares about it sees in its own errors.
  const quiet = { info: () => undefined, warn: () => undefined };
  let server: EmbeddedPostgres | undefined;
  try {
    server = await startEmbeddedPostgres({ directory, log: quiet });
    await makeTemplate(server.uri, "wfc_template");
    const { uri, stop } = server;
    return {
      uri,
      template: "wfc_template",
      prefix: PREFIX,
      stop: async () => {
        await stop();
        await rm(directory, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await server?.stop();
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

/** Prepares the system's server for this run; `stop` drops everything that this run made there. */
export async function openSystemServer(): Promise<TestServer & { stop(): Promise<void> }> {
  await dropDatabases(systemUri, ownedByTheDead);
  const template = `${PREFIX}_template`;
  await makeTemplate(systemUri, template);
  return {
    uri: systemUri,
    template,
    prefix: PREFIX,
    stop: () => dropDatabases(systemUri, (name) => name.startsWith(PREFIX)),
  };
}

/** Whether the system's server is there and lets us in. */
export async function hasSystemServer(): Promise<boolean> {
  const client = new pg.Client({ connectionString: systemUri, connectionTimeoutMillis: 2000 });
  client.on("error", () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ may: boolean }>(
      "SELECT rolcreatedb OR rolsuper AS may FROM pg_roles WHERE rolname = current_user",
    );
    return rows[0]?.may === true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** The same server, another database. */
export function uriOf(uri: string, database: string): string {
  return uri.replace(/^(\w+:\/\/[^/]*)\/[^?]*/, `$1/${database}`);
}

/** Runs statements as an administrator of the server. */
export async function administer<T extends pg.QueryResultRow>(uri: string, ...statements: string[]): Promise<T[]> {
  const client = new pg.Client({ connectionString: uri, connectionTimeoutMillis: 5000 });
  client.on("error", () => undefined);
  await client.connect();
  try {
    let rows: T[] = [];
    for (const statement of statements) rows = (await client.query<T>(statement)).rows;
    return rows;
  } finally {
    await client.end();
  }
}

async function makeTemplate(uri: string, template: string): Promise<void> {
  await administer(uri, `CREATE DATABASE ${template}`);
  const pool = openPool({ uri: uriOf(uri, template), max: 1, applicationName: "workflow-core-test" });
  await migrate(pool).finally(() => pool.end());
}

async function dropDatabases(uri: string, chosen: (name: string) => boolean): Promise<void> {
  const rows = await administer<{ name: string }>(
    uri,
    "SELECT datname AS name FROM pg_database WHERE datname LIKE 'wfc\\_test\\_%'",
  );
  const names = rows.map(({ name }) => name).filter(chosen);
  await administer(uri, ...names.map((name) => `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
}

/** Whether a database was left by a run on this machine that was killed. */
function ownedByTheDead(name: string): boolean {
  const [, host, pid] = /^wfc_test_([0-9a-f]+)_(\d+)_/.exec(name) ?? [];
  if (host !== HOST || pid === undefined) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ESRCH";
  }
}
