// Writes the trigger log off the hot path: lines are gathered and go down together, at 200 of them or after 200 ms.
//
// 1. Nobody who adds a line waits for the database or hears of its troubles.
// 2. At most 10,000 lines wait; of more, the oldest are lost, and the operator is told how many.
// 3. What waits is written before the process ends.
import type { Clock } from "../clock.js";
import { cut } from "../errors.js";
import type { Pool } from "../store/database.js";
import { databaseFailure } from "../store/database-failure.js";
import { addTriggerLines, type TriggerLine } from "../store/trigger-log.js";

export interface LogWriterOptions {
  pool: Pool;
  clock: Clock;
  log: { warn(message: string): void };
}

export interface LogWriter {
  add(line: TriggerLine): void;
  /** Resolves when what was added before is written, or could not be. */
  flush(): Promise<void>;
  /** The communities that were written about since the last call. */
  takeCommunities(): number[];
  /** Writes what waits; what comes later is not written. */
  close(): Promise<void>;
}

const batchSize = 200;
const pauseMs = 200;
const mostWaiting = 10_000;
const longestText = 500;

export const createLogWriter = ({ pool, clock, log }: LogWriterOptions): LogWriter => {
  let waiting: TriggerLine[] = [];
  let lost = 0;
  let writing: Promise<void> | undefined;
  let cancelTimer: (() => void) | undefined;
  let closed = false;
  const communities = new Set<number>();

  const write = async (): Promise<void> => {
    const batch = waiting.splice(0, batchSize);
    if (batch.length === 0) return;
    try {
      await addTriggerLines(pool, batch);
      if (lost > 0) log.warn(`${lost} lines of the trigger log were lost: the database did not take them in time`);
      lost = 0;
    } catch (error) {
      // A batch that the database refuses would be refused again; one that it could not take goes back.
      if (databaseFailure(error) === "other") lost += batch.length;
      else waiting = [...batch, ...waiting];
      log.warn(`the trigger log could not be written: ${error instanceof Error ? error.message : error}`);
      bound();
      throw error;
    }
  };

  const bound = () => {
    const over = waiting.length - mostWaiting;
    if (over <= 0) return;
    waiting = waiting.slice(over);
    lost += over;
  };

  const run = (): Promise<void> => {
    cancelTimer?.();
    cancelTimer = undefined;
    if (writing === undefined && waiting.length > 0)
      writing = writeAll().finally(() => {
        writing = undefined;
        if (waiting.length > 0 && !closed) schedule();
      });
    return writing ?? Promise.resolve();
  };

  const writeAll = async (): Promise<void> => {
    try {
      while (waiting.length > 0) await write();
    } catch {
      // Said already; the timer tries again.
    }
  };

  const schedule = () => {
    cancelTimer ??= clock.setTimer(pauseMs, () => void run());
  };

  return {
    add: (line) => {
      if (closed) return;
      waiting.push({ ...line, trigger: cut(line.trigger, 100), detail: line.detail && cut(line.detail, longestText) });
      communities.add(line.community_id);
      bound();
      if (waiting.length >= batchSize && writing === undefined) void run();
      else schedule();
    },
    flush: async () => {
      await writing;
      await run();
    },
    takeCommunities: () => {
      const taken = [...communities];
      communities.clear();
      return taken;
    },
    close: async () => {
      closed = true;
      await writing;
      await run();
    },
  };
};
