// The composition root: who gets what. Nothing is decided here; main and the command line start it, tests build theirs.
import { hostname } from "node:os";
import type { FastifyInstance } from "fastify";
import { createLicense, memoryLicenseCache } from "./access/license.js";
import { createSecrets } from "./access/secrets.js";
import { layeredSessionStore } from "./access/session-stores.js";
import { createSessions } from "./access/sessions.js";
import { audited, createAudit } from "./audit.js";
import { type Clock, systemClock } from "./clock.js";
import { createEngine, type Engine } from "./execution/engine.js";
import { startRetention } from "./execution/retention.js";
import type { WorkerLog } from "./execution/worker.js";
import { createGrpcServer, type GrpcDoor } from "./grpc/server.js";
import { readBody } from "./http/edge.js";
import { createMetrics } from "./http/metrics.js";
import { createHttpServer } from "./http/server.js";
import type { Services } from "./http/services.js";
import { type Log, registerSecret } from "./log.js";
import type { OutboundLog } from "./outbound/log.js";
import { createOutside, type ServerOutside } from "./outbound/outside.js";
import { withSecrets } from "./outbound/secrets.js";
import { openRedis } from "./redis/redis.js";
import { redisValues, sharedCache } from "./redis/values.js";
import { explain, limitsFrom, type Settings, secretValues, troubles } from "./settings.js";
import { openStore, type Store } from "./store/open.js";
import { sessionTable } from "./store/sessions.js";
import { createScheduleTimes } from "./triggers/schedule-times.js";
import { createScheduler, type Scheduler } from "./triggers/scheduler.js";
import { createTriggers } from "./triggers/triggers.js";
import { createWebhooks } from "./triggers/webhooks.js";

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
  /** Of processes that answer requests. */
  grpc: GrpcDoor | undefined;
  /** Of processes that carry out executions. */
  scheduler: Scheduler | undefined;
  store: Store;
  outside: ServerOutside;
  /** Begins to work and to listen; gives the addresses. Throws with the guide's words when a port is taken. */
  listen(): Promise<{ url: string; grpcPort: number | undefined }>;
  /** Drains and ends everything, in the opposite order; may be called twice. */
  close(): Promise<void>;
}

const workerLog = (log: Log): WorkerLog => ({
  info: (action, message, fields) => log.system(action, { message, ...fields }),
  warn: (action, message, fields) => log.system("WARNING", action, { message, ...fields }),
  error: (action, error, fields) => log.error(action, { error, ...fields }),
});

const triggersLog = (log: Log) => ({
  info: (message: string) => log.system("triggers", { message }),
  warn: (message: string) => log.system("WARNING", "triggers", { message }),
});

const outboundLog = (log: Log): OutboundLog => ({
  info: (message) => log.system("outbound", { message }),
  warn: (message) => log.system("WARNING", "outbound", { message }),
});

/** How long calls over gRPC may take to end when everything else has ended. */
const lastCallsMs = 2000;

/** Opens the database, migrates it and wires the program; nothing runs or listens yet. */
export const createApp = async ({ settings, log, clock = systemClock, leaseSeconds }: AppOptions): Promise<App> => {
  for (const secret of secretValues(settings)) registerSecret(secret);
  const store = await openStore(settings, log, clock);
  const outside = createOutside({
    routerUrl: settings.ROUTER_URL,
    routerApiKey: settings.API_KEY,
    egressAllow: settings.EGRESS_ALLOW_CIDRS,
    clock,
    log: outboundLog(log),
  });
  const secrets = createSecrets({ database: store.database, settings });
  const limits = limitsFrom(settings);
  const engine = createEngine({
    database: store.database,
    journalPool: store.journalPool,
    outside: withSecrets(outside, { resolve: secrets.resolve, practice: outside.practice !== undefined }),
    limits,
    clock,
    name: `${hostname()}:${process.pid}`,
    role: settings.ROLE,
    slots: settings.ROLE === "api" ? 0 : settings.MAX_CONCURRENT_WORKFLOWS,
    ...(leaseSeconds === undefined ? {} : { leaseSeconds }),
    log: workerLog(log),
  });
  const redis = settings.REDIS_URL === undefined ? undefined : await openRedis({ url: settings.REDIS_URL, log, clock });
  if (redis !== undefined) store.database.shareWrites?.(redisValues(redis, "wrote"));
  const ownCache = memoryLicenseCache(clock);
  const license = createLicense({
    ...{ url: settings.LICENSE_SERVER_URL, releaseMode: settings.RELEASE_MODE, clock, log },
    cache: redis === undefined ? ownCache : sharedCache(redisValues(redis, "license"), ownCache),
  });
  const { database } = store;
  const lastingSessions = sessionTable(database);
  const sessionStore =
    redis === undefined ? lastingSessions : layeredSessionStore(redisValues(redis, "session"), lastingSessions);
  const triggers = createTriggers({ database, start: engine.start, license, clock, log: triggersLog(log) });
  let state: "new" | "working" | "draining" = "new";
  const reasons = () => {
    const found: string[] = [];
    if (state === "new" || !triggers.live) found.push("The triggers are not live yet.");
    if (state === "draining") found.push("The process is being shut down.");
    if (!engine.worker.reachesDatabase) found.push("The database does not answer.");
    return found;
  };
  const audit = createAudit({ database, clock, log });
  const services: Services = {
    settings,
    log: audited(log, audit),
    audit,
    clock,
    database: store.database,
    start: engine.start,
    worker: engine.worker,
    live: engine.live,
    plans: engine.plans,
    limits,
    practice: outside.practice,
    outside,
    secrets,
    sessions: createSessions({ store: sessionStore, clock }),
    license,
    triggers,
    webhooks: createWebhooks({ database, start: engine.start, license, clock, log, redis, readJson: readBody }),
    metrics: createMetrics(),
    draining: () => state === "draining",
    ready: () => ({ ready: reasons().length === 0, reasons: reasons() }),
    startedAt: clock.now(),
  };
  const http = await createHttpServer(services);
  const grpc = settings.ROLE === "worker" ? undefined : createGrpcServer(services);
  const times = createScheduleTimes(settings.SCHEDULER_TIMEZONE);
  const scheduling = { database, start: engine.start, clock, log, settings, times, note: triggers.note };
  const scheduler = settings.ROLE === "api" ? undefined : createScheduler(scheduling);

  let retention: ReturnType<typeof startRetention> | undefined;

  const listen = async () => {
    await engine.worker.start();
    await triggers.start();
    state = "working";
    try {
      const url = await http.listen({ port: settings.MODULE_PORT, host: settings.HOST });
      const grpcPort = await grpc?.listen();
      await scheduler?.start();
      if (settings.ROLE !== "api")
        retention = startRetention({ pool: database.primary, kept: settings, clock, log: workerLog(log) });
      return { url, grpcPort };
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "EADDRINUSE")
        throw new Error(explain(troubles.port, `MODULE_PORT ${settings.MODULE_PORT}`), { cause: error });
      throw error;
    }
  };

  let closing: Promise<void> | undefined;
  const close = async () => {
    state = "draining";
    await scheduler?.stop();
    await retention?.stop();
    await engine.worker.drain(settings.SHUTDOWN_TIMEOUT_SECONDS);
    await Promise.all([http.close(), grpc?.close(lastCallsMs)]);
    await triggers.stop();
    await outside.close();
    await redis?.close();
    await store.close();
  };
  const parts = { settings, log, services, engine, http, grpc, scheduler, store, outside };
  return { ...parts, listen, close: () => (closing ??= close()) };
};
