// Triggers whole: the live index, the delivery of events, the log and the tidying up, wired together. Doors only see
// what this gives them.
import type { License } from "../access/license.js";
import type { Clock } from "../clock.js";
import type { Start } from "../execution/start.js";
import type { Log } from "../log.js";
import { sweepCooldowns } from "../store/cooldowns.js";
import type { Database } from "../store/database.js";
import { sweepTriggerLog, type TriggerLine } from "../store/trigger-log.js";
import { createAdmit } from "./admit.js";
import { createDeliver, type Deliver, type OnOutcome } from "./deliver.js";
import { createLiveIndex, type LiveIndex, type LiveIndexOptions } from "./index/live-index.js";
import { createLogWriter } from "./log-writer.js";

export interface TriggersOptions {
  database: Database;
  start: Start;
  license: License;
  clock: Clock;
  log: LiveIndexOptions["log"];
  onOutcome?: OnOutcome;
  /** Told of each execution that an event has started. */
  audit?: Log["audit"];
  /** For tests: how the index is kept. */
  index?: Pick<LiveIndexOptions, "checkMs" | "listening">;
}

export interface Triggers {
  /** True from the first load of the index on, for as long as it can be read. */
  readonly live: boolean;
  readonly index: LiveIndex["index"];
  deliver: Deliver;
  /** Brings everything that was committed before into this process's index. Never rejects. */
  refresh(): Promise<void>;
  /** Adds a line to the trigger log, for triggers that are met elsewhere: schedules. */
  note(line: TriggerLine): void;
  /** Writes the lines of the trigger log that wait. Never rejects. */
  flushLog(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

const sweepMs = 60_000;
const bounds = { days: 7, perCommunity: 10_000 };

/** Builds the triggers of a process; `start()` makes them live. */
export const createTriggers = (options: TriggersOptions): Triggers => {
  const { database, start, license, clock, log, onOutcome, audit, index = {} } = options;
  const pool = database.primary;
  const live = createLiveIndex({ pool, clock, log, ...index });
  const writer = createLogWriter({ pool, clock, log });
  const admit = createAdmit({ pool, start, license, ...(audit ? { audit } : {}) });
  let cancelSweep: (() => void) | undefined;
  let sweeping: Promise<void> | undefined;
  let stopped = false;

  const sweep = async () => {
    try {
      await sweepCooldowns(pool);
      await sweepTriggerLog(pool, writer.takeCommunities(), bounds);
    } catch (error) {
      log.warn(`old lines of the trigger log could not be removed: ${error instanceof Error ? error.message : error}`);
    }
  };
  const sweepLater = () => {
    cancelSweep = clock.setTimer(sweepMs, () => {
      sweeping = sweep().finally(() => (stopped ? undefined : sweepLater()));
    });
  };

  return {
    get live() {
      return live.live;
    },
    index: live.index,
    deliver: createDeliver({ live, admit, log: writer, now: () => clock.now(), ...(onOutcome ? { onOutcome } : {}) }),
    refresh: () => live.refresh(),
    note: (line) => writer.add(line),
    flushLog: () => writer.flush(),
    start: async () => {
      await live.start();
      sweepLater();
    },
    stop: async () => {
      stopped = true;
      cancelSweep?.();
      await live.stop();
      await sweeping;
      await writer.close();
    },
  };
};
