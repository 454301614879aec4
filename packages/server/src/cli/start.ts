// `workflow-core start`: the service. What one process does is in serve.ts; here it is decided how it is started.
//
// SIGHUP opens the log file anew, from the moment on in which there is one; a supervised process says when that is.
import cluster from "node:cluster";
import { createLog, maskText } from "../log.js";
import { settingWarnings } from "../settings.js";
import { CommandFailure } from "./command-failure.js";
import { isTerminal } from "./console.js";
import { readSettings } from "./environment.js";
import { serve } from "./serve.js";
import { startFailure } from "./start-failure.js";
import { supervise } from "./supervise.js";

export interface StartOptions {
  role?: "api" | "worker" | "all";
  port?: number;
}

/** Runs until a signal ends it. Throws SettingsError, or CommandFailure with the guide's words for what is in the way. */
export async function start({ role, port }: StartOptions): Promise<number> {
  const settings = readSettings({ ROLE: role, MODULE_PORT: port === undefined ? undefined : String(port) });
  const log = createLog({ level: settings.LOG_LEVEL, directory: settings.LOG_DIR, pretty: isTerminal });
  process.on("SIGHUP", () => log.reopen());
  process.send?.({ hears: true }); // to the supervisor, if there is one
  if (cluster.isPrimary)
    for (const { message } of settingWarnings(settings, process.env)) log.system("WARNING", "settings", { message });
  try {
    if (settings.WORKERS > 1 && cluster.isPrimary) return await supervise(settings, log);
    return await serve(settings, log);
  } catch (error) {
    log.error("start", { message: "The service could not be started.", error });
    throw new CommandFailure(maskText(startFailure(error, settings)));
  } finally {
    log.close();
    // A supervised process lives as long as its channel to the supervisor is open.
    cluster.worker?.disconnect();
  }
}
