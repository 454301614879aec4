import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const crash = "packages/server/test/crash/**/*.test.ts";

// Two groups, one after the other: tests that kill processes and count seconds have the machine for themselves.
export default defineConfig({
  resolve: {
    alias: [
      { find: /^@workflow-core\/core\/testing$/, replacement: source("packages/core/src/testing/index.ts") },
      { find: /^@workflow-core\/core$/, replacement: source("packages/core/src/index.ts") },
    ],
  },
  test: {
    globalSetup: ["packages/server/test/global-setup.ts"],
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: "tests",
          include: ["packages/*/src/**/*.test.ts", "packages/*/test/**/*.test.ts"],
          exclude: [crash, "**/node_modules/**"],
          env: { TZ: "UTC" },
          testTimeout: 30_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: "crash",
          include: [crash],
          env: { TZ: "UTC" },
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
