// Browser stories against the real server and its own database, with the built files. `npx vite build packages/web` first.
import { chmodSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "@playwright/test";

const chromium = process.env.CHROMIUM_PATH ?? ["/usr/bin/chromium", "/usr/bin/google-chrome"].find(existsSync);
const port = Number(process.env.E2E_PORT ?? 8190);
const data = process.env.E2E_HOME ?? makeHome();

/** A directory for this run, which its workers learn of; what failed stays in it, to be looked at. */
function makeHome(): string {
  const home = mkdtempSync(join(tmpdir(), "workflow-core-e2e-"));
  chmodSync(home, 0o711); // the database may be another user's
  process.env.E2E_HOME = home;
  process.on("exit", (code) => {
    if (code === 0) rmSync(home, { recursive: true, force: true });
  });
  return home;
}

export default defineConfig({
  testDir: "e2e",
  workers: 1,
  retries: process.env.CI ? 2 : 0, // machines are noisy
  timeout: 60_000,
  expect: { timeout: 10_000 },
  outputDir: join(data, "results"),
  reporter: [["list"]],
  use: {
    baseURL: `http://127.0.0.1:${port}`,
    viewport: { width: 1440, height: 900 },
    permissions: ["clipboard-read", "clipboard-write"],
    launchOptions: {
      ...(chromium ? { executablePath: chromium } : {}),
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
    },
  },
  webServer: {
    command: `${JSON.stringify(process.execPath)} bin/workflow-core.js start`,
    cwd: fileURLToPath(new URL("../server", import.meta.url)),
    url: `http://127.0.0.1:${port}/ready`,
    timeout: 120_000,
    gracefulShutdown: { signal: "SIGTERM", timeout: 15_000 },
    env: {
      MODULE_PORT: String(port),
      GRPC_PORT: String(port + 1000),
      DATA_DIR: join(data, "data"),
      LOG_DIR: join(data, "logs"),
      API_KEY: "browser-tests",
    },
  },
});
