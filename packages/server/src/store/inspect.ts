// A look at a database without changing it: for the doctor, and for whoever asks whether it fits this program.
import type pg from "pg";
import { pendingMigrations } from "./migrate.js";

export interface Inspection {
  /** As the server says it: 18.4 */
  version: string;
  /** The first number of it. */
  major: number;
  /** Names of migrations that are still to be applied. Reading them throws MigrationError when the two do not fit. */
  pending: string[];
  /** True of servers that only follow another one: nothing can be written there. */
  standby: boolean;
  /** By how much the server's clock is ahead of this machine's, and how exactly that is known; milliseconds. */
  clock: { ahead: number; within: number };
  milliseconds: number;
}

interface Row {
  version: string;
  number: number;
  standby: boolean;
  now: number;
}

/** Throws what pg throws, and MigrationError. */
export async function inspectDatabase(pool: pg.Pool): Promise<Inspection> {
  await pool.query("SELECT 1"); // opening the connection is not part of the measurement
  const before = Date.now();
  const started = performance.now();
  const { rows } = await pool.query<Row>(
    `SELECT current_setting('server_version') AS version, current_setting('server_version_num')::integer AS number,
      pg_is_in_recovery() AS standby,
      (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now`,
  );
  const milliseconds = performance.now() - started;
  const row = rows[0];
  if (row === undefined) throw new Error("the database gave no answer");
  return {
    version: row.version.split(" ")[0] ?? row.version,
    major: Math.floor(row.number / 10_000),
    pending: await pendingMigrations(pool),
    standby: row.standby,
    clock: { ahead: Math.round(row.now - before - milliseconds / 2), within: Math.ceil(milliseconds / 2) },
    milliseconds,
  };
}
