// Brings a database to the tables that this program needs: numbered .sql files, each applied once, in order.
//
// 1. A migration and its record are one transaction, under a lock that lives as long as it: many processes may start at once.
// 2. What was applied never changes: a file that differs from its record is refused.
// 3. An older program may live beside a newer database, unless a migration that it does not know is a breaking one
//    (`--! breaking` on its first line).
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type pg from "pg";
import { inTransaction, type Queryable } from "./database.js";
import { retryConflicts } from "./database-failure.js";
import type { StoreLog } from "./log.js";

export interface Migration {
  id: number;
  /** The file's name without its ending, `0001-guide`. */
  name: string;
  sql: string;
  checksum: string;
  /** Whether programs that do not know this migration can still work with the database. */
  compatible: boolean;
}

/** The database and this program do not fit; `message` says what to do. */
export class MigrationError extends Error {
  override readonly name = "MigrationError";
}

interface AppliedRow {
  id: number;
  name: string;
  checksum: string;
  compatible: boolean;
}

/** Beside src and dist alike, so the same address serves both. */
const migrationsDirectory = fileURLToPath(new URL("../../migrations/", import.meta.url));

/** Any number; every program that migrates this kind of database uses this one. */
const LOCK = 7_406_318_250;
/** Building an index over a large table may take long; it has this many milliseconds. */
const DEADLINE = 60 * 60 * 1000;

const RECORDS = `
  CREATE TABLE IF NOT EXISTS workflow_migrations (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    checksum TEXT NOT NULL,
    compatible BOOLEAN NOT NULL DEFAULT true,
    applied_at timestamptz NOT NULL DEFAULT now()
  )`;

/** The migrations of a directory, in order. Throws when a name or the numbering is wrong. */
export async function readMigrations(directory: string = migrationsDirectory): Promise<Migration[]> {
  const files = (await readdir(directory)).filter((file) => file.endsWith(".sql")).sort();
  return Promise.all(
    files.map(async (file, index) => {
      const id = Number(/^(\d{4})-[a-z0-9-]+\.sql$/.exec(file)?.[1]);
      if (Number.isNaN(id)) throw new MigrationError(`migration ${file} should be named like 0001-guide.sql`);
      if (files[index - 1]?.slice(0, 4) === file.slice(0, 4))
        throw new MigrationError(`two migrations have the number ${file.slice(0, 4)}`);
      const sql = (await readFile(`${directory}/${file}`, "utf8")).replaceAll("\r\n", "\n");
      const checksum = createHash("sha256").update(sql).digest("hex");
      return { id, name: file.slice(0, -4), sql, checksum, compatible: !/^--!\s*breaking\b/.test(sql) };
    }),
  );
}

/** Applies what is missing and returns the names of what it applied. Throws MigrationError when database and program do not fit. */
export async function migrate(
  pool: pg.Pool,
  options: { migrations?: Migration[]; log?: StoreLog } = {},
): Promise<string[]> {
  const migrations = options.migrations ?? (await readMigrations());
  const applied: string[] = [];
  for (const migration of missing(migrations, await recorded(pool))) {
    if (await retryConflicts(() => apply(pool, migrations, migration))) {
      applied.push(migration.name);
      options.log?.info(`applied database migration ${migration.name}`);
    }
  }
  return applied;
}

/** Names of what `migrate` would apply. Throws MigrationError when database and program do not fit. */
export async function pendingMigrations(pool: Queryable): Promise<string[]> {
  return missing(await readMigrations(), await recorded(pool)).map(({ name }) => name);
}

/** Applies one migration, unless another process did so while this one waited for the lock. */
async function apply(pool: pg.Pool, migrations: Migration[], migration: Migration): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    await run(client, `SET LOCAL statement_timeout = ${DEADLINE}; SET LOCAL lock_timeout = 0`);
    await run(client, `SELECT pg_advisory_xact_lock(${LOCK})`);
    await run(client, RECORDS);
    if (!missing(migrations, await recorded(client)).includes(migration)) return false;
    await run(client, migration.sql);
    const { id, name, checksum, compatible } = migration;
    await client.query("INSERT INTO workflow_migrations (id, name, checksum, compatible) VALUES ($1, $2, $3, $4)", [
      id,
      name,
      checksum,
      compatible,
    ]);
    return true;
  });
}

/** Runs one or several statements with more patience than the pool has. */
async function run(client: pg.PoolClient, text: string): Promise<void> {
  // pg knows query_timeout per query; its types do not.
  const query: pg.QueryConfig & { query_timeout: number } = { text, query_timeout: DEADLINE };
  await client.query(query);
}

async function recorded(database: Queryable): Promise<AppliedRow[]> {
  const exists = await database.query<{ found: boolean }>(
    "SELECT to_regclass('workflow_migrations') IS NOT NULL AS found",
  );
  if (exists.rows[0]?.found !== true) return [];
  const { rows } = await database.query<AppliedRow>(
    "SELECT id, name, checksum, compatible FROM workflow_migrations ORDER BY id",
  );
  return rows;
}

/** What the records lack. Throws when they hold what this program must not work with. */
function missing(migrations: Migration[], rows: AppliedRow[]): Migration[] {
  const known = new Map(migrations.map((migration) => [migration.id, migration]));
  for (const row of rows) {
    const migration = known.get(row.id);
    if (migration === undefined && !row.compatible) {
      throw new MigrationError(
        `The database was changed by a newer Workflow Core (${row.name}) in a way that this one cannot work with. Update this program.`,
      );
    }
    if (migration !== undefined && migration.checksum !== row.checksum) {
      throw new MigrationError(
        `The database migration ${row.name} differs from ${migration.name}.sql of this program. A migration is never changed after it was applied: ` +
          "install the program that made this database, or use another database.",
      );
    }
  }
  const done = new Set(rows.map((row) => row.id));
  return migrations.filter((migration) => !done.has(migration.id));
}
