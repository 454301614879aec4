// The note beside a running embedded database: which process it belongs to. It only makes messages good and lets a
// later start clean up; what keeps two servers off the same files is the lock that the server itself holds.
import { execFileSync } from "node:child_process";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { z } from "zod";

const ownerSchema = z.object({
  pid: z.int(),
  /** Tells a process from a later one with the same number. */
  started: z.string(),
  /** The directory of the server's socket. */
  socket: z.string(),
});

export type Owner = z.infer<typeof ownerSchema>;

/** Reads the note; null when there is none, or none that can be read. */
export function readOwner(file: string): Owner | null {
  try {
    return ownerSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return null;
  }
}

/** Writes that the server belongs to this process. Only for the process whose server holds the lock. */
export function writeOwner(file: string, socket: string): void {
  const owner: Owner = { pid: process.pid, started: startOf(process.pid) ?? "", socket };
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, JSON.stringify(owner), { mode: 0o644 });
  renameSync(unfinished, file);
}

/** Removes the note if it is still this process's. */
export function removeOwner(file: string, socket: string): void {
  if (readOwner(file)?.socket === socket) rmSync(file, { force: true });
}

/** Whether the process of a note still runs on this machine. */
export function isAlive(owner: Owner): boolean {
  return startOf(owner.pid) === owner.started;
}

/** When a process began, in words that no later process with its number shares; null when it does not run. */
function startOf(pid: number): string | null {
  try {
    if (process.platform !== "linux")
      return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim();
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name, in brackets, may hold anything; the fields after it are plain.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const dead = fields[0] === "Z" || fields[0] === "X";
    return dead ? null : `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()}/${fields[19]}`;
  } catch {
    return null;
  }
}
