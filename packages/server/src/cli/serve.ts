// One process of the service, from its start to its end.
//
// S1. The first SIGTERM or SIGINT drains and ends it with 0; a second one ends it at once.
// S2. A drain that does not end is cut off, so that the process never hangs.
import cluster from "node:cluster";
import { createApp } from "../app.js";
import type { Log } from "../log.js";
import { type Supervised, withSiblings, workerNumber } from "../observe/siblings.js";
import type { Settings } from "../settings.js";
import { exitCodes } from "./command-failure.js";
import { print } from "./console.js";
import { welcome } from "./welcome.js";

/** Seconds beyond SHUTDOWN_TIMEOUT_SECONDS that closing may take. */
const grace = 5;

/** Serves until a signal comes; gives the exit code. Rejects when it cannot be started. */
export async function serve(settings: Settings, log: Log): Promise<number> {
  const ended = onSignals();
  process.on("uncaughtException", (error) => {
    log.error("uncaught", { message: "A bug ended the process.", error });
    process.exit(exitCodes.failed);
  });
  const supervised: Supervised = {
    worker: process.env[workerNumber] ?? "1",
    ask: (topic, own) => withSiblings(process, topic, own),
  };
  const app = await createApp({ settings, log, ...(cluster.isWorker ? { supervised } : {}) });
  try {
    const { url } = await app.listen();
    log.system("started", { message: `Listening on ${url}` });
    process.send?.({ listening: url }); // to the supervisor, if there is one
    if (cluster.isPrimary && !ended.asked()) print(await welcome({ settings, url, place: app.store.place }));
    log.system("stopping", { message: `Ending after ${await ended.signal}` });
  } finally {
    cutOff(settings.SHUTDOWN_TIMEOUT_SECONDS + grace, log);
    await app.close();
  }
  log.system("stopped", { message: "Everything is closed." });
  return exitCodes.done;
}

function onSignals(): { signal: Promise<string>; asked(): boolean } {
  let first: string | undefined;
  const signal = new Promise<string>((resolve) => {
    for (const each of ["SIGTERM", "SIGINT"] as const)
      process.on(each, () => {
        // A terminal sends Ctrl-C to all processes; a supervised one waits for its supervisor's word.
        if (each === "SIGINT" && cluster.isWorker) return;
        if (first !== undefined) process.exit(exitCodes.failed);
        first = each;
        resolve(each);
      });
  });
  return { signal, asked: () => first !== undefined };
}

function cutOff(seconds: number, log: Log): void {
  const timer = setTimeout(() => {
    log.error("stopping", { message: `Closing took longer than ${seconds} s and was cut off.` });
    process.exit(exitCodes.failed);
  }, seconds * 1000);
  timer.unref();
}
