// The variables of the configuration guide, to the letter and in its order. Where a default differs from the guide's
// (the three addresses that mean "use what is built in" when unset), the sentence says so.

import { address, choice, flag, httpAddress, integer, list, text, zone } from "./kinds.js";
import { section } from "./setting.js";

export const defaultSecret = "change-me-in-production";

const ports = section("Module Information");
const database = section("Database Configuration");
const redis = section("Redis Configuration");
const services = section("Service Integration");
const features = section("Feature Flags");
const security = section("Security");
const logging = section("Logging");
const scheduler = section("Scheduler");
const limits = section("Workflow Execution Limits");

const port = integer(0, 65_535, "; 0 takes any free port");
const postgres = address("postgresql", "postgres");
const key = text("a text of at least one character that is not blank");

export const guideSettings = {
  MODULE_PORT: ports.set(port, 8070, "HTTP/REST API port."),
  GRPC_PORT: ports.set(port, 50_070, "gRPC service port."),

  DATABASE_URI: database.optional(
    postgres,
    "Primary database connection URI. Unset: the embedded database in DATA_DIR. Required when RELEASE_MODE=true.",
    { secret: true, requiredInRelease: true, example: "postgresql://waddlebot:password@localhost:5432/waddlebot" },
  ),
  READ_REPLICA_URIS: database.set(
    list(postgres),
    [],
    "Comma-separated read replica URIs, used by list and query routes. Unset: everything is read from the primary.",
    { secret: true, example: "postgresql://waddlebot:password@localhost:5433/waddlebot" },
  ),

  REDIS_URL: redis.optional(
    address("redis", "rediss"),
    "Redis connection URL for caching, sessions and rate limits. Unset: the cache is in memory; sessions, and limits over several processes, are in the database.",
    { secret: true, example: "redis://localhost:6379/0" },
  ),

  ROUTER_URL: services.optional(
    httpAddress,
    "Router service URL for module execution. Unset outside RELEASE_MODE: the built-in practice router takes the calls.",
    { inRelease: "http://router-service:8000", example: "http://router-service:8000" },
  ),
  LICENSE_SERVER_URL: services.set(
    httpAddress,
    "https://license.penguintech.io",
    "License validation server URL, asked only when RELEASE_MODE=true.",
  ),

  RELEASE_MODE: features.set(flag, false, "Enable release mode (stricter validation, licences are checked)."),
  FEATURE_WORKFLOWS_ENABLED: features.set(
    flag,
    true,
    "Enable/disable workflow functionality. Disabled: reads and status still work, everything else answers 503, and schedules do not fire.",
  ),

  SECRET_KEY: security.set(
    key,
    defaultSecret,
    "Secret key for JWT validation and encryption; 32 random characters or more. Required when RELEASE_MODE=true: no default, no fewer than 16 characters.",
    { secret: true, requiredInRelease: true, example: "" },
  ),
  API_KEY: security.set(
    key,
    defaultSecret,
    "API key for service-to-service authentication (header X-API-Key). Required when RELEASE_MODE=true: no default.",
    { secret: true, requiredInRelease: true, example: "" },
  ),

  LOG_DIR: logging.set(
    text("the path of a directory"),
    "/var/log/waddlebotlog",
    "Directory for log files; workflow_core.log is written there. Not writable: a warning, and standard output only.",
  ),
  LOG_LEVEL: logging.set(choice("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"), "INFO", "Logging level."),

  SCHEDULER_TIMEZONE: scheduler.set(zone, "UTC", "Timezone for scheduled workflows whose schedule names none."),
  SCHEDULER_JOB_DEFAULTS_MAX_INSTANCES: scheduler.set(
    integer(1, 1000),
    3,
    "Maximum concurrent instances per scheduled job: with so many unfinished executions of a schedule, the next is skipped.",
    { warnAbove: 100 },
  ),
  SCHEDULER_JOB_DEFAULTS_COALESCE: scheduler.set(
    flag,
    true,
    "Combine missed runs into single execution; false makes up for each, up to the maximum of instances.",
  ),

  MAX_CONCURRENT_WORKFLOWS: limits.set(
    integer(1, 10_000),
    10,
    "Maximum concurrent workflow executions of one process; the rest waits its turn.",
    { warnAbove: 1000 },
  ),
  WORKFLOW_TIMEOUT_SECONDS: limits.set(
    integer(1, 31_536_000),
    300,
    "Default workflow execution timeout, in seconds (5 minutes); metadata.max_execution_time_seconds overrides it.",
    { warnAbove: 86_400 },
  ),
  WORKFLOW_MAX_RETRIES: limits.set(
    integer(0, 20),
    3,
    "Maximum retries for failed workflows, after 2, 4, 8 … seconds; 0 switches retrying off.",
    { warnAbove: 10 },
  ),
  MAX_LOOP_ITERATIONS: limits.set(integer(1, 1_000_000), 100, "Maximum iterations per loop node.", {
    warnAbove: 10_000,
  }),
  MAX_TOTAL_OPERATIONS: limits.set(integer(1, 10_000_000), 1000, "Maximum total node executions per workflow.", {
    warnAbove: 100_000,
  }),
  MAX_LOOP_DEPTH: limits.set(integer(1, 100), 10, "Maximum nested loop depth.", { warnAbove: 20 }),
  MAX_PARALLEL_NODES: limits.set(integer(1, 1000), 10, "Maximum parallel node executions.", { warnAbove: 100 }),
};
