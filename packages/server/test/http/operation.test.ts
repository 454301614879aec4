// How the process is doing: health, readiness, switched off, draining, database gone, bugs.
import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { databaseOn } from "../../src/store/database.js";
import { apiKey, type Caller, make, publish, type TestApp, testApp } from "../support/app.js";

let app: TestApp;
let ada: Caller;
let nobody: Caller;
beforeAll(async () => {
  app = await testApp();
  ada = await app.as({ user_id: 7 });
  nobody = await app.as(undefined);
});
afterEach(() => Object.assign(app.state, { draining: false, reasons: [] }));
afterAll(() => app.close());

describe("health and readiness", () => {
  it("says exactly what the contract says while the process lives", async () => {
    const { status, json } = await nobody("/health");
    expect(status).toBe(200);
    expect(json).toEqual({ success: true, data: { healthy: true, module: "workflow_core_module" } });
  });

  it("is ready, or says why not", async () => {
    expect((await nobody("/ready")).json).toEqual({ success: true, data: { ready: true, reasons: [] } });
    app.state.reasons = ["the database is not migrated"];
    const { status, json } = await nobody("/ready");
    expect(status).toBe(503);
    expect(json.data).toEqual({ ready: false, reasons: ["the database is not migrated"] });
    app.state.draining = true;
    expect((await nobody("/ready")).json.data.reasons).toHaveLength(2);
  });

  it("tells module, version and features", async () => {
    const { data } = (await nobody("/api/v1/status")).json;
    expect(data).toMatchObject({
      module: "workflow_core_module",
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      status: "operational",
    });
    expect(data.features).toEqual({ workflows: true, release_mode: false, practice_router: true });
    expect(data.uptime_seconds).toBeGreaterThanOrEqual(0);
  });

  it("gives numbers by route, never by address", async () => {
    const { workflow_id } = await make(ada);
    await ada(`/api/v1/workflows/${workflow_id}`);
    await ada("/no/such/thing?token=abc");
    const { text, headers } = await nobody("/metrics");
    expect(headers["content-type"]).toContain("text/plain");
    expect(text).toMatch(
      /http_request_duration_seconds_count\{method="GET",route="\/api\/v1\/workflows\/:id",status="2xx"\} \d/,
    );
    expect(text).toContain("process_cpu_seconds_total");
    expect(text).not.toContain(workflow_id);
    expect(text).not.toContain("/no/such/thing");
  });
});

describe("answers", () => {
  it("carry the id that the log line carries, and headers that keep pages in their place", async () => {
    const { headers } = await ada("/api/v1/workflows");
    const line = app.lines.find(
      ({ action, request_id }) => action === "http_request" && request_id === headers["x-request-id"],
    );
    expect(line).toMatchObject({
      event_type: "SYSTEM",
      level: "DEBUG",
      method: "GET",
      route: "/api/v1/workflows",
      status: 200,
      user: 7,
    });
    expect(headers["cache-control"]).toBe("no-store");
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["content-security-policy"]).toContain("default-src 'none'");
    expect(headers["x-powered-by"]).toBeUndefined();
  });

  it("leave an AUTH line on a refusal, with the reason and without the token", async () => {
    const { headers } = await nobody("/api/v1/workflows", { headers: { authorization: "Bearer a.bad.token" } });
    const line = app.lines.find(
      ({ event_type, request_id }) => event_type === "AUTH" && request_id === headers["x-request-id"],
    );
    expect(line).toMatchObject({ result: "DENIED", route: "/api/v1/workflows", reason: expect.any(String) });
    expect(JSON.stringify(app.lines)).not.toContain("a.bad.token");
    expect(JSON.stringify(app.lines)).not.toContain(apiKey);
  });
});

describe("workflows that are switched off", () => {
  it("can be read, and nothing else", async () => {
    const off = await testApp({ environment: { FEATURE_WORKFLOWS_ENABLED: "false" } });
    try {
      const call = await off.as({ user_id: 7 });
      for (const path of ["/api/v1/workflows", "/api/v1/node-types", "/api/v1/status", "/health"])
        expect((await call(path)).status, path).toBe(200);
      expect((await call("/api/v1/status")).json.data.status).toBe("disabled");
      for (const path of ["/api/v1/workflows", "/api/v1/workflows/validate"]) {
        const { status, json } = await call(path, { method: "POST", body: {} });
        expect(status, path).toBe(503);
        expect(json.error.code).toBe("SERVICE_UNAVAILABLE");
      }
      const anonymous = await off.as(undefined);
      expect((await anonymous("/api/v1/workflows", { method: "POST" })).status).toBe(401);
    } finally {
      await off.close();
    }
  });
});

describe("a process that is about to end", () => {
  it("takes nothing new and closes its connections", async () => {
    const { workflow_id } = await publish(ada);
    app.state.draining = true;
    const refused = await ada(`/api/v1/workflows/${workflow_id}/execute`, {
      method: "POST",
      body: { community_id: 1 },
    });
    expect(refused.status).toBe(503);
    expect(refused.headers).toMatchObject({ connection: "close", "retry-after": "1" });
    const read = await ada(`/api/v1/workflows/${workflow_id}`);
    expect(read.status).toBe(200);
    expect(read.headers.connection).toBe("close");
  });
});

describe("a database that is not there", () => {
  it("is 503 with Retry-After, never 404 and never 500, and says nothing of the inside", async () => {
    const gone = new pg.Pool({ host: "127.0.0.1", port: 1, connectionTimeoutMillis: 500 });
    const cut = await testApp({ database: () => databaseOn(gone) });
    try {
      const call = await cut.as({ user_id: 7 });
      const id = "5f0c1a52-6f0e-4d0e-9a39-0d3f1f6a7b11";
      for (const path of ["/api/v1/workflows", `/api/v1/workflows/${id}`, `/api/v1/workflows/executions/${id}`]) {
        const { status, json, headers, text } = await call(path);
        expect(status, path).toBe(503);
        expect(json.error.code).toBe("SERVICE_UNAVAILABLE");
        expect(headers["retry-after"]).toBe("2");
        expect(text).not.toMatch(/ECONNREFUSED|127\.0\.0\.1|select/i);
      }
      expect((await call("/health")).status).toBe(200);
      expect(cut.lines).toContainEqual(expect.objectContaining({ action: "http_unavailable" }));
    } finally {
      await gone.end();
      await cut.close();
    }
  });
});

describe("preconditions and ranges that do not hold", () => {
  it("are refused for files as for everything else, and are no bug", async () => {
    const anyone = await app.as(undefined);
    for (const headers of [{ "if-match": '"x"' }, { "if-unmodified-since": "Thu, 01 Jan 1970 00:00:00 GMT" }])
      expect((await anyone("/", { headers })).json.error.code).toBe("CONFLICT");
    const { status } = await anyone("/", { headers: { range: "bytes=999999999-" } });
    expect([200, 400]).toContain(status);
    expect(app.lines.filter(({ action }) => action === "http_error")).toEqual([]);
  });
});

describe("a bug", () => {
  it("is 500 with an id that leads to its stack in the log", async () => {
    const broken = await testApp({
      database: () => ({
        get primary(): never {
          throw new TypeError("cannot read secret-table of undefined");
        },
        read: () => {
          throw new TypeError("cannot read secret-table of undefined");
        },
      }),
    });
    try {
      const { status, json, text } = await (await broken.as({ user_id: 7 }))("/api/v1/workflows");
      expect(status).toBe(500);
      expect(json.error).toEqual({
        code: "INTERNAL_ERROR",
        message: expect.stringContaining("request id"),
        request_id: expect.any(String),
      });
      expect(text).not.toContain("secret-table");
      const line = broken.lines.find(({ action }) => action === "http_error");
      expect(line).toMatchObject({ event_type: "ERROR", request_id: json.error.request_id });
      expect(line?.error).toMatchObject({ stack: expect.stringContaining("operation.test") });
    } finally {
      await broken.close();
    }
  });
});

describe("other pages", () => {
  it("may call from the origins of CORS_ORIGINS, and from no other", async () => {
    const shared = await testApp({ environment: { CORS_ORIGINS: "https://builder.example.org" } });
    try {
      const call = await shared.as(undefined);
      const preflight = (origin: string) =>
        call("/api/v1/workflows", { method: "OPTIONS", headers: { origin, "access-control-request-method": "POST" } });
      const known = await preflight("https://builder.example.org");
      expect(known.status).toBe(204);
      expect(known.headers["access-control-allow-origin"]).toBe("https://builder.example.org");
      expect(known.headers["access-control-allow-credentials"]).toBeUndefined();
      expect((await preflight("https://evil.example.org")).headers["access-control-allow-origin"]).toBeUndefined();
    } finally {
      await shared.close();
    }
    expect(
      (await nobody("/health", { headers: { origin: "https://builder.example.org" } })).headers[
        "access-control-allow-origin"
      ],
    ).toBeUndefined();
  });
});
