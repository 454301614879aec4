// Once per test run: a door at which test files ask for database servers. A server is started when the first one asks,
// so runs that need no database pay nothing; all are stopped, and their databases dropped, at the end.
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import type { TestServer } from "./support/servers.js";

declare module "vitest" {
  interface ProvidedContext {
    /** The unix socket that answers "embedded" or "system" with a TestServer as JSON. */
    databaseDoor: string;
    /** Whether there is a PostgreSQL beside the embedded one. */
    systemPostgres: boolean;
  }
}

type Stoppable = TestServer & { stop(): Promise<void> };

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), "workflow-core-door-"));
  const door = join(directory, "door.sock");
  const servers = new Map<string, Promise<Stoppable>>();
  const ask = (kind: string): Promise<Stoppable> => {
    const known = servers.get(kind);
    if (known !== undefined) return known;
    const starting = import("./support/servers.js").then((support) =>
      kind === "system" ? support.openSystemServer() : support.startEmbeddedServer(),
    );
    servers.set(kind, starting);
    return starting;
  };
  const listener = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", (kind) => {
      ask(String(kind).trim()).then(
        (server) => socket.end(JSON.stringify({ server })),
        (error: unknown) => socket.end(JSON.stringify({ error: String(error instanceof Error ? error.stack : error) })),
      );
    });
  });
  await new Promise<void>((resolve) => listener.listen(door, resolve));
  project.provide("databaseDoor", door);
  project.provide("systemPostgres", await findSystemServer());
  return async () => {
    listener.close();
    const settled = await Promise.allSettled(servers.values());
    await Promise.all(settled.map((server) => (server.status === "fulfilled" ? server.value.stop() : undefined)));
    await rm(directory, { recursive: true, force: true });
  };
}

/** Loads the driver only where something listens. */
async function findSystemServer(): Promise<boolean> {
  if (process.env.TEST_POSTGRES_URI === undefined && !(await listens())) return false;
  const { hasSystemServer } = await import("./support/servers.js");
  return hasSystemServer();
}

function listens(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port: 5432, timeout: 1000 });
    const tell = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket
      .once("connect", () => tell(true))
      .once("error", () => tell(false))
      .once("timeout", () => tell(false));
  });
}
