// Places at which a test lets the process die, to show that nothing is lost there. They are named as in the fault
// table: what has happened so far, and what has not.
//
// B0 a start was asked for, nothing is stored. B1 it is stored, nobody was told. B2 executions are claimed, nothing was
// done with them. B4 everything that led to an effect is stored, the effect is not sent. B6 its answer is here, not
// stored. B7 it is stored, what follows from it was not begun. B8 between two effects that run side by side. B9 a
// branch that a join waits for is done, not stored. B10 the end is decided, not stored. B11 it is stored, nobody was
// told. B12 due schedules are claimed, nothing was started. B13 a rest with its due time is stored. B14 a failure is
// stored, the wait before its retry is not. B16 before a lease is renewed. B17 draining has begun. B18 what schedules
// owed is started, they are not settled. (B3 is B4: attempts have no rows. B5, an effect under way, and B15, guest code
// running, are met from outside.)
import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";

export type CrashPoint =
  | ("B0" | "B1" | "B2" | "B4" | "B6" | "B7" | "B8" | "B9")
  | ("B10" | "B11" | "B12" | "B13" | "B14" | "B16" | "B17" | "B18");

/** `point` or `point:n`, for the n-th time that it is passed; only in tests. */
const wanted = process.env.NODE_ENV === "test" ? process.env.WFCORE_CRASH_AT : undefined;

const die = (point: CrashPoint): void => {
  const file = process.env.WFCORE_CRASH_FILE;
  if (file !== undefined) {
    const descriptor = openSync(file, "a");
    writeSync(descriptor, `${point}\n`);
    fsyncSync(descriptor);
    closeSync(descriptor);
  }
  process.kill(process.pid, "SIGKILL");
};

const armed = (wish: string): ((point: CrashPoint) => void) => {
  const [name, count = "1"] = wish.split(":");
  let left = Number(count);
  return (point) => {
    if (point === name && --left === 0) die(point);
  };
};

/** Ends the process here, at once and without a word, when a test has asked for it (WFCORE_CRASH_AT). Else nothing. */
export const crashPoint: (point: CrashPoint) => void = wanted === undefined ? () => undefined : armed(wanted);
