// Traces from the request that starts an execution to what the Router is asked, received by a real collector.
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { draw } from "@workflow-core/core/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { apiKey, greeting } from "../support/app.js";
import { type Collector, startCollector } from "../support/collector.js";
import { testDatabase } from "../support/database.js";
import { ask, grpcApp, metadata } from "../support/grpc.js";
import { type Program, startProgram } from "../support/program.js";
import { until } from "../support/until.js";

let collector: Collector;
let program: Program;
const traced = () => ({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_EXPORTER_OTLP_HEADERS: "x-key=a%2Cb" });
beforeAll(async () => {
  collector = await startCollector();
  program = await startProgram({ ...traced(), OTEL_SERVICE_NAME: "chat", EGRESS_ALLOW_CIDRS: "127.0.0.1/32" });
});
let begun = 0;
beforeEach(() => {
  begun = Date.now();
  collector.spans.length = 0;
  program.router.reset();
});
afterAll(async () => {
  await program.close();
  collector.close();
});

const callerTrace = "4bf92f3577b34da6a3ce929d0e0e4736";
const callerSpan = "00f067aa0ba902b7";
const caller = `00-${callerTrace}-${callerSpan}-01`;
const withKey = (traceparent: string) => ({ "x-api-key": apiKey, traceparent });
const execute = "POST /api/v1/workflows/:id/execute";

/** The spans of this test with these names, once all have come. */
const spans = async (...names: string[]) => {
  const find = (name: string) => collector.spans.find((span) => span.name === name && span.start >= begun);
  await until(() => names.every((name) => find(name) !== undefined), `${names}`, 15_000);
  return names.map((name) => find(name) as NonNullable<ReturnType<typeof find>>);
};

describe("one trace", () => {
  it("goes from the caller through request, execution and action to the Router", async () => {
    const id = await program.publish(greeting());
    await program.call("POST", `/api/v1/workflows/${id}/execute`, {}, withKey(caller));
    const [request, execution, action] = await spans(execute, "execution", "action_chat_message");
    expect(
      new Set(
        collector.spans
          .filter(({ name }) => !name.includes("publish") && name !== "POST /api/v1/workflows")
          .map(({ traceId }) => traceId),
      ),
    ).toEqual(new Set([callerTrace]));
    expect(request?.parentSpanId).toBe(callerSpan);
    expect(execution?.parentSpanId).toBe(request?.spanId);
    expect(action?.parentSpanId).toBe(execution?.spanId);
    const [delivery] = program.router.ledger;
    expect(delivery?.headers.traceparent).toBe(`00-${callerTrace}-${action?.spanId}-01`);
    expect(action?.attributes).toMatchObject({
      "workflow_core.execution.id": delivery?.execution_id,
      "workflow_core.node.id": "greet",
      "workflow_core.idempotency_key": delivery?.key,
    });
    expect(execution?.attributes).toMatchObject({
      "workflow_core.workflow.id": id,
      "workflow_core.outcome": "completed",
    });
    expect(request?.attributes).toMatchObject({ "http.response.status_code": 202 });
    expect(execution?.start).toBeLessThanOrEqual(action?.start ?? 0);
    expect(execution?.end).toBeGreaterThanOrEqual((action?.end ?? 0) - 5);
    expect(request?.service).toBe("chat");
    expect(collector.headers[0]?.["x-key"]).toBe("a,b");
  });

  it("goes on in another process, where what was accepted here is carried out", async () => {
    const test = await testDatabase();
    const api = await startProgram({ ...traced(), ROLE: "api", OTEL_SERVICE_NAME: "door" }, test);
    const worker = await startProgram({ ...traced(), ROLE: "worker", OTEL_SERVICE_NAME: "hand" }, test);
    try {
      await api.call("POST", `/api/v1/workflows/${await api.publish(greeting())}/execute`, {}, withKey(caller));
      const [request, execution, action] = await spans(execute, "execution", "action_chat_message");
      expect([request?.service, execution?.service, action?.service]).toEqual(["door", "hand", "hand"]);
      expect([execution?.parentSpanId, action?.parentSpanId]).toEqual([request?.spanId, execution?.spanId]);
      expect(worker.router.ledger[0]?.headers.traceparent).toBe(`00-${callerTrace}-${action?.spanId}-01`);
    } finally {
      await api.close();
      await worker.close();
      await test.drop();
    }
  });

  it("begins with a chat command's delivery, or with the execution itself", async () => {
    await program.publish(greeting());
    const place = { platform: "twitch", entity_id: 1, community_id: 1 };
    const user = { id: "1", name: "ada", roles: [] };
    const event = { ...place, delivery_id: "one", type: "command", message: "!hello", user };
    await program.call("POST", "/api/v1/events", event, { "x-api-key": apiKey });
    const [delivered, execution] = await spans("POST /api/v1/events", "execution");
    expect(delivered?.parentSpanId).toBe("");
    expect(execution?.parentSpanId).toBe(delivered?.spanId);

    collector.spans.length = 0;
    begun = Date.now();
    const { start } = program.app.services;
    const workflow_id = await program.publish(greeting());
    const row = await program.test.database.primary.query(
      "SELECT published_version FROM workflows WHERE workflow_id = $1",
      [workflow_id],
    );
    await start({
      workflow: { workflow_id, community_id: 1, entity_id: 1, version: row.rows[0].published_version },
      source: "schedule",
    });
    const [alone] = await spans("execution");
    expect(alone?.parentSpanId).toBe("");
  });

  it("says what failed", async () => {
    program.router.plan([{ behaviour: { do: "status", status: 400 } }]);
    const id = await program.publish(greeting());
    await program.run(id);
    const [execution, action] = await spans("execution", "action_chat_message");
    expect(action?.attributes["error.type"]).toBe("ROUTER_STATUS");
    expect(action?.error).toContain("400");
    expect(execution?.attributes["workflow_core.outcome"]).toBe("failed");
    expect(execution?.error).toContain("400");
  });

  it("is told to the APIs that nodes call, unless the workflow says otherwise", async () => {
    const seen: IncomingHttpHeaders[] = [];
    const api = createServer((request, response) => {
      seen.push(request.headers);
      response.end("{}");
    });
    await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
    try {
      const url = `http://127.0.0.1:${(api.address() as AddressInfo).port}/`;
      const asking = (headers: Record<string, string>) =>
        draw("start -> ask -> end", {
          start: ["trigger_command", { command_name: "ask" }],
          ask: ["action_webhook", { url, method: "GET", headers }],
          end: "flow_end",
        });
      await program.run(await program.publish(asking({})));
      const [action] = await spans("action_webhook");
      expect(seen[0]?.traceparent).toBe(`00-${action?.traceId}-${action?.spanId}-01`);
      await program.run(await program.publish(asking({ TraceParent: "mine" })));
      expect(seen[1]?.traceparent).toBe("mine");
    } finally {
      api.close();
    }
  });
});

describe("gRPC", () => {
  it("takes the caller's trace, and gives each execution its place in it", async () => {
    const app = await grpcApp({ ...traced(), OTEL_SERVICE_NAME: "grpc" });
    try {
      const request = {
        ...{ workflowId: await app.publish(greeting()), communityId: 1, variables: "", triggerSource: "command" },
        ...{ triggerNode: "", sessionId: "", idempotencyKey: "", waitSeconds: 0, licenseKey: "" },
      };
      await ask(app.client, app.client.executeWorkflow, request, metadata(withKey(caller)));
      const [call, execution] = await spans("GRPC ExecuteWorkflow", "execution");
      expect([call?.traceId, call?.parentSpanId]).toEqual([callerTrace, callerSpan]);
      expect(execution?.parentSpanId).toBe(call?.spanId);
    } finally {
      await app.close();
    }
  });
});

describe("strangers", () => {
  it("cannot have their calls of webhooks put into a trace of theirs", async () => {
    const id = await program.publish(greeting());
    const hook = await program.call("POST", `/api/v1/workflows/${id}/webhooks`, {
      name: "h",
      require_signature: false,
    });
    await program.call("POST", new URL(hook.data.url).pathname, {}, { traceparent: caller });
    const [execution] = await spans("execution");
    expect(execution?.traceId).not.toBe(callerTrace);
  });
});

describe("what is not recorded", () => {
  it("is not sent, and says so to the Router; a caller's wish still holds", async () => {
    const quiet = await startProgram({ ...traced(), OTEL_TRACES_SAMPLER_ARG: "0", OTEL_SERVICE_NAME: "quiet" });
    const id = await quiet.publish(greeting());
    expect((await quiet.run(id)).status).toBe("completed");
    expect(quiet.router.ledger[0]?.headers.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
    await quiet.call("POST", `/api/v1/workflows/${id}/execute?wait=10`, {}, withKey(caller));
    await quiet.close(); // sends what waits
    const sent = collector.spans.filter(({ service }) => service === "quiet");
    expect(new Set(sent.map(({ traceId }) => traceId))).toEqual(new Set([callerTrace]));
  });

  it("leaves nothing in the journal and in calls when no collector is named", async () => {
    const plain = await startProgram();
    try {
      await plain.run(await plain.publish(greeting()));
      expect(plain.router.ledger[0]?.headers.traceparent).toBeUndefined();
      const { rows } = await plain.test.database.primary.query(
        "SELECT data FROM workflow_execution_events WHERE type = 'started'",
      );
      expect(rows[0].data).not.toContain("trace");
    } finally {
      await plain.close();
    }
  });
});

describe("a collector that is gone", () => {
  it("disturbs nobody, is told of in the log, and holds no end up", async () => {
    const lonely = await startProgram({ OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9" });
    const id = await lonely.publish(greeting());
    for (let count = 0; count < 3; count += 1) expect((await lonely.run(id)).status).toBe("completed");
    const begun = performance.now();
    await lonely.close();
    expect(performance.now() - begun).toBeLessThan(6000);
    expect(lonely.lines.filter(({ action }) => action === "tracing")).toHaveLength(1);
  });
});
