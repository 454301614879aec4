// Where log lines go, and what happens when they cannot go there. L1: writing is synchronous, so a line that was
// logged is in the file when the next statement runs, whatever kills the process. L2: no destination ever throws or
// makes the process fail; a full disk, a closed pipe or a lost directory costs lines, which are counted. L3: after
// reopen() lines go to a file of the configured name, those before it to the file that was moved away; none is lost.

import { mkdirSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pino } from "pino";

type Stream = ReturnType<typeof pino.destination>;

export interface Destination {
  write(line: string): void;
  /** Opens the file (anew) by its name; returns what stood in the way, if something did. */
  reopen(): Error | undefined;
  close(): void;
  /** Lines that could not be written so far. */
  readonly lost: number;
}

/** Bytes kept for a destination that takes none at the moment; beyond it lines are dropped and counted. */
const kept = 64 * 1024;

/** Standard output, each line passed through `format`. A reader that has gone (EPIPE) ends it quietly. */
export function standardOutput(format: (line: string) => string = (line) => line, descriptor = 1): Destination {
  const tally = { lost: 0 };
  const stream = open(descriptor, tally, () => undefined);
  return {
    write: (line) => void stream.write(format(line)),
    reopen: () => undefined,
    close: () => undefined, // the descriptor is not ours
    get lost() {
      return tally.lost;
    },
  };
}

/** The file `workflow_core.log` in `directory`, made if need be. `trouble` hears the first failure after each success. */
export function logFile(directory: string, trouble: (error: Error) => void): Destination {
  const file = join(resolve(directory), "workflow_core.log");
  const tally = { lost: 0 };
  let stream: Stream | undefined;

  const reopen = (): Error | undefined => {
    const before = stream;
    try {
      makeDirectory(dirname(file));
      stream = open(file, tally, trouble);
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error)); // the old file, if any, goes on
    }
    before?.end();
    return undefined;
  };

  return {
    write(line) {
      if (stream === undefined) tally.lost += 1;
      else stream.write(line);
    },
    reopen,
    close() {
      stream?.end();
      stream = undefined;
    },
    get lost() {
      return tally.lost;
    },
  };
}

function open(dest: string | number, tally: { lost: number }, trouble: (error: Error) => void): Stream {
  let failing = false;
  let waits = 0;
  // A pipe that is full for the moment is worth half a second, once; after that lines are kept and then dropped.
  const retryEAGAIN = () => {
    waits += 1;
    return waits <= 5;
  };
  const stream = pino.destination({ dest, sync: true, append: true, maxLength: kept, mode: 0o644, retryEAGAIN });
  stream.on("write", (bytes: number) => {
    if (bytes === 0) return; // a retry is announced as a write of nothing
    failing = false;
    waits = 0;
  });
  stream.on("drop", () => {
    tally.lost += 1;
  });
  // pino's own listener takes itself away after the first failure; this one stays.
  stream.on("error", (error: Error) => {
    if (failing) return;
    failing = true;
    trouble(error);
  });
  return stream;
}

/**
 * `mkdir -p`. Node's own recursive mkdir never returns where a parent refuses in an unusual way (below /proc),
 * so the parents are made one by one.
 */
function makeDirectory(directory: string): void {
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory()) return;
  if (dirname(directory) !== directory) makeDirectory(dirname(directory));
  try {
    mkdirSync(directory, { mode: 0o755 });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
}
