// What the program tells Prometheus, after real executions, by real HTTP.
import { draw } from "@workflow-core/core/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apiKey } from "../support/app.js";
import { exercise, type Program, startProgram } from "../support/program.js";
import { numberOf, type Series } from "../support/prometheus.js";
import { until } from "../support/until.js";

let program: Program;
let series: Series[];
const value = (name: string, labels: Record<string, string> = {}) => numberOf(series, `workflow_core_${name}`, labels);

beforeAll(async () => {
  program = await startProgram({ EGRESS_ALLOW_CIDRS: "127.0.0.1/32" });
  await exercise(program);
  // The pausing one ends too.
  await until(
    async () => numberOf(await program.scrape(), "workflow_core_executions_finished_total") === 5,
    "the ends",
  );
  series = await program.scrape();
}, 60_000);
afterAll(() => program.close());

describe("the numbers of executions", () => {
  it("are what was accepted, by source, and what became of it", () => {
    expect(value("executions_accepted_total", { source: "manual" })).toBe(3);
    expect(value("executions_accepted_total", { source: "command" })).toBe(1);
    expect(value("executions_accepted_total", { source: "webhook" })).toBe(1);
    expect(value("executions_finished_total", { outcome: "completed" })).toBe(5);
    expect(value("executions_finished_total", { outcome: "failed" })).toBe(0);
    expect(value("execution_duration_seconds_count")).toBe(5);
    expect(value("execution_duration_seconds_sum")).toBeGreaterThan(2);
  });

  it("time actions by their node types", () => {
    const performed = (node_type: string) => value("node_duration_seconds_count", { node_type, outcome: "performed" });
    expect(performed("action_chat_message")).toBe(3);
    expect(performed("data_transform")).toBe(1);
    expect(performed("action_webhook")).toBe(1);
    expect(value("outbound_call_duration_seconds_count", { port: "router", outcome: "ok" })).toBe(3);
    expect(value("outbound_call_duration_seconds_count", { port: "http", outcome: "ok" })).toBe(1);
    expect(value("sandbox_run_duration_seconds_count", { language: "javascript", outcome: "ok" })).toBe(1);
    expect(value("sandbox_processes", { state: "idle" })).toBeGreaterThanOrEqual(1);
    expect(value("circuit_breaker_hosts", { port: "router", state: "closed" })).toBe(1);
    expect(value("circuit_breaker_hosts", { port: "router_community", state: "closed" })).toBe(1);
    expect(value("circuit_breaker_hosts", { port: "http", state: "closed" })).toBe(1);
  });

  it("tell of journal, pools, slots and triggers", () => {
    expect(value("journal_flight_records_count")).toBeGreaterThan(5);
    expect(value("journal_flight_records_sum")).toBeGreaterThan(10);
    expect(value("journal_flight_duration_seconds_sum")).toBeGreaterThan(0);
    expect(value("journal_waiting_entries")).toBe(0);
    expect(value("slots", { state: "free" })).toBe(10);
    expect(value("pg_pool_connections", { pool: "engine", state: "idle" })).toBeGreaterThanOrEqual(1);
    expect(value("pg_pool_waiting_requests", { pool: "primary" })).toBe(0);
    expect(value("triggers_total", { kind: "command", outcome: "started" })).toBe(1);
    expect(value("triggers_total", { kind: "webhook", outcome: "accepted" })).toBe(1);
    expect(numberOf(series, "nodejs_eventloop_lag_seconds")).toBeGreaterThanOrEqual(0);
    expect(numberOf(series, "process_resident_memory_bytes")).toBeGreaterThan(1e7);
  });

  it("count a failed action, a refused start and a refused webhook as such", async () => {
    const { call, publish, run, router } = program;
    router.plan([{ behaviour: { do: "status", status: 400 } }]);
    const failing = await publish(
      draw("start -> say -> end", {
        start: ["trigger_command", { command_name: "fail" }],
        say: ["action_chat_message", { message: "no" }],
        end: "flow_end",
      }),
    );
    expect((await run(failing)).status).toBe("failed");
    router.reset();
    expect(
      (
        await call("POST", `/api/v1/workflows/${failing}/execute`, {
          community_id: 1,
          metadata: { trigger_node: "none" },
        })
      ).status,
    ).toBe(400);
    series = await program.scrape();
    expect(value("executions_finished_total", { outcome: "failed" })).toBe(1);
    expect(value("node_duration_seconds_count", { node_type: "action_chat_message", outcome: "failed" })).toBe(1);
    expect(value("outbound_call_duration_seconds_count", { port: "router", outcome: "refused" })).toBe(1);
    expect(value("executions_refused_total", { reason: "invalid" })).toBe(1);
  });
});

describe("the figures of the database", () => {
  it("are the same in every process", async () => {
    const other = await startProgram({ ROLE: "api" }, program.test);
    try {
      const sql = program.test.database.primary;
      // Nobody claims what is due in another millennium.
      await sql.query(
        `INSERT INTO workflow_executions (execution_id, workflow_id, status, start_time, community_id, available_at)
         SELECT gen_random_uuid(), workflow_id, 'waiting', now(), 1, '2999-01-01' FROM workflows LIMIT 2`,
      );
      const read = async (of: Program) => {
        series = await of.scrape();
        return [
          ...["queued", "running", "waiting"].map((state) => value("executions", { state })),
          ...[value("queue_depth", { waits_for: "slot" }), value("queue_oldest_age_seconds")],
          ...[value("workers"), value("worker_slots"), value("database_up")],
        ];
      };
      for (const each of [program, other])
        await until(
          async () => JSON.stringify(await read(each)) === JSON.stringify([0, 0, 2, 0, 0, 2, 10, 1]),
          "figures",
        );
    } finally {
      await other.close();
    }
  });
});

describe("hostile input", () => {
  it("adds no labels, whatever it is written into", async () => {
    const { call, url } = program;
    const before = await shape();
    for (let count = 0; count < 30; count += 1) {
      const evil = `evil${count}`;
      await call("GET", `/${evil}/%22%7D?x=${evil}`);
      await call("GET", `/api/v1/workflows/${evil}`);
      await call("POST", `/api/v1/workflows/webhooks/${evil}${"a".repeat(20)}`, {}, {});
      const event = {
        delivery_id: evil,
        type: "event",
        event_type: evil,
        platform: evil,
        entity_id: 1,
        community_id: 1,
      };
      await call(
        "POST",
        "/api/v1/events",
        { ...event, user: { id: evil, name: evil, roles: [evil] } },
        { "x-api-key": apiKey },
      );
      await call("POST", "/api/v1/workflows", { name: evil, nodes: { [evil]: { node_type: evil } } });
      await fetch(`${url}/${evil}`, {
        method: ["PROPFIND", "PURGE", "MKCOL"][count % 3] ?? "",
        headers: { host: evil },
      });
    }
    const after = await shape();
    expect(after.filter((each) => each.includes("evil"))).toEqual([]);
    // New are only answers that these routes had not given before.
    const added = after.filter((each) => !before.includes(each));
    expect(added.length).toBeLessThan(12);
    expect(added.every((each) => each.startsWith("http_request_duration_seconds_count"))).toBe(true);
  });

  const shape = async () =>
    (await program.scrape())
      .filter(({ name, labels }) => labels.le === undefined && !name.endsWith("_sum"))
      .map(({ name, labels }) => `${name} ${JSON.stringify(labels)}`);
});

describe("a database that is gone", () => {
  it("is said, and its figures are no numbers; all others are still told", async () => {
    const cut = await startProgram();
    const { rows } = await cut.test.database.primary.query<{ name: string }>("SELECT current_database() AS name");
    const name = rows[0]?.name ?? "";
    const admin = program.test.database.primary;
    try {
      await admin.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS false`);
      await admin.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", [name]);
      await until(async () => numberOf(await cut.scrape(), "workflow_core_database_up") === 0, "down", 20_000);
      series = await cut.scrape();
      expect(value("queue_depth", { waits_for: "slot" })).toBeNaN();
      expect(value("executions_accepted_total", { source: "manual" })).toBe(0);
    } finally {
      await admin.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS true`);
      await cut.close();
    }
  });
});
