// PostgreSQL's own note of who runs on its files, and the two cases in which it misleads.
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

const STATUS_LINE = 7;

/**
 * Asks a server whose Workflow Core is dead to end (a fast shutdown). Where this system could not tie the two
 * together it would run on for ever; where it could, it is ending already. One that is only just starting belongs to
 * somebody, and a process that is not the server of these files is left alone.
 */
export function endOrphan(data: string): void {
  const lines = readPidFile(data);
  const pid = Number(lines[0]);
  if (lines[STATUS_LINE]?.trim() !== "ready" || !commandOf(pid).includes(data)) return;
  try {
    process.kill(pid, "SIGINT");
  } catch {
    // It ended meanwhile, or is not ours to end: the start that waits for it says so.
  }
}

/**
 * Removes the note of a server that was killed when its number now belongs to another process (or to one that nobody
 * buried): PostgreSQL would take that for a running server for ever. Only for those who had the kernel's lock a
 * moment ago, so that nothing of that server can be alive.
 */
export function removeStalePidFile(data: string): void {
  const [pid] = readPidFile(data);
  if (pid !== undefined && !commandOf(Number(pid)).includes(data))
    rmSync(join(data, "postmaster.pid"), { force: true });
}

function readPidFile(data: string): string[] {
  try {
    return readFileSync(join(data, "postmaster.pid"), "utf8").split("\n");
  } catch {
    return [];
  }
}

/** The command line of a process; empty when there is none, or when it is dead but not buried. */
function commandOf(pid: number): string {
  try {
    if (process.platform === "linux") return readFileSync(`/proc/${pid}/cmdline`, "utf8");
    return execFileSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8" });
  } catch {
    return "";
  }
}
