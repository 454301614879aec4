// Opening the database that the settings name, or the embedded one, and bringing it to this program's tables.
import type pg from "pg";
import { type Clock, systemClock } from "../clock.js";
import { explain, type Settings, troubles } from "../settings.js";
import { type Database, databaseOn } from "./database.js";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "./embedded.js";
import type { StoreLog } from "./log.js";
import { migrate } from "./migrate.js";
import { openPool } from "./pool.js";
import { type ReplicatedDatabase, replicatedDatabase } from "./replicas.js";

export interface Store {
  database: Database & Partial<Pick<ReplicatedDatabase, "shareWrites">>;
  /** Connections of the engine alone: for the flights of the journal and for claims. */
  enginePool: pg.Pool;
  /** All pools, by the names under which operators see them. */
  pools: { name: string; pool: pg.Pool }[];
  /** Where the data are, for people: a directory, or the address of a server. */
  place: string;
  close(): Promise<void>;
}

interface Logging {
  system(action: string, fields?: { message: string }): void;
  system(level: "WARNING", action: string, fields?: { message: string }): void;
}

const storeLog = (log: Logging): StoreLog => ({
  info: (message) => log.system("database", { message }),
  warn: (message) => log.system("WARNING", "database", { message }),
});

const withoutPassword = (uri: string): string => {
  const url = new URL(uri);
  url.password = "";
  url.search = "";
  return url.href;
};

/** Nobody waits long for a replica: the primary has everything too. */
const replicaConnections = { max: 10, readOnly: true, connectTimeoutMs: 1000, statementTimeoutMs: 5000 } as const;

/** Throws with the guide's words when the database cannot be reached, and leaves nothing open then. */
export const openStore = async (
  settings: Pick<Settings, "DATABASE_URI" | "DATA_DIR" | "READ_REPLICA_URIS">,
  logging: Logging,
  clock: Clock = systemClock,
): Promise<Store> => {
  const all = storeLog(logging);
  let closing = false;
  // Connections that end while everything is being closed are what was asked for.
  const log: StoreLog = { info: all.info, warn: (message) => closing || all.warn(message) };
  const embedded: EmbeddedPostgres | undefined =
    settings.DATABASE_URI === undefined
      ? await startEmbeddedPostgres({ directory: settings.DATA_DIR, log })
      : undefined;
  const uri = embedded?.uri ?? (settings.DATABASE_URI as string);
  const primary = openPool({ uri, max: 19, applicationName: "workflow-core", statementTimeoutMs: 10_000, log });
  const enginePool = openPool({
    uri,
    max: 4, // two flights, a claim and its events: none waits for another
    applicationName: "workflow-core-engine",
    statementTimeoutMs: 10_000,
    byKey: true,
    log,
  });
  const replicas = settings.READ_REPLICA_URIS.map((each) => ({
    place: new URL(each).host,
    pool: openPool({ uri: each, applicationName: "workflow-core-read", log, ...replicaConnections }),
  }));
  const close = async () => {
    closing = true;
    await Promise.allSettled([primary, enginePool, ...replicas.map(({ pool }) => pool)].map((pool) => pool.end()));
    await embedded?.stop();
  };
  try {
    await primary.query("SELECT 1").catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(explain(troubles.database, reason), { cause: error });
    });
    await migrate(primary, { log });
  } catch (error) {
    await close();
    throw error;
  }
  const database = replicas.length === 0 ? databaseOn(primary) : replicatedDatabase({ primary, replicas, clock, log });
  const pools = [
    { name: "primary", pool: primary },
    { name: "engine", pool: enginePool },
    ...replicas.map(({ pool }, index) => ({ name: `replica-${index + 1}`, pool })),
  ];
  return { database, enginePool, pools, place: embedded?.data ?? withoutPassword(uri), close };
};
