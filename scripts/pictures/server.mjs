// A server of its own for the pictures: embedded database in a temporary folder, practice router, nothing left behind.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../../packages/server/bin/workflow-core.js", import.meta.url));

export const apiKey = "pictures";

/** Starts the built server; gives its address and how to end it. */
export async function startServer(port) {
  const home = mkdtempSync(join(tmpdir(), "workflow-core-pictures-"));
  const env = {
    ...process.env,
    HOME: home,
    MODULE_PORT: String(port),
    GRPC_PORT: String(port + 1000),
    DATA_DIR: join(home, "data"),
    LOG_DIR: join(home, "logs"),
    API_KEY: apiKey,
  };
  const child = spawn(process.execPath, [program, "start"], { env, stdio: ["ignore", "ignore", "inherit"] });
  const origin = `http://127.0.0.1:${port}`;
  for (let tries = 0; ; tries++) {
    const ready = await fetch(`${origin}/ready`).catch(() => undefined);
    if (ready?.ok) break;
    if (tries > 240 || child.exitCode !== null) throw new Error("the server did not start; has it been built?");
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  const stop = async () => {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    await ended;
    rmSync(home, { recursive: true, force: true });
  };
  return { origin, stop };
}
