// The database without a database server: a real PostgreSQL, from binaries that npm brought, started by this process on
// a unix socket of its own and ending with it.
//
// 1. Two servers never work on the same files: the kernel's lock and PostgreSQL's own see to it.
// 2. The server ends with this process, even when that is killed; a later start waits for the end of the one before.
// 3. A data directory is made under another name and renamed when it is whole.
// 4. The server writes to stderr, which is always read: it never waits for us.
// 5. A server that is killed is started again under the same address; what waited for it goes on.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { findBinaries } from "./embedded-binaries.js";
import { EmbeddedPostgresError, OWN_DATABASE } from "./embedded-error.js";
import { type KeptServer, keepServer } from "./embedded-keeper.js";
import { isAlive, readOwner, removeOwner, writeOwner } from "./embedded-owner.js";
import { endOrphan } from "./embedded-pid-file.js";
import {
  beginData,
  checkVersion,
  discardData,
  findPlace,
  finishData,
  isInitialised,
  leaveSign,
  type Place,
  putAside,
} from "./embedded-place.js";
import { type RunningServer, serverEnvironment, startServer } from "./embedded-server.js";
import { makeSocketDirectory, PORT, removeSocketDirectory } from "./embedded-socket.js";
import { asUser } from "./embedded-user.js";
import type { StoreLog } from "./log.js";

export interface EmbeddedPostgres {
  /** For drivers that take parts; `host` is the directory of the socket. */
  connection: { host: string; port: number; user: string; database: string };
  uri: string;
  /** The server's process; another one after it was gone and came back. */
  readonly pid: number;
  /** Where its files are. */
  data: string;
  /** Ends all connections, then the server; resolves when it is gone. May be called more than once. */
  stop(): Promise<void>;
}

/** How long a start waits for a server on the same files to end, in milliseconds. */
const PATIENCE = 10_000;
const PAUSE = 50;

/**
 * Starts the database of a directory (DATA_DIR), which is made at the first start. Throws EmbeddedPostgresError, whose
 * message says what to do, when this system has no binaries or the directory is in use or cannot be used.
 */
export async function startEmbeddedPostgres(options: { directory: string; log: StoreLog }): Promise<EmbeddedPostgres> {
  const { log } = options;
  const place = findPlace(options.directory, log);
  const ownerFile = `${place.data}.owner`;
  refuseIfOwned(ownerFile, options.directory);
  const binaries = findBinaries(place.directory, place.user, log);
  if (!isInitialised(place)) await initialise(place, binaries.initdb, log);
  leaveSign(options.directory, place);
  checkVersion(place, binaries.major);
  const socket = makeSocketDirectory(place.user);
  try {
    const at = { place, ownerFile, directory: options.directory };
    const start = () => startServer({ place, program: binaries.postgres, socket, log });
    const server = await whenFree(start, { ...at, refuse: () => refuseIfOwned(ownerFile, options.directory) });
    const before = readOwner(ownerFile);
    writeOwner(ownerFile, socket);
    if (before !== null) removeSocketDirectory(before.socket);
    // Started again, it is this process's own note that says whose the files are.
    const kept = keepServer(server, () => whenFree(start, { ...at, refuse: () => undefined }), log);
    return embedded(kept, place, socket, ownerFile);
  } catch (error) {
    removeSocketDirectory(socket);
    throw error;
  }
}

function embedded(server: KeptServer, place: Place, socket: string, ownerFile: string): EmbeddedPostgres {
  const connection = { host: socket, port: PORT, user: "postgres", database: "postgres" };
  return {
    connection,
    // Every part is spelt out, so that no PG… variable of the environment takes its place.
    uri: `postgresql://${connection.user}@localhost/${connection.database}?host=${encodeURIComponent(socket)}&port=${PORT}&sslmode=disable`,
    get pid() {
      return server.pid;
    },
    data: place.data,
    stop: async () => {
      await server.stop();
      removeOwner(ownerFile, socket);
      removeSocketDirectory(socket);
    },
  };
}

/** Makes the database's files; when another process does the same, one of the two databases is kept, and used by both. */
async function initialise(place: Place, initdb: string, log: StoreLog): Promise<void> {
  putAside(place, log);
  const unfinished = beginData(place);
  const command = asUser(place.user, initdb);
  const locale = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"];
  const args = ["-D", unfinished, "-U", "postgres", "--auth=trust", ...locale, "--no-instructions"];
  try {
    await promisify(execFile)(command.file, [...command.args, ...args], {
      ...command.ids,
      cwd: place.directory,
      env: serverEnvironment,
      timeout: 120_000,
    });
    finishData(place, unfinished);
  } catch (error) {
    discardData(unfinished);
    const told = typeof error === "object" && error !== null && "stderr" in error ? String(error.stderr).trim() : "";
    throw new EmbeddedPostgresError(
      `The database's files could not be made in ${place.directory}: ${told || (error as Error).message}\nRepair this, set DATA_DIR to another directory, or ${OWN_DATABASE}.`,
      { cause: error },
    );
  }
}

/** Starts the server once no other one holds its files; one whose process has died has PATIENCE to end. */
async function whenFree(
  start: () => Promise<RunningServer | "in use">,
  at: { place: Place; ownerFile: string; directory: string; refuse(): void },
): Promise<RunningServer> {
  const begun = performance.now();
  let asked = false;
  for (;;) {
    const server = await start();
    if (server !== "in use") return server;
    at.refuse();
    const waited = performance.now() - begun;
    if (waited > PATIENCE) throw inUse(at.directory, "its database has not stopped, or runs in another container");
    if (waited > 1000 && !asked && readOwner(at.ownerFile) !== null) {
      endOrphan(at.place.data);
      asked = true;
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}

function refuseIfOwned(ownerFile: string, directory: string): void {
  const owner = readOwner(ownerFile);
  if (owner !== null && isAlive(owner)) throw inUse(directory, `process ${owner.pid}`);
}

const inUse = (directory: string, who: string): EmbeddedPostgresError =>
  new EmbeddedPostgresError(
    `Another Workflow Core is running on DATA_DIR ${directory} (${who}): stop it, set DATA_DIR to another directory, or ${OWN_DATABASE} for both.`,
  );
