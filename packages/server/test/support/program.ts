// The whole program on a test database, answering on a port of its own, with a Router behind it, and what Prometheus
// would read of it.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Json, WorkflowGraph } from "@workflow-core/core";
import { draw } from "@workflow-core/core/testing";
import { signToken } from "../../src/access/tokens.js";
import { type App, createApp } from "../../src/app.js";
import type { LogFields } from "../../src/log.js";
import { loadSettings } from "../../src/settings.js";
import { apiKey, greeting, secret } from "./app.js";
import { type TestDatabase, testDatabase } from "./database.js";
import { type FakeRouter, startFakeRouter } from "./fake-router.js";
import { memoryLog } from "./memory-log.js";
import { type Series, seriesOf } from "./prometheus.js";

// biome-ignore lint/suspicious/noExplicitAny: tests look into documents of every shape
export type Data = any;

export interface Program {
  app: App;
  test: TestDatabase;
  router: FakeRouter;
  lines: LogFields[];
  url: string;
  /** One request as user 7, or with the headers given; gives status and `data` or `error`. */
  call(
    method: string,
    path: string,
    body?: object,
    headers?: Record<string, string>,
  ): Promise<{ status: number; data: Data }>;
  /** Publishes a workflow of community 1; gives its id. */
  publish(graph: Partial<WorkflowGraph>): Promise<string>;
  /** Starts a workflow and waits for its end; gives the execution. */
  run(workflowId: string, variables?: Record<string, Json>): Promise<Data>;
  scrape(): Promise<Series[]>;
  close(): Promise<void>;
}

/** Starts the program; on `database`, when several share one. */
export async function startProgram(
  environment: Record<string, string> = {},
  database?: TestDatabase,
): Promise<Program> {
  const test = database ?? (await testDatabase());
  const router = await startFakeRouter();
  const { log, lines } = memoryLog();
  const ports = { MODULE_PORT: "0", GRPC_PORT: "0", DATABASE_URI: test.uri, ROUTER_URL: router.url };
  const settings = loadSettings({ SECRET_KEY: secret, API_KEY: apiKey, ...ports, ...environment });
  const app = await createApp({ settings, log });
  const { url } = await app.listen();
  const signed = { authorization: `Bearer ${await signToken({ user_id: 7 }, secret)}` };
  const call: Program["call"] = async (method, path, body, headers = signed) => {
    const type: Record<string, string> = body === undefined ? {} : { "content-type": "application/json" };
    const answer = await fetch(url + path, {
      ...{ method, headers: { ...type, ...headers } },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const document = (await answer.json().catch(() => ({}))) as { data?: Data; error?: Data };
    return { status: answer.status, data: document.data ?? document.error };
  };
  return {
    ...{ app, test, router, lines, url, call },
    publish: async (graph) => {
      const made = await call("POST", "/api/v1/workflows", { name: "A", entity_id: 1, community_id: 1, ...graph });
      if (made.status !== 201) throw new Error(`not made: ${JSON.stringify(made.data)}`);
      const published = await call("POST", `/api/v1/workflows/${made.data.workflow_id}/publish`);
      if (published.status !== 200) throw new Error(`not published: ${JSON.stringify(published.data)}`);
      return made.data.workflow_id;
    },
    run: async (workflowId, variables = {}) => {
      const body = { community_id: 1, variables };
      return (await call("POST", `/api/v1/workflows/${workflowId}/execute?wait=20`, body)).data;
    },
    scrape: async () => seriesOf(await (await fetch(`${url}/metrics`)).text()),
    close: async () => {
      await app.close();
      await router.close();
      if (database === undefined) await test.drop();
    },
  };
}

/** A bit of everything: messages, guest code, an HTTP call, a failure, a chat command, a webhook, a 5xx. */
export async function exercise({ call, publish, run }: Program): Promise<void> {
  const api = createServer((_request, response) => response.end("{}"));
  await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
  const { port } = api.address() as AddressInfo; // listening on TCP, so it is no pipe's name
  try {
    const hello = await publish(greeting());
    await run(hello);
    await run(await publish(everything(`http://127.0.0.1:${port}/`)));
    await call("POST", `/api/v1/workflows/${await publish(pausing)}/execute?wait=0.05`, { community_id: 1 });
    const place = { platform: "twitch", entity_id: 1, community_id: 1, channel_id: "5" };
    const event = {
      ...place,
      delivery_id: "one",
      type: "command",
      message: "!hello",
      user: { id: "1", name: "ada", roles: [] },
    };
    await call("POST", "/api/v1/events", event, { "x-api-key": apiKey });
    const hook = await call("POST", `/api/v1/workflows/${hello}/webhooks`, { name: "hook", require_signature: false });
    await call("POST", new URL(hook.data.url).pathname, { any: "thing" }, {});
  } finally {
    api.close();
  }
}

const pausing = draw("start -> pause -> end", {
  start: ["trigger_command", { command_name: "wait" }],
  pause: ["action_delay", { delay_seconds: 2 }],
  end: "flow_end",
});

const everything = (url: string): WorkflowGraph =>
  draw("start -> shape -> ask -> end", {
    start: ["trigger_command", { command_name: "all" }],
    shape: ["data_transform", { transform_code: "return 1 + 1" }],
    ask: ["action_webhook", { url, method: "GET" }],
    end: "flow_end",
  });
