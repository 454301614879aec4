// How connections to Postgres are opened: always UTC, always with deadlines, never a crash when a server goes away.
//
// 1. Every pool and every client has an error listener: without one, a restart of the server kills the process.
// 2. TIMESTAMP without zone (the guide's columns) is UTC, whatever the zone of this machine.
// 3. No call waits for ever: connecting, statements and the reading of answers have deadlines. A connection that died
//    without a word is noticed before them (silence.ts).
import pg from "pg";
import type { StoreLog } from "./log.js";
import { watchForSilence } from "./silence.js";

export interface PoolOptions {
  /** `postgresql://…`; parameters in it (`?sslmode=`, `?options=`, …) are honoured. */
  uri: string;
  /** The most connections at a time. */
  max: number;
  /** What `pg_stat_activity` shows. */
  applicationName: string;
  /** Connections on which every write fails with 25006: for replicas, so that wrong routing shows. */
  readOnly?: boolean;
  /** The longest a statement may take, in milliseconds; default 30 000. */
  statementTimeoutMs?: number;
  /**
   * Every statement finds its rows by an index, and is planned once: a plan that is made while tables are new and small
   * reads them whole, and would go on doing so when they have grown. Only for statements that have such an index: others
   * read a whole index instead, which is worse.
   */
  byKey?: boolean;
  /** The longest a connection may take to open, or to become free, in milliseconds; default 5 000. */
  connectTimeoutMs?: number;
  /** Told when a connection that nobody uses breaks; those in use tell their user. */
  log?: StoreLog;
}

const INT8 = 20;
const NUMERIC = 1700;
const TIMESTAMP = 1114;

const utcDate = (text: string): Date => new Date(`${text.replace(" ", "T")}Z`);
const wholeNumber = (text: string): number | string => {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : text;
};

const parsers: ReadonlyMap<number, (text: string) => unknown> = new Map<number, (text: string) => unknown>([
  [INT8, wholeNumber],
  [NUMERIC, Number],
  [TIMESTAMP, utcDate],
]);

/** Parsers of our own for one pool's connections; other users of pg in this process are not touched. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: "text" | "binary") =>
    (format !== "binary" && parsers.get(oid)) || pg.types.getTypeParser(oid, format),
};

/** Opens nothing yet: connections are made when they are first needed. End the pool with `pool.end()`. */
export function openPool(options: PoolOptions): pg.Pool {
  const statementTimeout = options.statementTimeoutMs ?? 30_000;
  const { uri, given } = takeOptions(options.uri);
  const settings = ["-c timezone=UTC", `-c statement_timeout=${statementTimeout}`];
  // Statements here are short: compiling one takes the server longer than running it a hundred times.
  settings.push("-c idle_in_transaction_session_timeout=60000", "-c jit=off");
  if (options.readOnly === true) settings.push("-c default_transaction_read_only=on");
  if (options.byKey === true)
    settings.push(
      "-c plan_cache_mode=force_generic_plan",
      "-c enable_seqscan=off",
      "-c enable_mergejoin=off",
      "-c enable_hashjoin=off",
    );
  const pool = new pg.Pool({
    connectionString: uri,
    options: [given, ...settings].filter((part) => part !== "").join(" "),
    max: options.max,
    application_name: options.applicationName,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 5_000,
    // Later than the server's own deadline: this one is for what silence.ts cannot tell, behind a pooler.
    query_timeout: statementTimeout + 5_000,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    types,
  });
  pool.on("error", (error) => options.log?.warn(`an idle database connection broke: ${error.message}`));
  pool.on("connect", (client) => client.on("error", () => undefined));
  watchForSilence(pool, options.log);
  return pool;
}

/** pg lets a URI's `options` replace ours; so they are taken out of it and put before ours. */
function takeOptions(uri: string): { uri: string; given: string } {
  const question = uri.indexOf("?");
  if (question < 0) return { uri, given: "" };
  const parameters = new URLSearchParams(uri.slice(question + 1));
  const given = parameters.get("options") ?? "";
  if (given === "") return { uri, given };
  parameters.delete("options");
  return { uri: `${uri.slice(0, question)}?${parameters}`, given };
}
