// A line of records that are written together, in their order, one statement at a time.
//
// 1. Who adds a record waits until it is written, a moment at most: who asks next sees it.
// 2. When more than `manyInSecond` come within a second nobody waits: records are gathered for a moment.
// 3. Of more than `mostWaiting` that wait, the oldest are lost: the database has not answered for long.
import { setImmediate } from "node:timers/promises";
import type { Clock } from "../clock.js";

export interface RecordLine<Item> {
  /** Resolves when it is written, or after a moment. */
  add(record: Item): Promise<void>;
  /** Resolves when all that were added before are written. */
  flush(): Promise<void>;
}

const patienceMs = 250;
const gatherMs = 100;
const manyInSecond = 200;
const mostAtOnce = 500;
const mostWaiting = 10_000;

/** `write` does not reject. */
export function recordLine<Item>(clock: Clock, write: (records: readonly Item[]) => Promise<void>): RecordLine<Item> {
  const waiting: Item[] = [];
  /** How many were added, and how many of them are written or lost, in their order. */
  let added = 0;
  let over = 0;
  let writing: Promise<void> | undefined;
  let stopGathering: (() => void) | undefined;
  let second = { since: Number.NEGATIVE_INFINITY, calls: 0, before: 0 };

  const count = (): void => {
    const now = clock.monotonic();
    const age = now - second.since;
    if (age > 1000) second = { since: now, calls: 0, before: age > 2000 ? 0 : second.calls };
    second.calls += 1;
  };
  const areMany = (): boolean => Math.max(second.calls, second.before) > manyInSecond;

  const writeWaiting = (): Promise<void> => {
    stopGathering?.();
    stopGathering = undefined;
    if (writing !== undefined) return writing;
    const batch = waiting.splice(0, mostAtOnce);
    writing = write(batch).finally(() => {
      writing = undefined;
      over += batch.length;
      if (waiting.length === 0) return;
      if (areMany()) gather();
      else void writeWaiting();
    });
    return writing;
  };
  const gather = (): void => {
    stopGathering ??= clock.setTimer(gatherMs, () => void writeWaiting());
  };

  /** Resolves when so many are over. */
  const written = async (count: number): Promise<void> => {
    await setImmediate(); // what comes in one turn of the event loop goes together
    while (over < count) await writeWaiting();
  };

  return {
    async add(record) {
      count();
      waiting.push(record);
      added += 1;
      const mine = added;
      if (waiting.length > mostWaiting) {
        waiting.shift();
        over += 1;
      }
      if (areMany()) return gather();
      await new Promise<void>((resolve) => {
        const stop = clock.setTimer(patienceMs, resolve);
        void written(mine).finally(() => {
          stop();
          resolve();
        });
      });
    },
    flush: () => written(added),
  };
}
