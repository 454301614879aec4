// Who runs the database server, and by which command: PostgreSQL refuses to run as root, must not outlive this process
// even when it is killed, and must be alone on its files.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { EmbeddedPostgresError, OWN_DATABASE } from "./embedded-error.js";

export interface ServerUser {
  name: string;
  uid: number;
  gid: number;
}

/** How a process starts another: the program, what comes before the arguments, and the ids where no helper drops them. */
export interface Command {
  file: string;
  args: string[];
  ids: { uid?: number; gid?: number };
  /** Whether it holds the kernel's lock while it runs. */
  locks: boolean;
}

/** The exit code by which the lock's helper says that another process holds it. */
export const LOCKED = 75;

/**
 * The user that the server runs as: null means this process's own. As root it is the one who owns the data already
 * (`owner`, unless that is root), else `postgres`, else `nobody`.
 */
export function serverUser(owner: { uid: number; gid: number } | null): ServerUser | null {
  if (process.getuid?.() !== 0) return null;
  if (owner !== null && owner.uid !== 0) return { name: nameOf(owner.uid), uid: owner.uid, gid: owner.gid };
  for (const name of ["postgres", "nobody"]) {
    const uid = numberFrom("id", ["-u", name]);
    const gid = numberFrom("id", ["-g", name]);
    if (uid !== null && uid !== 0 && gid !== null) return { name, uid, gid };
  }
  throw new EmbeddedPostgresError(
    `PostgreSQL cannot run as root, and there is no user "postgres" or "nobody" to run it: start Workflow Core as another user, or ${OWN_DATABASE}.`,
  );
}

/** Whether the server's user can reach a directory and enter it ("x") or read it as well ("r"). */
export function canUse(user: ServerUser | null, directory: string, how: "x" | "r"): boolean {
  const ids = user === null ? {} : { uid: user.uid, gid: user.gid };
  // Asked of the system itself, which knows more ways to forbid than a directory's mode.
  const script = 'cd -P "$1" && test "-$2" .';
  return spawnSync("/bin/sh", ["-c", script, "sh", directory, how], { ...ids, cwd: "/", stdio: "ignore" }).status === 0;
}

/** A command that runs a program as `user` and ends it when this process ends, as far as this system can. */
export function asUser(user: ServerUser | null, program: string): Command {
  const setpriv = helper("setpriv", "--pdeathsig");
  if (setpriv === null)
    return { file: program, args: [], ids: user === null ? {} : { uid: user.uid, gid: user.gid }, locks: false };
  const drop = user === null ? [] : [`--reuid=${user.uid}`, `--regid=${user.gid}`, "--clear-groups"];
  return { file: setpriv, args: [...drop, "--pdeathsig", "INT", "--", program], ids: {}, locks: false };
}

/**
 * The same command, run only while nobody else runs one with this lock file; else it exits with LOCKED. The kernel keeps
 * the lock for as long as any process of the server lives, and keeps it between containers, whose process ids
 * PostgreSQL's own lock file cannot tell apart. Without the helper that lock file is all there is.
 */
export function alone(lockFile: string, command: Command): Command {
  const flock = command.ids.uid === undefined ? helper("flock", "--no-fork") : null;
  if (flock === null) return command;
  const lock = ["--exclusive", "--nonblock", "--conflict-exit-code", String(LOCKED), "--no-fork", lockFile];
  return { file: flock, args: [...lock, command.file, ...command.args], ids: command.ids, locks: true };
}

const helpers = new Map<string, string | null>();

/** A program of util-linux on the PATH that knows an option, or null. */
function helper(name: string, option: string): string | null {
  const known = helpers.get(name);
  if (known !== undefined) return known;
  const directories = [...(process.env.PATH ?? "").split(delimiter), "/usr/bin", "/bin"].filter((part) =>
    part.startsWith("/"),
  );
  const found = directories.map((directory) => join(directory, name)).find((file) => existsSync(file)) ?? null;
  const knowsOption =
    found !== null && spawnSync(found, ["--help"], { encoding: "utf8" }).stdout?.includes(option) === true;
  helpers.set(name, knowsOption ? found : null);
  return knowsOption ? found : null;
}

function numberFrom(file: string, args: string[]): number | null {
  const { status, stdout } = spawnSync(file, args, { encoding: "utf8" });
  return status === 0 && /^\d+\s*$/.test(stdout) ? Number(stdout) : null;
}

const nameOf = (uid: number): string =>
  spawnSync("id", ["-un", String(uid)], { encoding: "utf8" }).stdout?.trim() || String(uid);
