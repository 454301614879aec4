// Several processes of the service on one machine (WORKERS): this one starts them, starts anew what dies, and ends
// them. They share the ports; the embedded database, where there is no other, is this process's.
//
// P1. The first worker must listen before the others are started: a port that is taken ends the start, not a circle.
// P2. A worker that dies is replaced, under its number, after a pause that doubles while replacements die young.
// P3. SIGHUP reaches every worker, but none before it hears: it would end one that is only just starting.
// P4. Signals to end are passed on; this process ends after its workers, and they end when it is gone.
import cluster, { type Worker } from "node:cluster";
import type { Log } from "../log.js";
import { connectSiblings, workerNumber } from "../observe/siblings.js";
import type { Settings } from "../settings.js";
import { startEmbeddedPostgres } from "../store/embedded.js";
import { exitCodes } from "./command-failure.js";
import { print } from "./console.js";
import { welcome } from "./welcome.js";

/** Room for the many short-lived values of an engine (MiB): collecting garbage costs a third less (`npm run bench`). */
const workerFlags = ["--max-semi-space-size=64"];
const shortLifeMs = 10_000;
const longestPauseMs = 5000;

/** Serves with `settings.WORKERS` processes until a signal comes; gives the exit code. */
export async function supervise(settings: Settings, log: Log): Promise<number> {
  const storeLog = {
    info: (message: string) => log.system("database", { message }),
    warn: (message: string) => log.system("WARNING", "database", { message }),
  };
  const embedded =
    settings.DATABASE_URI === undefined
      ? await startEmbeddedPostgres({ directory: settings.DATA_DIR, log: storeLog })
      : undefined;
  const env = embedded ? { DATABASE_URI: embedded.uri } : {};
  cluster.setupPrimary({ execArgv: [...process.execArgv, ...workerFlags] });
  const workers = new Set<Worker>();
  let state: "starting" | "running" | "stopping" = "starting";
  let allEnded: () => void = () => undefined;

  const begin = (number: number, pause: number): Worker => {
    const worker = cluster.fork({ ...env, [workerNumber]: String(number) });
    const begun = performance.now();
    workers.add(worker);
    passOnHangups(worker);
    connectSiblings(worker, workers);
    worker.on("exit", (code, signal) => {
      workers.delete(worker);
      if (workers.size === 0) allEnded();
      if (state !== "running") return;
      log.error("worker_lost", {
        message: `Process ${worker.process.pid} ended (${signal ?? code}); another is started.`,
      });
      const next = performance.now() - begun < shortLifeMs ? Math.min(longestPauseMs, pause * 2) : 100;
      setTimeout(() => state === "running" && begin(number, next), pause);
    });
    return worker;
  };
  const signal = signalled();

  try {
    const url = await listeningAt(begin(1, 100));
    if (url === undefined) return exitCodes.failed; // the worker has said why
    state = "running";
    for (let number = 2; number <= settings.WORKERS; number += 1) begin(number, 100);
    const place = embedded?.data ?? new URL(settings.DATABASE_URI ?? "").host;
    print(await welcome({ settings, url, place }));
    log.system("stopping", { message: `Ending ${workers.size} processes after ${await signal}` });
    return exitCodes.done;
  } finally {
    state = "stopping";
    const ended = new Promise<void>((resolve) => {
      allEnded = resolve;
      if (workers.size === 0) resolve();
    });
    for (const worker of workers) worker.process.kill("SIGTERM");
    await ended;
    await embedded?.stop();
  }
}

/** The address that the worker listens on, when it listens on all its ports; undefined when it ended before. */
const listeningAt = (worker: Worker): Promise<string | undefined> =>
  new Promise((resolve) => {
    worker.on("message", (message: { listening?: string }) => {
      if (message.listening !== undefined) resolve(message.listening);
    });
    worker.once("exit", () => resolve(undefined));
  });

/** Resolves with the first SIGTERM or SIGINT. */
const signalled = (): Promise<string> =>
  new Promise((resolve) => {
    for (const each of ["SIGTERM", "SIGINT"] as const) process.on(each, () => resolve(each));
  });

/** As long as a worker lives, it is told by SIGHUP what we are told: at once, or as soon as it says that it hears. */
const passOnHangups = (worker: Worker): void => {
  let hears = false;
  let missed = false;
  const tell = () => {
    if (hears) worker.process.kill("SIGHUP");
    else missed = true;
  };
  worker.on("message", (message: { hears?: true }) => {
    if (message.hears !== true) return;
    hears = true;
    if (missed) tell();
  });
  process.on("SIGHUP", tell);
  worker.once("exit", () => process.off("SIGHUP", tell));
};
