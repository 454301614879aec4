// The configuration guide's own tables and examples, copied here: the program must know every variable by the
// guide's name, with the guide's default, and start with the guide's examples.

import { parseEnv } from "node:util";
import { expect, test } from "vitest";
import { guideSettings } from "./guide.js";
import { loadSettings } from "./load.js";
import { table } from "./table.js";
import { settingWarnings } from "./warnings.js";

const guide: Record<keyof typeof guideSettings, [type: string, standard: string]> = {
  MODULE_PORT: ["integer", "8070"],
  GRPC_PORT: ["integer", "50070"],
  DATABASE_URI: ["string", "postgresql://waddlebot:password@localhost:5432/waddlebot"],
  READ_REPLICA_URIS: ["string", "postgresql://waddlebot:password@localhost:5433/waddlebot"],
  REDIS_URL: ["string", "redis://localhost:6379/0"],
  ROUTER_URL: ["string", "http://router-service:8000"],
  LICENSE_SERVER_URL: ["string", "https://license.penguintech.io"],
  RELEASE_MODE: ["boolean", "false"],
  FEATURE_WORKFLOWS_ENABLED: ["boolean", "true"],
  SECRET_KEY: ["string", "change-me-in-production"],
  API_KEY: ["string", "change-me-in-production"],
  LOG_DIR: ["string", "/var/log/waddlebotlog"],
  LOG_LEVEL: ["string", "INFO"],
  SCHEDULER_TIMEZONE: ["string", "UTC"],
  SCHEDULER_JOB_DEFAULTS_MAX_INSTANCES: ["integer", "3"],
  SCHEDULER_JOB_DEFAULTS_COALESCE: ["boolean", "true"],
  MAX_CONCURRENT_WORKFLOWS: ["integer", "10"],
  WORKFLOW_TIMEOUT_SECONDS: ["integer", "300"],
  WORKFLOW_MAX_RETRIES: ["integer", "3"],
  MAX_LOOP_ITERATIONS: ["integer", "100"],
  MAX_TOTAL_OPERATIONS: ["integer", "1000"],
  MAX_LOOP_DEPTH: ["integer", "10"],
  MAX_PARALLEL_NODES: ["integer", "10"],
};

/** Unset means something of its own; the guide's default is the documented example instead. */
const exceptions: Partial<Record<keyof typeof guide, string>> = {
  DATABASE_URI: "unset: the embedded database, nothing to install",
  READ_REPLICA_URIS: "unset: there are no replicas to read from",
  REDIS_URL: "unset: kept in memory",
  ROUTER_URL: "unset: the practice router, except in release mode",
};

test("the table has the guide's variables, in its order", () => {
  expect(Object.keys(guideSettings)).toEqual(Object.keys(guide));
});

test.each(Object.entries(guide) as [keyof typeof guide, [string, string]][])(
  "%s is the guide's",
  (name, [type, standard]) => {
    const { kind, example, default: ours } = table[name];
    expect(kind.type.replace("list", "string")).toBe(type);
    if (name in exceptions) expect(example).toBe(standard);
    else expect(String(ours)).toBe(standard);
    expect(loadSettings({ [name]: standard })).toHaveProperty(name);
  },
);

test("the guide's development environment", () => {
  const settings = loadSettings(
    parseEnv(`
MODULE_PORT=8070
GRPC_PORT=50070

DATABASE_URI=postgresql://waddlebot:password@localhost:5432/waddlebot
REDIS_URL=redis://localhost:6379/0
ROUTER_URL=http://localhost:8000

SECRET_KEY=dev-secret-key-not-for-production
API_KEY=dev-api-key

LOG_LEVEL=DEBUG
LOG_DIR=./logs

RELEASE_MODE=false
FEATURE_WORKFLOWS_ENABLED=true

MAX_CONCURRENT_WORKFLOWS=5
WORKFLOW_TIMEOUT_SECONDS=60
MAX_LOOP_ITERATIONS=50
MAX_PARALLEL_NODES=5
`),
  );
  expect(settings).toMatchObject({ LOG_LEVEL: "DEBUG", MAX_LOOP_ITERATIONS: 50, ROUTER_URL: "http://localhost:8000" });
});

test("the guide's production environment, its secrets filled in", () => {
  const settings = loadSettings(
    parseEnv(`
MODULE_PORT=8070
GRPC_PORT=50070

DATABASE_URI=postgresql://waddlebot:s3cret@postgres-primary:5432/waddlebot
READ_REPLICA_URIS=postgresql://waddlebot:s3cret@postgres-replica1:5432/waddlebot,postgresql://waddlebot:s3cret@postgres-replica2:5432/waddlebot
REDIS_URL=redis://:s3cret@redis-cluster:6379/0
ROUTER_URL=http://router-service:8000

LICENSE_SERVER_URL=https://license.penguintech.io

SECRET_KEY=0123456789abcdef0123456789abcdef
API_KEY=fedcba9876543210fedcba9876543210

LOG_LEVEL=INFO
LOG_DIR=/var/log/waddlebotlog

RELEASE_MODE=true
FEATURE_WORKFLOWS_ENABLED=true

SCHEDULER_TIMEZONE=UTC

MAX_CONCURRENT_WORKFLOWS=50
WORKFLOW_TIMEOUT_SECONDS=300
WORKFLOW_MAX_RETRIES=3
MAX_LOOP_ITERATIONS=100
MAX_TOTAL_OPERATIONS=1000
MAX_LOOP_DEPTH=10
MAX_PARALLEL_NODES=10
`),
  );
  expect(settings.RELEASE_MODE).toBe(true);
  expect(settings.READ_REPLICA_URIS).toHaveLength(2);
  expect(settingWarnings(settings)).toEqual([]);
});

test("the guide's Kubernetes ConfigMap and Secret", () => {
  const settings = loadSettings({
    MODULE_PORT: "8070",
    GRPC_PORT: "50070",
    ROUTER_URL: "http://router-service:8000",
    LOG_LEVEL: "INFO",
    LOG_DIR: "/var/log/waddlebotlog",
    RELEASE_MODE: "true",
    FEATURE_WORKFLOWS_ENABLED: "true",
    MAX_CONCURRENT_WORKFLOWS: "50",
    WORKFLOW_TIMEOUT_SECONDS: "300",
    MAX_LOOP_ITERATIONS: "100",
    MAX_TOTAL_OPERATIONS: "1000",
    MAX_LOOP_DEPTH: "10",
    MAX_PARALLEL_NODES: "10",
    SCHEDULER_TIMEZONE: "UTC",
    SCHEDULER_JOB_DEFAULTS_MAX_INSTANCES: "3",
    SCHEDULER_JOB_DEFAULTS_COALESCE: "true",
    DATABASE_URI: "postgresql://waddlebot:PASSWORD@postgres:5432/waddlebot",
    REDIS_URL: "redis://:PASSWORD@redis:6379/0",
    SECRET_KEY: "your-secret-key-here",
    API_KEY: "your-api-key-here",
  });
  expect(settings).toMatchObject({ MAX_CONCURRENT_WORKFLOWS: 50, HOST: "0.0.0.0" });
  // The keys are the guide's own placeholders: accepted, and told.
  expect(settingWarnings(settings).map(({ name }) => name)).toEqual(["SECRET_KEY", "API_KEY"]);
});
