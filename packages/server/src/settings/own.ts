// The variables that go beyond the configuration guide, each with a default that is safe to leave alone.

import { choice, headers, host, httpAddress, integer, list, origin, share, text } from "./kinds.js";
import { cidr, egressRange } from "./networks.js";
import { section } from "./setting.js";

const processes = section("Process");
const network = section("Network");
const storage = section("Storage and Retention");
const tracing = section("Tracing");
const sharing = section("Sharing and Rotation");

export const ownSettings = {
  ROLE: processes.set(
    choice("api", "worker", "all"),
    "all",
    "What this process does: api answers requests, worker carries out executions, all does both.",
  ),
  WORKERS: processes.set(
    integer(1, 64),
    1,
    "Processes started on this machine; each runs up to MAX_CONCURRENT_WORKFLOWS executions.",
    { warnAbove: 16 },
  ),
  SHUTDOWN_TIMEOUT_SECONDS: processes.set(
    integer(1, 3600),
    30,
    "Seconds after SIGTERM in which running executions are finished or handed over.",
  ),
  NODE_ENV: processes.optional(
    text("a word such as production"),
    "The environment's name as Node programs know it; production without RELEASE_MODE=true is warned about.",
    { example: "production" },
  ),

  HOST: network.set(
    host,
    "127.0.0.1",
    "Address that the HTTP and gRPC ports listen on: this machine only, all addresses when RELEASE_MODE=true. A container needs 0.0.0.0.",
    { inRelease: "0.0.0.0" },
  ),
  PUBLIC_BASE_URL: network.optional(
    httpAddress,
    "Address under which people reach this service, used for webhook URLs. Unset: the address of the request.",
    { example: "https://workflows.example.org" },
  ),
  TRUSTED_PROXIES: network.set(
    list(cidr),
    [],
    "Proxies whose X-Forwarded-For is believed. Unset: the client is who opened the connection.",
    { example: "10.0.0.0/8,fd00::/8" },
  ),
  WEBHOOK_ADDRESS_LIMIT_PER_MINUTE: network.set(
    integer(1, 1_000_000),
    600,
    "Webhook calls that one client address may make in a minute to one process, before anything else about them is looked at.",
  ),
  USER_LIMIT_PER_MINUTE: network.set(
    integer(1, 1_000_000),
    6000,
    "Requests that one person may make in a minute to one process, over REST and gRPC together; services are not counted.",
  ),
  SIGN_IN_FAILURES_PER_MINUTE: network.set(
    integer(1, 1_000_000),
    600,
    "Failed sign-ins of one client address in a minute that one process answers with 401 and a line in the log; more are answered with 429.",
  ),
  CORS_ORIGINS: network.set(
    list(origin),
    [],
    "Origins of other web pages that may call the API from a browser. Unset: none.",
    { example: "https://builder.example.org" },
  ),
  EGRESS_ALLOW_CIDRS: network.set(
    list(egressRange),
    [],
    "Private ranges, with or without a port, that action_webhook may call. Unset: public addresses only.",
    { example: "10.20.0.0/16,10.0.0.5/32:8080" },
  ),

  DATA_DIR: storage.set(
    text("the path of a directory"),
    "./data",
    "Directory of the embedded database, used when DATABASE_URI is unset.",
  ),
  EXECUTION_RETENTION_DAYS: storage.set(
    integer(0, 36_500),
    30,
    "Days after its end for which an execution is kept; 0 keeps it for ever.",
  ),
  EXECUTION_RETENTION_COUNT: storage.set(
    integer(0, 10_000_000),
    0,
    "Finished executions kept per workflow, the newest first; 0 sets no such limit.",
  ),
  EXECUTION_EVENTS_RETENTION_DAYS: storage.set(
    integer(0, 36_500),
    0,
    "Days after its end for which an execution's single events are kept: its iterations, and what a retry from a node begins with. Its columns stay as long as the execution; 0 keeps both equally long.",
  ),
  AUDIT_RETENTION_DAYS: storage.set(
    integer(0, 36_500),
    365,
    "Days for which the audit's table keeps who changed what; 0 keeps it for ever.",
  ),

  OTEL_EXPORTER_OTLP_ENDPOINT: tracing.optional(
    httpAddress,
    "Address of an OpenTelemetry collector that takes OTLP over HTTP; traces go to its /v1/traces. Unset: nothing is traced.",
    { example: "http://localhost:4318" },
  ),
  OTEL_EXPORTER_OTLP_HEADERS: tracing.optional(
    headers,
    "Headers that are sent to the collector along with traces, such as a key.",
    { secret: true, example: "x-api-key=your-key" },
  ),
  OTEL_SERVICE_NAME: tracing.set(text("a name"), "workflow-core", "The service's name in traces."),
  OTEL_TRACES_SAMPLER_ARG: tracing.set(
    share,
    1,
    "Share of the traces begun here that are recorded; traces of callers are recorded as they say.",
  ),

  MAX_CONCURRENT_WORKFLOWS_TOTAL: sharing.set(
    integer(0, 1_000_000),
    0,
    "Maximum concurrent workflow executions over all processes together; 0 sets no such limit.",
  ),
  MAX_CONCURRENT_WORKFLOWS_PER_COMMUNITY: sharing.set(
    integer(0, 1_000_000),
    0,
    "Maximum concurrent workflow executions of one community over all processes; 0 sets no such limit.",
  ),
  SECRET_KEY_PREVIOUS: sharing.optional(
    text("a text of at least one character that is not blank"),
    "The SECRET_KEY before the last change: what was signed or encrypted with it is still accepted.",
    { secret: true },
  ),
};
