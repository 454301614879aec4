// Every number that the service gives of itself, with what it means and which labels it has. The numbers themselves,
// docs/metrics.md and the tests of dashboards and alerts are made from this table.
//
// N1. A label's values are a list here, or are open with a bound: what people and strangers write is never one of them.
// N2. `of: "database"` is the same truth in every process of one database: take one of them (`max`), never the sum.
import type { ExecutionStatus } from "@workflow-core/core";
import { circuitStates } from "../outbound/circuit.js";
import { triggerOutcomes } from "../store/trigger-log.js";
import { deliveryOutcomes } from "../store/webhook-deliveries.js";

/** Values that the program itself has, however many of them; of more than `most`, all further ones are "other". */
export interface OpenLabel {
  /** What they are, for the documentation. */
  values: string;
  most: number;
}

export type LabelValues = readonly string[] | OpenLabel;

export interface Definition {
  kind: "counter" | "gauge" | "histogram";
  name: string;
  /** One sentence. */
  help: string;
  of: "process" | "database";
  labels: Readonly<Record<string, LabelValues>>;
  /** Of histograms: upper bounds. */
  buckets?: readonly number[];
}

const own = "workflow_core_";
type Options = Partial<Pick<Definition, "labels" | "of" | "buckets">>;
const define = <Kind extends Definition["kind"]>(kind: Kind, name: string, help: string, options: Options) => ({
  ...{ kind, name, help, of: "process" as const, labels: {} },
  ...options,
});
const counter = (name: string, help: string, labels: Definition["labels"] = {}) =>
  define("counter", `${own}${name}_total`, help, { labels });
const gauge = (name: string, help: string, options: Options = {}) => define("gauge", own + name, help, options);
const histogram = (name: string, help: string, options: Options & { buckets: readonly number[] }) =>
  define("histogram", name, help, options);

const callSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const writeSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const sources = ["manual", "command", "event", "webhook", "schedule", "grpc", "retry", "other"];
/** Why a start was refused: the journal could not take it; the workflow's own rule; nothing that can be run; a bug. */
const startRefusals = ["back_pressure", "overlap", "invalid", "error"] as const;
const ports = ["router", "http"];
/** Circuits: the Router's for everybody, the Router's for one community, and those of hosts that nodes name. */
const circuitPorts = ["router", "router_community", "http"];
const portOutcomes = ["ok", "refused", "invalid", "timeout", "unreachable", "circuit_open", "aborted", "other"];
const sandboxOutcomes = ["ok", "error", "timeout", "memory", "too_large", "busy", "crashed", "aborted", "other"];
const endings: readonly ExecutionStatus[] = ["completed", "failed", "cancelled", "timed_out"];
const outcomesOfTriggers = [...new Set<string>([...triggerOutcomes, ...deliveryOutcomes])];

export const definitions = {
  accepted: counter("executions_accepted", "Executions that were stored, by what started them.", { source: sources }),
  refused: counter("executions_refused", "Starts that were refused, by reason; back_pressure: not stored in time.", {
    reason: startRefusals,
  }),
  finished: counter("executions_finished", "Executions that ended here, by outcome.", { outcome: endings }),
  executionSeconds: histogram(`${own}execution_duration_seconds`, "Time from acceptance to end, waiting included.", {
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3600, 86_400],
  }),
  nodeSeconds: histogram(`${own}node_duration_seconds`, "Time of one attempt of an action, by its node type.", {
    labels: { node_type: { values: "node types", most: 200 }, outcome: ["performed", "failed"] },
    buckets: callSeconds,
  }),
  slots: gauge("slots", "Places for executions in this process, taken and free.", {
    labels: { state: ["taken", "free"] },
  }),
  flightRecords: histogram(`${own}journal_flight_records`, "Entries that went down in one flight of the journal.", {
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000],
  }),
  flightSeconds: histogram(
    `${own}journal_flight_duration_seconds`,
    "Time of one flight of the journal to the database.",
    {
      buckets: writeSeconds,
    },
  ),
  journalEntries: gauge("journal_waiting_entries", "Entries that wait for a flight of the journal."),
  journalBytes: gauge("journal_waiting_bytes", "Bytes that wait for a flight; above 64 MiB starts are refused."),
  triggers: counter("triggers", "What became of what triggers were asked, by kind and outcome.", {
    kind: ["command", "event", "schedule", "webhook"],
    outcome: outcomesOfTriggers,
  }),
  callSeconds: histogram(`${own}outbound_call_duration_seconds`, "Time of one call to the Router or over HTTP.", {
    labels: { port: ports, outcome: portOutcomes },
    buckets: callSeconds,
  }),
  circuits: gauge(
    "circuit_breaker_hosts",
    "Hosts called in the last ten minutes, once for each community that did, by the state of their circuit breaker; router: the Router, once for everybody.",
    {
      labels: { port: circuitPorts, state: circuitStates },
    },
  ),
  sandboxSeconds: histogram(
    `${own}sandbox_run_duration_seconds`,
    "Time of one run of guest code, its waiting included.",
    {
      labels: { language: ["javascript", "jq"], outcome: sandboxOutcomes },
      buckets: callSeconds,
    },
  ),
  sandboxProcesses: gauge("sandbox_processes", "Processes of the sandbox.", { labels: { state: ["busy", "idle"] } }),
  sandboxWaiting: gauge("sandbox_waiting_runs", "Runs of guest code that wait for a process."),
  sandboxCrashes: counter("sandbox_crashes", "Processes of the sandbox that broke while they ran something."),
  poolConnections: gauge("pg_pool_connections", "Connections to PostgreSQL, by pool.", {
    labels: { pool: { values: "primary, journal, replica-1, replica-2, …", most: 20 }, state: ["busy", "idle"] },
  }),
  poolWaiting: gauge("pg_pool_waiting_requests", "Requests that wait for a connection to PostgreSQL, by pool.", {
    labels: { pool: { values: "as above", most: 20 } },
  }),
  replicas: gauge("read_replicas", "Read replicas, by how they are.", {
    labels: { state: ["ready", "resting", "behind", "unknown"] },
  }),
  requestSeconds: histogram("http_request_duration_seconds", "Time from a request's first byte to its answer's last.", {
    labels: {
      method: ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "GRPC", "other"],
      route: { values: "templates of routes, methods of gRPC, (none)", most: 300 },
      status: ["1xx", "2xx", "3xx", "4xx", "5xx"],
    },
    buckets: callSeconds,
  }),
  databaseUp: gauge("database_up", "1 when the database answered the scrape within two seconds, else 0."),
  executions: gauge("executions", "Executions that are not over, by state; counted up to 100 000 in each.", {
    of: "database",
    labels: { state: ["queued", "running", "waiting"] },
  }),
  queueDepth: gauge(
    "queue_depth",
    "Executions that are due and wait for a slot, or for their turn (on_overlap); counted up to 10 000.",
    {
      of: "database",
      labels: { waits_for: ["slot", "turn"] },
    },
  ),
  queueAge: gauge("queue_oldest_age_seconds", "For how long the oldest of those that wait for a slot has been due.", {
    of: "database",
  }),
  workers: gauge("workers", "Processes that hold a lease.", { of: "database" }),
  workerSlots: gauge("worker_slots", "Places for executions in all processes.", { of: "database" }),
} satisfies Record<string, Definition>;

export type MetricName = keyof typeof definitions;
