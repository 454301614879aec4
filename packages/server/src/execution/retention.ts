// Retention: from time to time, what the settings no longer keep is removed, a little at a time.
import type { Clock } from "../clock.js";
import type { Settings } from "../settings.js";
import type { Pool } from "../store/database.js";
import {
  type Bite,
  type Compacted,
  removeEndedSessions,
  removeOldAudit,
  removeOldEvents,
  removeOldExecutions,
  removeSurplusExecutions,
  workflowsBehind,
} from "../store/retention.js";
import type { WorkerLog } from "./worker-log.js";

export type Kept = Pick<
  Settings,
  "EXECUTION_RETENTION_DAYS" | "EXECUTION_RETENTION_COUNT" | "EXECUTION_EVENTS_RETENTION_DAYS" | "AUDIT_RETENTION_DAYS"
>;

export interface RetentionOptions {
  pool: Pool;
  kept: Kept;
  clock: Clock;
  log: WorkerLog;
}

export interface Removed {
  executions: number;
  events: number;
  audit: number;
  sessions: number;
}

const firstMs = 60_000;
const everyMs = 15 * 60_000;
/** Between two bites, so that they take a small part of the database's time. */
const pauseMs = 25;

class Stopped extends Error {}

/**
 * Removes everything that is due; "busy" when another process is at it. `stopped` ends it between two bites.
 */
export async function removeDue(
  { pool, kept, clock }: Omit<RetentionOptions, "log">,
  stopped: () => boolean = () => false,
  compacted: Compacted = { until: null },
): Promise<Removed | "busy"> {
  const removed: Removed = { executions: 0, events: 0, audit: 0, sessions: 0 };
  let busy = false;
  const all = async (kind: keyof Removed, bite: () => Promise<Bite>): Promise<void> => {
    for (;;) {
      if (stopped()) throw new Stopped();
      const gone = await bite();
      if (gone === "busy") busy = true;
      if (gone === "busy" || gone === 0) return;
      removed[kind] += gone;
      await new Promise<void>((resolve) => clock.setTimer(pauseMs, resolve));
    }
  };
  const { EXECUTION_RETENTION_DAYS: days, EXECUTION_RETENTION_COUNT: count, AUDIT_RETENTION_DAYS: auditDays } = kept;
  try {
    await all("sessions", () => removeEndedSessions(pool));
    if (auditDays > 0 && !busy) await all("audit", () => removeOldAudit(pool, auditDays));
    if (days > 0 && !busy) await all("executions", () => removeOldExecutions(pool, days));
    let last: string | undefined;
    while (count > 0 && !busy) {
      const ids = await workflowsBehind(pool, last);
      for (const id of ids) if (!busy) await all("executions", () => removeSurplusExecutions(pool, id, count));
      last = ids.at(-1);
      if (last === undefined) break;
    }
    const { EXECUTION_EVENTS_RETENTION_DAYS: eventDays } = kept;
    if (eventDays > 0 && !busy) await all("events", () => removeOldEvents(pool, eventDays, compacted));
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
  }
  return busy ? "busy" : removed;
}

/** Removes what is due a minute after the start and then every fifteen, until it is stopped. */
export function startRetention(options: RetentionOptions): { stop(): Promise<void> } {
  const { clock, log } = options;
  let stopped = false;
  const compacted: Compacted = { until: null };
  let running: Promise<void> | undefined;
  let cancelTimer: () => void;
  const run = async (): Promise<void> => {
    try {
      const removed = await removeDue(options, () => stopped, compacted);
      if (removed !== "busy" && removed.executions + removed.events + removed.audit + removed.sessions > 0)
        log.info("retention", "What is kept no longer was removed.", { ...removed });
    } catch (error) {
      log.error("retention", error);
    }
    if (!stopped) cancelTimer = clock.setTimer(everyMs, begin);
  };
  const begin = () => {
    running = run();
  };
  cancelTimer = clock.setTimer(firstMs, begin);
  return {
    async stop() {
      stopped = true;
      cancelTimer();
      await running;
    },
  };
}
