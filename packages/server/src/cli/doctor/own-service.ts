// Whether the service itself is what runs on MODULE_PORT: then its ports and its data are rightly in use.
import type { Settings } from "../../settings.js";

/** The address under which this machine reaches what listens on HOST. */
const near = (host: string): string =>
  host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "[::1]" : host.includes(":") ? `[${host}]` : host;

export async function ownService({ HOST, MODULE_PORT }: Pick<Settings, "HOST" | "MODULE_PORT">): Promise<boolean> {
  try {
    const answer = await fetch(`http://${near(HOST)}:${MODULE_PORT}/health`, { signal: AbortSignal.timeout(2000) });
    const body: unknown = await answer.json();
    return JSON.stringify(body).includes('"module":"workflow_core_module"');
  } catch {
    return false;
  }
}
