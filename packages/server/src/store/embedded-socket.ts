// The directory of the embedded server's unix socket: nobody but the server's user (and root) can enter it.
import { chownSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { EmbeddedPostgresError, OWN_DATABASE } from "./embedded-error.js";
import { canUse, type ServerUser } from "./embedded-user.js";

/** The server names its socket by its port, although it listens on no network. */
export const PORT = 5432;

const PREFIX = "workflow-core-";
/** The shortest limit of the systems we run on (macOS), with its closing zero. */
const LONGEST_SOCKET = 103;

/** Makes a new directory, 0700, short enough for the path of a socket. */
export function makeSocketDirectory(user: ServerUser | null): string {
  const temporary = tmpdir();
  const path = join(temporary, `${PREFIX}XXXXXX`, `.s.PGSQL.${PORT}`);
  const fits = Buffer.byteLength(path) < LONGEST_SOCKET && canUse(user, temporary, "x");
  const directory = makeIn(fits ? temporary : "/tmp");
  if (user !== null) chownSync(directory, user.uid, user.gid);
  return directory;
}

function makeIn(directory: string): string {
  try {
    return mkdtempSync(join(directory, PREFIX));
  } catch (error) {
    throw new EmbeddedPostgresError(
      `The database's socket cannot be made in ${directory} (${(error as NodeJS.ErrnoException).code}): set TMPDIR to a directory that can be written, or ${OWN_DATABASE}.`,
      { cause: error },
    );
  }
}

/** Removes a directory that `makeSocketDirectory` made; other paths are left alone. */
export function removeSocketDirectory(directory: string): void {
  if (basename(directory).startsWith(PREFIX)) rmSync(directory, { recursive: true, force: true });
}
