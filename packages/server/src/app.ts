// The composition root: who gets what. Nothing is decided here; main and the command line start it, tests build theirs.
import { hostname } from "node:os";
import type { FastifyInstance } from "fastify";
import { createLicense } from "./access/license.js";
import { memoryLicenseCache } from "./access/license-cache.js";
import { createSecrets } from "./access/secrets.js";
import { layeredSessionStore } from "./access/session-stores.js";
import { createSessions } from "./access/sessions.js";
import { audited, createAudit } from "./audit.js";
import { type Clock, systemClock } from "./clock.js";
import { createEngine, type Engine, type EngineOptions } from "./execution/engine.js";
import { startRetention } from "./execution/retention.js";
import type { WorkerLog } from "./execution/worker.js";
import { createGrpcServer, type GrpcDoor } from "./grpc/server.js";
import { createCallLimits } from "./http/call-limits.js";
import { readBody } from "./http/edge.js";
import { memoryPresence, sharedPresence } from "./http/presence.js";
import { createHttpServer } from "./http/server.js";
import type { Services } from "./http/services.js";
import { auditEnd } from "./log/execution-end.js";
import { type Log, registerSecret } from "./log.js";
import { createCircuits } from "./observe/circuits.js";
import { createObservation } from "./observe/observation.js";
import type { Supervised } from "./observe/siblings.js";
import type { Tracing } from "./observe/tracing/tracing.js";
import type { OutboundLog } from "./outbound/log.js";
import { createOutside, type ServerOutside } from "./outbound/outside.js";
import { withSecrets } from "./outbound/secrets.js";
import { openRedis, type Redis } from "./redis/redis.js";
import { redisValues, sharedCache } from "./redis/values.js";
import { explain, limitsFrom, type Settings, secretValues, troubles } from "./settings.js";
import { openStore, type Store } from "./store/open.js";
import { sessionTable } from "./store/sessions.js";
import { createScheduleTimes } from "./triggers/schedule-times.js";
import { createScheduler, type Scheduler } from "./triggers/scheduler.js";
import { createTriggers, type Triggers } from "./triggers/triggers.js";
import { createWebhooks } from "./triggers/webhooks.js";

export interface AppOptions {
  settings: Settings;
  log: Log;
  clock?: Clock;
  /** A worker that has been silent for so many seconds is dead; 5 unless a test is in a hurry. */
  leaseSeconds?: number;
  /** Of one of several processes. */
  supervised?: Supervised;
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

interface Base {
  settings: Settings;
  log: Log;
  clock: Clock;
  store: Store;
}

const makeEngine = (
  { settings, log, clock, store }: Base,
  options: Pick<EngineOptions, "outside" | "limits" | "onFlight" | "onFinish" | "perform">,
  leaseSeconds: number | undefined,
): Engine =>
  createEngine({
    database: store.database,
    enginePool: store.enginePool,
    ...options,
    clock,
    name: `${hostname()}:${process.pid}`,
    role: settings.ROLE,
    slots: settings.ROLE === "api" ? 0 : settings.MAX_CONCURRENT_WORKFLOWS,
    caps: {
      total: settings.MAX_CONCURRENT_WORKFLOWS_TOTAL,
      perCommunity: settings.MAX_CONCURRENT_WORKFLOWS_PER_COMMUNITY,
    },
    ...(leaseSeconds === undefined ? {} : { leaseSeconds }),
    log: workerLog(log),
  });

/** Redis, if there is one, and what it hurries: it carries nothing that is not also kept elsewhere. */
const openShared = async ({ settings, log, clock, store }: Base) => {
  const redis = settings.REDIS_URL === undefined ? undefined : await openRedis({ url: settings.REDIS_URL, log, clock });
  if (redis !== undefined) store.database.shareWrites?.(redisValues(redis, "wrote"));
  const ownCache = memoryLicenseCache(clock);
  const license = createLicense({
    ...{ url: settings.LICENSE_SERVER_URL, releaseMode: settings.RELEASE_MODE, clock, log },
    cache: redis === undefined ? ownCache : sharedCache(redisValues(redis, "license"), ownCache),
  });
  const lasting = sessionTable(store.database);
  const sessions = createSessions({
    store: redis === undefined ? lasting : layeredSessionStore(redisValues(redis, "session"), lasting),
    clock,
  });
  const here = memoryPresence(clock);
  const presence = redis === undefined ? here : sharedPresence(redis, here);
  return { redis, license, sessions, presence };
};

/** Whether this process should be sent work: `state` is where its life stands, the rest is asked anew each time. */
const createReadiness = (worker: Engine["worker"], triggers: Triggers) => {
  const life = { state: "new" as "new" | "working" | "draining" };
  const ready = () => {
    const reasons: string[] = [];
    if (life.state === "new" || !triggers.live) reasons.push("The triggers are not live.");
    if (life.state === "draining") reasons.push("The process is being shut down.");
    if (!worker.reachesDatabase) reasons.push("The database does not answer.");
    return { ready: reasons.length === 0, reasons };
  };
  return { life, ready };
};

/** Opens the database, migrates it and wires the program; nothing runs or listens yet. */
export const createApp = async (options: AppOptions): Promise<App> => {
  const { settings, log, clock = systemClock, leaseSeconds, supervised } = options;
  for (const secret of secretValues(settings)) registerSecret(secret);
  const store = await openStore(settings, log, clock);
  const base: Base = { settings, log, clock, store };
  const { database } = store;
  const observed = await createObservation(base, supervised);
  const ports = createOutside({
    routerUrl: settings.ROUTER_URL,
    routerApiKey: settings.API_KEY,
    egressAllow: settings.EGRESS_ALLOW_CIDRS,
    clock,
    log: outboundLog(log),
  });
  const outside = observed.outside(ports);
  const secrets = createSecrets({ database, settings });
  const guarded = withSecrets(outside, { resolve: secrets.resolve, routerUrl: settings.ROUTER_URL });
  const limits = limitsFrom(settings);
  const hooks = observed.hooks(() => engine.databaseClock.now());
  const onFinish: EngineOptions["onFinish"] = (finish) => {
    hooks.onFinish?.(finish);
    setImmediate(auditEnd, log, finish); // behind the line of its start, also where both are stored in one go
  };
  const engine: Engine = makeEngine(base, { outside: guarded, limits, ...hooks, onFinish }, leaseSeconds);
  const { worker, live, plans } = engine;
  const start = observed.watch(engine, store);
  const { redis, license, sessions, presence } = await openShared(base);
  const { metrics, tracing, onOutcome } = observed;
  const triggers = createTriggers({
    database,
    start,
    license,
    clock,
    log: triggersLog(log),
    onOutcome,
    audit: log.audit,
  });
  const { life, ready } = createReadiness(worker, triggers);
  const audit = createAudit({ database, clock, log });
  const services: Services = {
    ...{ settings, clock, database, start, worker, live, plans, limits },
    ...{ outside, secrets, sessions, license, triggers, audit, presence },
    log: audited(log, audit),
    practice: outside.practice,
    webhooks: observed.webhooks(
      createWebhooks({ database, start, license, clock, log, redis, readJson: readBody, note: triggers.note }),
    ),
    ...{ metrics, tracing },
    circuits: createCircuits(() => outside.status().circuits, supervised),
    callLimits: createCallLimits({ settings, clock, log }),
    draining: () => life.state === "draining",
    ready,
    startedAt: clock.now(),
  };
  const http = await createHttpServer(services);
  const grpc = settings.ROLE === "worker" ? undefined : createGrpcServer(services);
  const times = createScheduleTimes(settings.SCHEDULER_TIMEZONE);
  const scheduling = { database, start, license, clock, log, settings, times, note: observed.schedules(triggers.note) };
  const fires = settings.ROLE !== "api" && settings.FEATURE_WORKFLOWS_ENABLED;
  const scheduler = fires ? createScheduler(scheduling) : undefined;
  const parts = { settings, log, services, engine, http, grpc, scheduler, store, outside };
  return { ...parts, ...createLifecycle(parts, { life, triggers, redis, clock, tracing }) };
};

type Parts = Omit<App, "listen" | "close">;

interface Running {
  life: { state: "new" | "working" | "draining" };
  triggers: Triggers;
  redis: Redis | undefined;
  clock: Clock;
  tracing: Tracing | undefined;
}

/** Beginning and ending, in opposite orders. */
const createLifecycle = (
  parts: Parts,
  { life, triggers, redis, clock, tracing }: Running,
): Pick<App, "listen" | "close"> => {
  const { settings, log, engine, http, grpc, scheduler, store, outside } = parts;
  let retention: ReturnType<typeof startRetention> | undefined;
  let closing: Promise<void> | undefined;

  const listen = async () => {
    await engine.worker.start();
    await triggers.start();
    life.state = "working";
    try {
      const url = await http.listen({ port: settings.MODULE_PORT, host: settings.HOST });
      const grpcPort = await grpc?.listen();
      await scheduler?.start();
      if (settings.ROLE !== "api")
        retention = startRetention({ pool: store.database.primary, kept: settings, clock, log: workerLog(log) });
      return { url, grpcPort };
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "EADDRINUSE")
        throw new Error(explain(troubles.port, `MODULE_PORT ${settings.MODULE_PORT}`), { cause: error });
      throw error;
    }
  };

  const close = async () => {
    life.state = "draining";
    await scheduler?.stop();
    await retention?.stop();
    await engine.worker.drain(settings.SHUTDOWN_TIMEOUT_SECONDS);
    await Promise.all([http.close(), grpc?.close(lastCallsMs)]);
    await triggers.stop();
    await outside.close();
    await tracing?.close();
    await redis?.close();
    await store.close();
  };
  return { listen, close: () => (closing ??= close()) };
};
