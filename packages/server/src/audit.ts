// The audit in the database: every AUDIT line of the log that is about a change has a row.
//
// R1. Lines are stored in their order, many in one statement; who waits for `settled` waits for one attempt at most.
// R2. While the database is away, rows wait, ten thousand at most; beyond that, and when the database refuses them,
//     they are in the log alone, and the log says so.
// R3. What is stored has passed the log's redaction: no secret gets here by its name or by its value.
import { toJson } from "@workflow-core/core";
import type { Clock } from "./clock.js";
import type { Log, LogFields } from "./log.js";
import { redact } from "./log.js";
import { appendAudit, type NewAudit } from "./store/audit.js";
import type { Database } from "./store/database.js";
import { databaseFailure } from "./store/database-failure.js";

export interface Audit {
  record(action: string, fields: LogFields): void;
  /** When what was recorded so far is stored, or the attempt has failed. Never rejects. */
  settled(): Promise<void>;
  /** Stores what is left, in one last attempt. */
  close(): Promise<void>;
}

export interface AuditOptions {
  database: Database;
  clock: Clock;
  log: Pick<Log, "error">;
}

/** Executions say themselves who started them, and dry runs change nothing. */
const notChanges: ReadonlySet<string> = new Set(["workflow_execute_start", "workflow_test"]);

const mostWaiting = 10_000;
const mostAtOnce = 500;
const retryMs = 2000;

export function createAudit({ database, clock, log }: AuditOptions): Audit {
  const waiting: NewAudit[] = [];
  let flight: Promise<void> | undefined;
  let closed = false;
  let cancelRetry: (() => void) | undefined;

  const attempt = async (): Promise<void> => {
    while (waiting.length > 0) {
      const entries = waiting.slice(0, mostAtOnce);
      try {
        await appendAudit(database, entries);
      } catch (error) {
        if (databaseFailure(error) !== "other" && !closed) return retryLater();
        log.error("audit_store", { message: `${entries.length} lines of the audit are in the log alone.`, error });
      }
      waiting.splice(0, entries.length);
    }
  };
  const retryLater = () => {
    cancelRetry?.();
    cancelRetry = clock.setTimer(retryMs, () => void fly());
  };
  const fly = (): Promise<void> => {
    flight ??= attempt().finally(() => {
      flight = undefined;
    });
    return flight;
  };

  return {
    record(action, fields) {
      if (notChanges.has(action)) return;
      waiting.push(entryOf(action, fields, clock.now()));
      if (waiting.length > mostWaiting) {
        waiting.shift();
        log.error("audit_store", { message: "The audit waits for the database; its oldest line is in the log alone." });
      }
      void fly();
    },
    async settled() {
      // Who came while a statement was under way is in the next round of the same flight.
      await flight;
    },
    async close() {
      closed = true;
      cancelRetry?.();
      await flight;
      await fly();
    },
  };
}

function entryOf(action: string, fields: LogFields, now: number): NewAudit {
  const { user, community, workflow_id, execution_id, request_id, message: _, error: __, ...summary } = fields;
  return {
    at: new Date(now).toISOString(),
    action: action.slice(0, 100),
    actor: user === undefined ? null : String(user).slice(0, 100),
    user_id: typeof user === "number" ? user : null,
    community_id: typeof community === "number" ? community : null,
    workflow_id: workflow_id ?? null,
    execution_id: execution_id ?? null,
    request_id: typeof request_id === "string" ? request_id : null,
    summary: toJson(redact(summary)),
  };
}

/** The same log, whose AUDIT lines also go to the table. */
export function audited(log: Log, audit: Audit, fixed: LogFields = {}): Log {
  return {
    ...log,
    audit(action, fields = {}) {
      log.audit(action, fields);
      audit.record(action, { ...fixed, ...fields });
    },
    with: (fields) => audited(log.with(fields), audit, { ...fixed, ...fields }),
  };
}
