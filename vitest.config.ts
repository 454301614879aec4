import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));
// These start programs and wait for what becomes of them, for as long as it takes.
const patient = [
  "packages/server/test/crash/{chaos,postgres,schedules,signals,suspend,sweep}.test.ts",
  "packages/server/test/{cli,cli-doctor,cli-machine,rolling-update}.test.ts",
  "packages/server/test/docs/{prometheus,shell}.test.ts",
];
// These count seconds and milliseconds.
const alone = [
  "packages/server/test/crash/{half-open,headline,journal,time}.test.ts",
  "packages/server/test/{cli-files,cli-start,cli-workers,packages}.test.ts",
  "packages/server/test/fuzz.test.ts",
  "packages/server/src/outbound/sandbox/*.test.ts",
];

// These build machines and images, for minutes: `npm run test:machines` runs them, `npm test` does not.
const machines = ["packages/server/test/docs/{engine,machine,start}.test.ts"];
const withMachines = process.env.TEST_MACHINES === "1";

// Three groups, one after the other: tests that start and kill processes run beside each other only where none counts
// seconds, else one by one; and they have a second chance, because machines are noisy.
export default defineConfig({
  resolve: {
    alias: [
      { find: /^@workflow-core\/core\/testing$/, replacement: source("packages/core/src/testing/index.ts") },
      { find: /^@workflow-core\/core\/triggers$/, replacement: source("packages/core/src/triggers/index.ts") },
      { find: /^@workflow-core\/core$/, replacement: source("packages/core/src/index.ts") },
    ],
  },
  test: {
    globalSetup: ["packages/server/test/global-setup.ts"],
    setupFiles: ["packages/server/test/support/canary-check.ts"],
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: "tests",
          // Modules are loaded once for all files of a worker: to load them anew took a third of the time.
          isolate: false,
          include: ["packages/*/src/**/*.test.ts", "packages/*/test/**/*.test.ts"],
          exclude: [...patient, ...alone, ...machines, "**/node_modules/**"],
          env: { TZ: "UTC" },
          testTimeout: 30_000,
          retry: process.env.CI ? 2 : 0,
          hookTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: "patient",
          include: withMachines ? [] : patient,
          env: { TZ: "UTC" },
          testTimeout: 60_000,
          hookTimeout: 60_000,
          retry: 2,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: "alone",
          include: withMachines ? machines : alone,
          env: { TZ: "UTC" },
          testTimeout: 60_000,
          hookTimeout: 60_000,
          retry: 2,
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
