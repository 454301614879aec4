// A PostgreSQL that a test may kill and start again: the embedded one, under an address that stays the same.
import { renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../../src/store/embedded.js";
import { temporaryDirectory } from "./processes.js";
import { administer } from "./servers.js";

export interface OwnPostgres {
  /** The address of a database of it. */
  uri(database: string): string;
  /** The unix socket that it listens on; it is not there while the server is down. */
  readonly socket: string;
  /** How often it was started again. */
  readonly restarts: number;
  /** An immediate shutdown: like a power cut for everybody who is connected. */
  crash(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

const quiet = { info: () => undefined, warn: () => undefined };

/** Starts it, with one empty database of the given name. */
export async function ownPostgres(database: string): Promise<OwnPostgres> {
  const home = temporaryDirectory("workflow-core-own-");
  const link = join(home, "socket");
  let server: EmbeddedPostgres | undefined;
  let starts = 0;
  const start = async () => {
    if (server !== undefined) return;
    server = await startEmbeddedPostgres({ directory: join(home, "data"), log: quiet });
    const next = `${link}.next`;
    rmSync(next, { force: true });
    symlinkSync(server.connection.host, next);
    renameSync(next, link);
    starts += 1;
  };
  const uri = (name: string) =>
    `postgresql://postgres@/${name}?host=${encodeURIComponent(link)}&port=${server?.connection.port ?? 5432}&sslmode=disable`;
  await start();
  await administer(uri("postgres"), `CREATE DATABASE ${database}`);
  return {
    uri,
    get socket() {
      return join(link, `.s.PGSQL.${server?.connection.port ?? 5432}`);
    },
    get restarts() {
      return starts - 1;
    },
    start,
    crash: async () => {
      if (server === undefined) return;
      const dying = server;
      process.kill(dying.pid, "SIGQUIT");
      await dying.stop(); // before it could be started again
      server = undefined;
    },
    close: async () => {
      await server?.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
