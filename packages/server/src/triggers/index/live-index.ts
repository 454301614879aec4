// Keeps the index true to the database: loaded once, then told by notifications, and looking for itself every two
// seconds, so that a notification that got lost is made up for. After its connection broke, everything is read again:
// the database may be another one now (a promoted replica, a restored backup).
//
// While it cannot be read, nobody knows what has been published meanwhile: then it is not live, so that an event which
// meets nothing here is sent again instead of lost.
import type { Clock } from "../../clock.js";
import type { Pool } from "../../store/database.js";
import { type Listening, listen } from "../../store/listen.js";
import { readTriggers, type TriggerRow, triggerChannel } from "../../store/triggers.js";
import { readTrigger, type Trigger } from "./trigger.js";
import { TriggerIndex } from "./trigger-index.js";

export interface LiveIndexOptions {
  pool: Pool;
  clock: Clock;
  /** How often it looks for itself, ms. */
  checkMs?: number;
  /** False: only looks for itself. */
  listening?: boolean;
  log: { info(message: string): void; warn(message: string): void };
}

export interface LiveIndex {
  readonly index: TriggerIndex;
  /** True from the first load on, for as long as it can be read. */
  readonly live: boolean;
  /** Loads the index and begins to keep it; when the database does not answer now, it is loaded as soon as it does. */
  start(): Promise<void>;
  /** Resolves when everything that was committed before the call is in the index, or could not be read. */
  refresh(): Promise<void>;
  stop(): Promise<void>;
}

const checkEveryMs = 2000;
/** Readings that hang are missed when none has succeeded for so many rounds. */
const missedRounds = 5;

export const createLiveIndex = (options: LiveIndexOptions): LiveIndex => {
  const { pool, clock, log, checkMs = checkEveryMs } = options;
  const index = new TriggerIndex();
  let horizon: string | undefined;
  /** What the index holds may have nothing to do with the database: read all of it. */
  let unknown = true;
  /** When the last reading succeeded, monotonic milliseconds; undefined when the last one failed. */
  let readAt: number | undefined;
  let listener: Listening | undefined;
  let cancelTimer: (() => void) | undefined;
  let stopped = false;
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;

  const read = async () => {
    const whole = unknown;
    unknown = false;
    const changes = await readTriggers(pool, whole ? undefined : horizon).catch((error: unknown) => {
      unknown ||= whole;
      throw error;
    });
    const rows = grouped(changes.rows);
    if (whole) for (const id of index.workflowIds()) if (!changes.workflows.has(id)) index.replace(id, []);
    for (const id of changes.workflows) index.replace(id, triggersOf(rows.get(id) ?? [], log));
    horizon = changes.horizon;
  };

  const run = (): Promise<void> => {
    running = read()
      .then(() => {
        readAt = clock.monotonic();
      })
      .catch((error: unknown) => {
        readAt = undefined;
        log.warn(`the triggers could not be read: ${error instanceof Error ? error.message : error}`);
      })
      .finally(() => {
        running = undefined;
      });
    return running;
  };

  // A reading that is under way may have looked too early: whoever asks now waits for the one after it.
  const refresh = (): Promise<void> => {
    if (stopped) return Promise.resolve();
    if (running === undefined) return run();
    next ??= running.then(() => {
      next = undefined;
      return run();
    });
    return next;
  };

  const tick = () => {
    cancelTimer = clock.setTimer(checkMs, () => void refresh().finally(() => (stopped ? undefined : tick())));
  };

  return {
    index,
    get live() {
      return readAt !== undefined && clock.monotonic() - readAt <= missedRounds * checkMs;
    },
    start: async () => {
      await refresh();
      if (readAt !== undefined) log.info(`${index.workflows} workflows have live triggers`);
      let again = false;
      const onConnected = () => {
        if (again) unknown = true;
        again = true;
        void refresh();
      };
      if (options.listening !== false)
        listener = listen({ pool, channel: triggerChannel, clock, log, onMessage: () => void refresh(), onConnected });
      tick();
    },
    refresh,
    stop: async () => {
      stopped = true;
      cancelTimer?.();
      await listener?.stop();
      await running;
    },
  };
};

const grouped = (rows: readonly TriggerRow[]): Map<string, TriggerRow[]> => {
  const groups = new Map<string, TriggerRow[]>();
  for (const row of rows) groups.set(row.workflow_id, [...(groups.get(row.workflow_id) ?? []), row]);
  return groups;
};

const triggersOf = (rows: readonly TriggerRow[], log: LiveIndexOptions["log"]): Trigger[] =>
  rows.flatMap((row) => {
    const trigger = readTrigger(row);
    if (trigger === undefined)
      log.warn(`trigger ${row.node_id} of workflow ${row.workflow_id} cannot be read; it starts nothing`);
    return trigger ?? [];
  });
