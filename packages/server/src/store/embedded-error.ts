// Why the database that comes with Workflow Core could not start; every message says what to do next.

/** Thrown by the embedded database's launcher. `message` is meant for the person at the console. */
export class EmbeddedPostgresError extends Error {
  override readonly name = "EmbeddedPostgresError";
}

/** What always helps. */
export const OWN_DATABASE =
  "set DATABASE_URI to use your own PostgreSQL (postgresql://user:password@host:5432/database)";
