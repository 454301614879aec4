// The HTTP door on a test database: a real engine, the practice router and the real sandbox behind it.
import { defaultLimits, type Json, type Limits, type WorkflowGraph } from "@workflow-core/core";
import { draw } from "@workflow-core/core/testing";
import type { FastifyInstance } from "fastify";
import type { License } from "../../src/access/license.js";
import { createSecrets } from "../../src/access/secrets.js";
import { signToken, type TokenContent } from "../../src/access/tokens.js";
import { type Clock, systemClock } from "../../src/clock.js";
import { createEngine, type Engine } from "../../src/execution/engine.js";
import { createHttpServer } from "../../src/http/server.js";
import type { Services } from "../../src/http/services.js";
import type { LogFields } from "../../src/log.js";
import { createOutside, type ServerOutside } from "../../src/outbound/outside.js";
import { withSecrets } from "../../src/outbound/secrets.js";
import { loadSettings } from "../../src/settings.js";
import type { Database } from "../../src/store/database.js";
import { openPool } from "../../src/store/pool.js";
import type { Workflow } from "../../src/store/workflows.js";
import { createTriggers } from "../../src/triggers/triggers.js";
import { canaries, lookForCanaries } from "./canaries.js";
import { type TestDatabase, testDatabase } from "./database.js";
import { memoryLog } from "./memory-log.js";

export const { secretKey: secret, apiKey } = canaries;

/** What an answer of the door is to a test. */
export interface Reply {
  status: number;
  headers: Record<string, string | string[] | number | undefined>;
  /** The body when it is JSON, else undefined. */
  json: {
    success: boolean;
    message?: string;
    // biome-ignore lint/suspicious/noExplicitAny: tests look into documents of every shape
    data: any;
    // biome-ignore lint/suspicious/noExplicitAny: tests look into documents of every shape
    error: { code: string; message: string; details?: any; request_id: string };
    meta: { pagination: Record<string, unknown> };
  };
  text: string;
}

export interface Call {
  method?: "GET" | "POST" | "PUT" | "DELETE" | "HEAD" | "OPTIONS" | "PATCH";
  body?: unknown;
  headers?: Record<string, string>;
}

export interface TestAppOptions {
  environment?: Record<string, string>;
  slots?: number;
  limits?: Partial<Limits>;
  license?: License;
  clock?: Clock;
  database?: (database: Database) => Database;
}

export interface TestApp {
  test: TestDatabase;
  http: FastifyInstance;
  engine: Engine;
  outside: ServerOutside;
  services: Services;
  /** Lines logged so far. */
  lines: LogFields[];
  state: { draining: boolean; reasons: string[] };
  /** A caller with this token; `undefined` calls without credentials. */
  as(content: TokenContent | undefined): Promise<Caller>;
  service(onBehalfOf?: number): Caller;
  close(): Promise<void>;
}

export type Caller = (path: string, call?: Call) => Promise<Reply>;

export const greeting = (message = "Hello, {{ username }}!"): WorkflowGraph =>
  draw("start -> greet -> end", {
    start: ["trigger_command", { command_name: "hello" }],
    greet: ["action_chat_message", { message }],
    end: ["flow_end", { output_data: { said: true } }],
  });

/** A workflow that waits for so many seconds. */
export const waiting = (seconds: number): WorkflowGraph =>
  draw("start -> pause -> end", {
    start: ["trigger_command", { command_name: "wait" }],
    pause: ["action_delay", { delay_seconds: seconds }],
    end: "flow_end",
  });

/** Opens the door; `close` it after the tests. */
export async function testApp(options: TestAppOptions = {}): Promise<TestApp> {
  const test = await testDatabase();
  const settings = loadSettings({ SECRET_KEY: secret, API_KEY: apiKey, ...options.environment });
  const clock = options.clock ?? systemClock;
  const outside = createOutside({
    ...{ routerUrl: settings.ROUTER_URL, routerApiKey: settings.API_KEY, sandboxSize: 1 },
    egressAllow: settings.EGRESS_ALLOW_CIDRS,
  });
  const { resolve } = createSecrets({ database: test.database, settings });
  const withValues = withSecrets(outside, { resolve, routerUrl: settings.ROUTER_URL });
  const enginePool = openPool({ uri: test.uri, max: 4, applicationName: "test-engine" });
  const limits = { ...defaultLimits, ...options.limits };
  const quiet = {
    info: () => undefined,
    warn: () => undefined,
    error: (action: string, error: unknown) => console.error(action, error),
  };
  const { log, lines } = memoryLog();
  const engine = createEngine({
    ...{ database: test.database, enginePool, outside: withValues, limits, clock: systemClock },
    ...{ name: "test", role: "all", slots: options.slots ?? 10, parkAfterMs: 50, log: quiet },
  });
  await engine.worker.start();
  const license = options.license ?? { require: async () => ({ workflowsMax: undefined }) };
  const triggers = createTriggers({
    database: test.database,
    start: engine.start,
    license,
    clock: systemClock,
    log: quiet,
  });
  await triggers.start();
  const state = { draining: false, reasons: [] as string[] };
  const services: Services = {
    ...{ settings, log, clock, database: options.database?.(test.database) ?? test.database, limits },
    ...{ start: engine.start, worker: engine.worker, live: engine.live, plans: engine.plans },
    ...{ practice: outside.practice, outside, startedAt: clock.now() },
    ...{ license, triggers },
    draining: () => state.draining,
    ready: () => ({ ready: state.reasons.length === 0, reasons: state.reasons }),
  };
  const http = await createHttpServer(services);
  return {
    ...{ test, http, engine, outside, services, lines, state },
    as: async (content) =>
      caller(http, content === undefined ? {} : { authorization: `Bearer ${await signToken(content, secret)}` }),
    service: (onBehalfOf) =>
      caller(http, {
        "x-api-key": apiKey,
        ...(onBehalfOf === undefined ? {} : { "x-on-behalf-of": String(onBehalfOf) }),
      }),
    close: async () => {
      await http.close();
      await triggers.stop();
      await engine.worker.drain(1);
      await outside.close();
      await enginePool.end();
      await test.drop();
    },
  };
}

function caller(http: FastifyInstance, credentials: Record<string, string>): Caller {
  return async (path, { method = "GET", body, headers = {} } = {}) => {
    const response = await http.inject({
      method,
      url: path,
      headers: { ...credentials, ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
      ...(body === undefined
        ? {}
        : { payload: typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body) }),
    });
    lookForCanaries(`${JSON.stringify(response.headers)}${response.body}`, `the answer to ${method} ${path}`);
    const isJson = String(response.headers["content-type"]).startsWith("application/json") && response.body !== "";
    return {
      status: response.statusCode,
      headers: response.headers,
      json: isJson ? response.json() : undefined,
      text: response.body,
    } as Reply;
  };
}

/** Makes a workflow through the door, in community 1 unless said otherwise. */
export async function make(
  call: Caller,
  graph: Partial<WorkflowGraph> = greeting(),
  more: Record<string, Json> = {},
): Promise<Workflow> {
  const made = await call("/api/v1/workflows", {
    method: "POST",
    body: { name: "A workflow", entity_id: 1, community_id: 1, ...graph, ...more },
  });
  if (made.status !== 201) throw new Error(`not made: ${made.text}`);
  return made.json.data;
}

/** Makes a workflow and publishes it. */
export async function publish(
  call: Caller,
  graph?: Partial<WorkflowGraph>,
  more?: Record<string, Json>,
): Promise<Workflow> {
  const { workflow_id } = await make(call, graph, more);
  const published = await call(`/api/v1/workflows/${workflow_id}/publish`, { method: "POST" });
  if (published.status !== 200) throw new Error(`not published: ${published.text}`);
  return published.json.data;
}
