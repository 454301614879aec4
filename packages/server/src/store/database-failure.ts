// What a database error means to the caller: come again later, do it again now, or neither.

/** "unavailable": the database cannot be asked right now. "conflict": two transactions met, doing it again helps. */
export type DatabaseFailure = "unavailable" | "conflict" | "other";

const CONFLICTS: ReadonlySet<string> = new Set(["40001", "40P01", "55P03"]);
/** Cancelled by a timeout or an operator, ended by a shutdown, or a primary that became read-only. */
const UNAVAILABLE: ReadonlySet<string> = new Set([
  "57014",
  "57P01",
  "57P02",
  "57P03",
  "57P04",
  "57P05",
  "25006",
  "25P03",
]);
/** Connection exceptions (08) and insufficient resources (53). */
const UNAVAILABLE_CLASSES: ReadonlySet<string> = new Set(["08", "53"]);
const NETWORK: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "EHOSTDOWN",
  "ENETUNREACH",
  "ENETDOWN",
  "ENOTFOUND",
  "EAI_AGAIN",
]);
/** pg has no codes for its own errors, only these sentences. */
const PG_SENTENCES =
  /^(timeout exceeded when trying to connect|timeout expired|Query read timeout|Connection terminated|Client has encountered a connection error|Client was closed|Cannot use a pool after calling end|The server does not support SSL|Connection ended unexpectedly)/i;

/** Says what an error that came out of pg (or its `cause`, or one of its `errors`) means. Never throws. */
export function databaseFailure(error: unknown): DatabaseFailure {
  if (typeof error !== "object" || error === null) return "other";
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  if (CONFLICTS.has(code)) return "conflict";
  if (UNAVAILABLE.has(code) || (code.length === 5 && UNAVAILABLE_CLASSES.has(code.slice(0, 2)))) return "unavailable";
  if (NETWORK.has(code)) return "unavailable";
  // A unix socket that is gone (ENOENT) or closed to us (EACCES) is a server that is not there.
  if ("syscall" in error && error.syscall === "connect") return "unavailable";
  if (error instanceof Error && PG_SENTENCES.test(error.message)) return "unavailable";
  if (error instanceof AggregateError && error.errors.length > 0) return databaseFailure(error.errors[0]);
  return error instanceof Error && error.cause !== undefined ? databaseFailure(error.cause) : "other";
}

/**
 * Runs `action` again, at most `attempts` times in all, while it fails by a conflict (deadlock, serialization, lock
 * timeout). The action must begin its own transaction each time. Other errors, and the last conflict, are thrown.
 */
export async function retryConflicts<T>(action: () => Promise<T>, attempts = 5): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await action();
    } catch (error) {
      if (attempt >= attempts || databaseFailure(error) !== "conflict") throw error;
      const pause = Math.random() * 10 * 2 ** attempt;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}
