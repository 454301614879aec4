// The handle by which the rest of the store reaches Postgres, and the one way to hold a transaction.
import type pg from "pg";

/** Connections, as other rooms hand them on; only the store sends SQL over them. */
export type Pool = pg.Pool;

/** What SQL can be sent to: a pool, or the client that holds a transaction. */
export type Queryable = Pick<pg.ClientBase, "query">;

export interface Database {
  /** Takes every write, and every read that a decision hangs on. */
  readonly primary: pg.Pool;
  /** For lists and queries that may be a moment old. */
  read(): Queryable;
  /** The database for one caller's request: what the caller has written a moment ago is there. */
  forCaller?(caller: string): Database;
  /** Notes that a caller has written. */
  wrote?(caller: string): void;
  /** How the read replicas are, where there are any. */
  replicas?(): { place: string; state: "ready" | "resting" | "behind" | "unknown" }[];
}

/** A database whose reads go to its primary. */
export const databaseOn = (primary: pg.Pool): Database => ({ primary, read: () => primary });

/**
 * Runs `action` in one transaction: committed when it resolves, rolled back when it rejects. A connection that could
 * not even roll back is thrown away.
 */
export async function inTransaction<T>(pool: pg.Pool, action: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query("BEGIN");
    const result = await action(client);
    await client.query("COMMIT");
    return result;
  } catch (error) {
    await client.query("ROLLBACK").catch((failure: Error) => {
      broken = failure;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

/** A query whose answer is given up after so many milliseconds; its connection is closed then. */
export const queryWithin = <Row extends pg.QueryResultRow>(
  pool: pg.Pool,
  milliseconds: number,
  query: pg.QueryConfig,
): Promise<pg.QueryResult<Row>> => {
  const timed = { ...query, query_timeout: milliseconds }; // pg knows it for one query too; its types do not say so
  return pool.query<Row>(timed);
};

/**
 * Something to select from, of one row, in a statement that is not waited for until it is on disk: it holds at once, and is
 * lost only when the server itself crashes within the next moments. For limits and for what people look up later; what
 * must be kept never has it, and waits less for the disk.
 */
export const unsynced = "(SELECT set_config('synchronous_commit', 'off', true)) AS unsynced";

/** Escapes what is special in LIKE, so that the text is found as it is written; the escape character is `\`. NUL, which no text holds, is left out. */
export const likeText = (text: string): string => `%${text.replaceAll("\0", "").replace(/[\\%_]/g, "\\$&")}%`;

/** A timestamp as the documents carry it: ISO-8601 with Z. */
export const iso = (date: Date): string => date.toISOString();
export const isoOrNull = (date: Date | null): string | null => (date === null ? null : date.toISOString());
