// Where the embedded database's files are: DATA_DIR/postgres, made whole or not at all, readable for the server's user.
import { createHash } from "node:crypto";
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { EmbeddedPostgresError, OWN_DATABASE } from "./embedded-error.js";
import { canUse, type ServerUser, serverUser } from "./embedded-user.js";
import type { StoreLog } from "./log.js";

export interface Place {
  /** DATA_DIR, or where its database had to go; locks and copies of programs are here. */
  directory: string;
  /** The data directory proper, PostgreSQL's own. It may not exist yet. */
  data: string;
  user: ServerUser | null;
}

/** Where root's databases go when DATA_DIR cannot be reached by the server's user. */
const FALLBACK = "/var/lib/workflow-core";

/** The unfinished directories of this process. */
const inHand = new Set<string>();

/** Makes DATA_DIR if need be, and finds the user and the directory that work together. */
export function findPlace(dataDirectory: string, log: StoreLog): Place {
  const directory = makeDirectory(dataDirectory);
  const data = join(directory, "postgres");
  const moved = movedTo(directory, data);
  if (moved !== null) return { directory: dirname(moved), data: moved, user: serverUser(ownerOf(moved)) };
  const owner = ownerOf(data);
  const user = serverUser(owner);
  if (user === null && owner !== null && owner.uid !== process.getuid?.()) {
    throw new EmbeddedPostgresError(
      `The database in ${data} belongs to another user (number ${owner.uid}): start Workflow Core as that user or as root, set DATA_DIR to another directory, or ${OWN_DATABASE}.`,
    );
  }
  if (user === null || canReach(user, directory)) return { directory, data, user };
  const elsewhere = join(
    FALLBACK,
    `${basename(directory)}-${createHash("sha256").update(directory).digest("hex").slice(0, 12)}`,
  );
  if (!made(elsewhere) || !canUse(user, elsewhere, "x")) {
    throw new EmbeddedPostgresError(
      `The user "${user.name}", who runs the database because PostgreSQL cannot run as root, can enter neither ${directory} nor ${elsewhere}: ` +
        `set DATA_DIR to a directory that this user can enter, or ${OWN_DATABASE}.`,
    );
  }
  log.warn(
    `the database's files are in ${elsewhere}: the user "${user.name}", who runs it because PostgreSQL cannot run as root, cannot enter ${directory}. ` +
      "Set DATA_DIR to choose another place.",
  );
  return { directory: elsewhere, data: join(elsewhere, "postgres"), user };
}

/** Makes a directory if need be; false where that is not allowed: who is root in a container may not be everywhere. */
function made(directory: string): boolean {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o755 });
    return true;
  } catch {
    return false;
  }
}

/** Leaves a sign in DATA_DIR that says where its database went, so that it is never silently begun anew elsewhere. */
export function leaveSign(dataDirectory: string, place: Place): void {
  const sign = join(realpathSync(dataDirectory), "postgres");
  if (sign !== place.data && lstatSync(sign, { throwIfNoEntry: false }) === undefined) symlinkSync(place.data, sign);
}

/** A new directory beside the data directory, for the server's user, that `finish` turns into the data directory. */
export function beginData(place: Place): string {
  removeLeftovers(place);
  const unfinished = mkdtempSync(`${place.data}.tmp-${process.pid}-`);
  inHand.add(basename(unfinished));
  if (place.user !== null) chownSync(unfinished, place.user.uid, place.user.gid);
  return unfinished;
}

/** Puts a finished data directory into its place, unless another process was faster: then its database is used. */
export function finishData(place: Place, unfinished: string): void {
  try {
    renameSync(unfinished, place.data);
    inHand.delete(basename(unfinished));
  } catch (error) {
    if (!isInitialised(place)) throw error;
    discardData(unfinished);
  }
}

/** Removes what `beginData` made. */
export function discardData(unfinished: string): void {
  rmSync(unfinished, { recursive: true, force: true });
  inHand.delete(basename(unfinished));
}

/** Whether there is a database. Something half-made that stands in its place is put aside, never deleted. */
export function isInitialised(place: Place): boolean {
  return existsSync(join(place.data, "PG_VERSION")) && existsSync(join(place.data, "global", "pg_control"));
}

/** Puts aside what is in the data directory's place and is no database. */
export function putAside(place: Place, log: StoreLog): void {
  if (!existsSync(place.data)) return;
  try {
    rmdirSync(place.data);
  } catch {
    const aside = `${place.data}.broken-${new Date().toISOString().replaceAll(/[:.]/g, "-")}`;
    renameSync(place.data, aside);
    log.warn(
      `${place.data} is not a whole database (a first start that was interrupted?): it is now ${aside}, and a new one is made`,
    );
  }
}

/** Throws when the database was made by another major version of PostgreSQL. */
export function checkVersion(place: Place, major: string): void {
  const made = readFileSync(join(place.data, "PG_VERSION"), "utf8").trim();
  if (made !== major) {
    throw new EmbeddedPostgresError(
      `The database in ${place.data} was made by PostgreSQL ${made}, and this program brings PostgreSQL ${major}: ` +
        `dump it with the version that made it and restore it, set DATA_DIR to another directory, or ${OWN_DATABASE}.`,
    );
  }
}

function makeDirectory(directory: string): string {
  try {
    if (mkdirSync(directory, { recursive: true }) !== undefined) chmodSync(directory, 0o755);
    return realpathSync(directory);
  } catch (error) {
    throw new EmbeddedPostgresError(
      `The directory for the database, ${directory}, cannot be made (${(error as Error).message}): set DATA_DIR to one that can be written, or ${OWN_DATABASE}.`,
    );
  }
}

/** Where a sign in DATA_DIR points to, or null when there is none. */
function movedTo(directory: string, data: string): string | null {
  if (lstatSync(data, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return null;
  const target = readlinkSync(data);
  if (existsSync(join(target, "PG_VERSION"))) return target;
  throw new EmbeddedPostgresError(
    `The database of ${directory} should be in ${target}, and it is not there: bring it back, remove ${data} to begin with an empty one, or ${OWN_DATABASE}.`,
  );
}

function ownerOf(path: string): { uid: number; gid: number } | null {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? null : { uid: stats.uid, gid: stats.gid };
}

/** Whether the user can enter DATA_DIR. A DATA_DIR that holds nothing else is opened for passage (o+x) if that is all it takes. */
function canReach(user: ServerUser, directory: string): boolean {
  if (canUse(user, directory, "x")) return true;
  if (!readdirSync(directory).every((name) => name.startsWith("postgres"))) return false;
  chmodSync(directory, statSync(directory).mode | 0o011);
  return canUse(user, directory, "x");
}

/** Removes what first starts that were killed left behind, but nothing of processes that still run. */
function removeLeftovers(place: Place): void {
  const prefix = `${basename(place.data)}.tmp-`;
  for (const name of readdirSync(place.directory).filter((entry) => entry.startsWith(prefix))) {
    const pid = Number(name.slice(prefix.length).split("-")[0]);
    if (!inHand.has(name) && (!Number.isInteger(pid) || pid === process.pid || !runs(pid))) {
      // Its initdb may outlive it by a moment, and write into what is being removed.
      rmSync(join(place.directory, name), { recursive: true, force: true, maxRetries: 20 });
    }
  }
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
