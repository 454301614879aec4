// The composition root: who gets what. Nothing is decided here; main and the command line start it, tests build theirs.
import { hostname } from "node:os";
import type { FastifyInstance } from "fastify";
import { createLicense } from "./access/license.js";
import { type Clock, systemClock } from "./clock.js";
import { createEngine, type Engine } from "./execution/engine.js";
import type { WorkerLog } from "./execution/worker.js";
import { createHttpServer } from "./http/server.js";
import { createMetrics } from "./http/metrics.js";
import type { Services } from "./http/services.js";
import { type Log, registerSecret } from "./log.js";
import type { OutboundLog } from "./outbound/log.js";
import { createOutside, type ServerOutside } from "./outbound/outside.js";
import { explain, limitsFrom, secretValues, type Settings, troubles } from "./settings.js";
import { openStore, type Store } from "./store/open.js";

export interface AppOptions {
  settings: Settings;
  log: Log;
  clock?: Clock;
  /** A worker that has been silent for so many seconds is dead; 5 unless a test is in a hurry. */
  leaseSeconds?: number;
}

export interface App {
  settings: Settings;
  log: Log;
  services: Services;
  engine: Engine;
  http: FastifyInstance;
  store: Store;
  outside: ServerOutside;
  /** Begins to work and to listen; gives the address. Throws with the guide's words when a port is taken. */
  listen(): Promise<{ url: string }>;
  /** Drains and ends everything, in the opposite order; may be called twice. */
  close(): Promise<void>;
}

const workerLog = (log: Log): WorkerLog => ({
  info: (action, message, fields) => log.system(action, { message, ...fields }),
  warn: (action, message, fields) => log.system("WARNING", action, { message, ...fields }),
  error: (action, error, fields) => log.error(action, { error, ...fields }),
});

const outboundLog = (log: Log): OutboundLog => ({
  info: (message) => log.system("outbound", { message }),
  warn: (message) => log.system("WARNING", "outbound", { message }),
});

/** Opens the database, migrates it and wires the program; nothing runs or listens yet. */
export const createApp = async ({ settings, log, clock = systemClock, leaseSeconds }: AppOptions): Promise<App> => {
  for (const secret of secretValues(settings)) registerSecret(secret);
  const store = await openStore(settings, log);
  const outside = createOutside({
    routerUrl: settings.ROUTER_URL,
    routerApiKey: settings.API_KEY,
    egressAllow: settings.EGRESS_ALLOW_CIDRS,
    clock,
    log: outboundLog(log),
  });
  const limits = limitsFrom(settings);
  const engine = createEngine({
    database: store.database,
    journalPool: store.journalPool,
    outside,
    limits,
    clock,
    name: `${hostname()}:${process.pid}`,
    role: settings.ROLE,
    slots: settings.ROLE === "api" ? 0 : settings.MAX_CONCURRENT_WORKFLOWS,
    ...(leaseSeconds === undefined ? {} : { leaseSeconds }),
    log: workerLog(log),
  });
  let state: "new" | "working" | "draining" = "new";
  const reasons = () => {
    const found: string[] = [];
    if (state === "new") found.push("The triggers are not live yet.");
    if (state === "draining") found.push("The process is being shut down.");
    if (!engine.worker.reachesDatabase) found.push("The database does not answer.");
    return found;
  };
  const services: Services = {
    settings,
    log,
    clock,
    database: store.database,
    start: engine.start,
    worker: engine.worker,
    live: engine.live,
    plans: engine.plans,
    limits,
    practice: outside.practice,
    outside,
    license: createLicense({ url: settings.LICENSE_SERVER_URL, releaseMode: settings.RELEASE_MODE, clock, log }),
    metrics: createMetrics(),
    draining: () => state === "draining",
    ready: () => ({ ready: reasons().length === 0, reasons: reasons() }),
    startedAt: clock.now(),
  };
  const http = await createHttpServer(services);

  const listen = async () => {
    await engine.worker.start();
    state = "working";
    try {
      const url = await http.listen({ port: settings.MODULE_PORT, host: settings.HOST });
      return { url };
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "EADDRINUSE")
        throw new Error(explain(troubles.port, `MODULE_PORT ${settings.MODULE_PORT}`), { cause: error });
      throw error;
    }
  };

  let closing: Promise<void> | undefined;
  const close = async () => {
    state = "draining";
    await engine.worker.drain(settings.SHUTDOWN_TIMEOUT_SECONDS);
    await http.close();
    await outside.close();
    await store.close();
  };
  return { settings, log, services, engine, http, store, outside, listen, close: () => (closing ??= close()) };
};
