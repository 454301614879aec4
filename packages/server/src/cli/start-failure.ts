// Why the service could not be started, in the words of the guide's troubleshooting and with what to do next.
import { explain, type Settings, troubles } from "../settings.js";
import { databaseFailure } from "../store/database-failure.js";
import { EmbeddedPostgresError } from "../store/embedded-error.js";
import { MigrationError } from "../store/migrate.js";

/** One sentence or two for the person at the console; for what nobody has foreseen, the stack. */
export function startFailure(error: unknown, settings: Pick<Settings, "MODULE_PORT" | "HOST">): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof EmbeddedPostgresError || error instanceof MigrationError || isExplained(error))
    return error.message;
  const { code } = error as NodeJS.ErrnoException;
  const syscall = (error as NodeJS.ErrnoException).syscall;
  if (code === "EADDRINUSE") return explain(troubles.port, `MODULE_PORT ${settings.MODULE_PORT}`);
  if (syscall === "listen" && code === "EACCES")
    return `MODULE_PORT ${settings.MODULE_PORT} may not be listened on by this user. Use a port from 1024 on, or allow it.`;
  if ((syscall === "listen" && code === "EADDRNOTAVAIL") || (syscall === "getaddrinfo" && code === "ENOTFOUND"))
    return `HOST ${settings.HOST} is not an address of this machine. Leave it unset, or use 0.0.0.0 for all addresses.`;
  if (databaseFailure(error) === "unavailable") return explain(troubles.database, error.message);
  return error.stack ?? error.message;
}

/** Whether the message already says what to do. */
function isExplained({ message }: Error): boolean {
  return Object.values(troubles).some(({ symptom }) => message.startsWith(symptom));
}
