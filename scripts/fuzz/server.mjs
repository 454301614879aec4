// The server that is asked: the built program with its embedded database, in a directory of its own.
import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { apiKey, secretKey } from "./world.mjs";

const program = fileURLToPath(new URL("../../packages/server/bin/workflow-core.js", import.meta.url));

const freePort = () =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });

/** Starts it; `stop` ends it and removes its directory. */
export async function startServer() {
  const home = mkdtempSync(join(tmpdir(), "workflow-core-fuzz-"));
  chmodSync(home, 0o755); // where root starts it, the database runs as another user
  const grpcPort = await freePort();
  const settings = { MODULE_PORT: "0", GRPC_PORT: String(grpcPort), SECRET_KEY: secretKey, API_KEY: apiKey };
  const limits = { WEBHOOK_ADDRESS_LIMIT_PER_MINUTE: "100000", WORKFLOW_TIMEOUT_SECONDS: "20" };
  const child = spawn(process.execPath, [program, "start"], {
    cwd: home,
    env: {
      PATH: process.env.PATH,
      HOME: home,
      TZ: "UTC",
      LOG_DIR: join(home, "log"),
      DATA_DIR: join(home, "data"),
      ...settings,
      ...limits,
    },
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (part) => {
      said = (said + part).slice(-200_000);
    });
  const ended = new Promise((resolve) => child.once("close", (code, signal) => resolve(signal ?? code)));
  const url = () => /http:\/\/[\d.]+:(\d+)/.exec(said);
  for (let wait = 0; url() === null || !(await ready(Number(url()[1]))); wait += 1) {
    if (wait > 300 || child.exitCode !== null) throw new Error(`the server did not start: ${said}`);
    await pause(100);
  }
  return {
    port: Number(url()[1]),
    grpcPort,
    get alive() {
      return child.exitCode === null && child.signalCode === null;
    },
    /** Bytes in memory. */
    rss: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1] ?? 0) * 1024,
    log: () => readFileSync(join(home, "log", "workflow_core.log"), "utf8"),
    async stop() {
      child.kill("SIGTERM");
      const code = await Promise.race([ended, pause(60_000, "did not end")]);
      child.kill("SIGKILL");
      rmSync(home, { recursive: true, force: true });
      return code;
    },
  };
}

const ready = (port) =>
  fetch(`http://127.0.0.1:${port}/ready`).then(
    ({ ok }) => ok,
    () => false,
  );
