// Webhooks over two replicas: two programs on one database, with Redis and without, called at the same moment.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { signToken } from "../src/access/tokens.js";
import { type App, createApp } from "../src/app.js";
import { loadSettings } from "../src/settings.js";
import { apiKey, type Caller, publish, secret, testApp } from "./support/app.js";
import { type TestDatabase, testDatabase } from "./support/database.js";
import { memoryLog } from "./support/memory-log.js";
import { hasRedis, type TestRedis, testRedis } from "./support/redis.js";
import { until } from "./support/until.js";
import { makeWebhook, type NewWebhook, receiving, signed } from "./support/webhooks.js";

const environment = { SECRET_KEY: secret, API_KEY: apiKey, MODULE_PORT: "0", GRPC_PORT: "0" };

interface Replica extends App {
  url: string;
  lines: ReturnType<typeof memoryLog>["lines"];
}

async function startReplica(databaseUri: string, more: Record<string, string>): Promise<Replica> {
  const { log, lines } = memoryLog();
  // A host is asked for; the one in `?host=`, a socket's directory, is taken instead.
  const DATABASE_URI = databaseUri.replace("@/", "@localhost/");
  const app = await createApp({ settings: loadSettings({ ...environment, DATABASE_URI, ...more }), log });
  const { url } = await app.listen();
  return { ...app, url, lines };
}

/** Calls a replica's API as ada. */
const caller =
  ({ url }: Replica): Caller =>
  async (path, { method = "GET", body } = {}) => {
    const authorization = `Bearer ${await signToken({ user_id: 7, username: "ada", community_ids: [1] }, secret)}`;
    const response = await fetch(url + path, {
      method,
      headers: { authorization, ...(body === undefined ? {} : { "content-type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: Object.fromEntries(response.headers), json: JSON.parse(text), text };
  };

async function call({ url }: Replica, hook: NewWebhook, body: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${url}/api/v1/workflows/webhooks/${hook.token}`, {
    ...{ method: "POST", body, headers: { ...signed(hook, body), ...headers } },
  });
  const json = (await response.json()) as { data?: { execution_id: string }; error?: { code: string } };
  return { status: response.status, headers: response.headers, id: json.data?.execution_id, code: json.error?.code };
}

const count = <T>(values: readonly T[], wanted: T) => values.filter((value) => value === wanted).length;

function tests(redis: () => TestRedis | undefined) {
  let test: TestDatabase;
  let replicas: [Replica, Replica];
  let ada: Caller;
  let workflowId: string;
  beforeAll(async () => {
    test = await testDatabase();
    const url = redis()?.url;
    const more: Record<string, string> = url === undefined ? {} : { REDIS_URL: url };
    replicas = [await startReplica(test.uri, more), await startReplica(test.uri, more)];
    ada = caller(replicas[0]);
    workflowId = (await publish(ada, receiving())).workflow_id;
  });
  afterAll(async () => {
    await Promise.all(replicas.map((replica) => replica.close()));
    await test.drop();
  });
  const both = <T>(times: number, action: (replica: Replica, index: number) => Promise<T>) =>
    Promise.all(Array.from({ length: times }, (_, index) => action(replicas[index % 2 === 0 ? 0 : 1], index)));
  const executions = async () =>
    (await test.database.primary.query("SELECT 1 FROM workflow_executions WHERE workflow_id = $1", [workflowId]))
      .rowCount;

  it("lets exactly 60 of 61 signed calls through", async () => {
    const hook = await makeWebhook(ada, workflowId);
    const before = (await executions()) ?? 0;
    const answers = await both(61, (replica, index) => call(replica, hook, `{"n":${index}}`));
    const statuses = answers.map(({ status }) => status);
    expect([count(statuses, 200), count(statuses, 429)]).toEqual([60, 1]);
    expect(await executions()).toBe(before + 60);
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.code).toBe("RATE_LIMIT_EXCEEDED");
    expect(Number(refused?.headers.get("retry-after"))).toBeGreaterThan(50);
    const [told] = (await ada(`/api/v1/workflows/${workflowId}/webhooks`)).json.data;
    expect(told.trigger_count).toBe(60);
    expect(new Set(answers.map(({ id }) => id))).toContain(told.last_execution_id);
  });

  it("starts one execution for one delivery, sent ten times at once", async () => {
    const hook = await makeWebhook(ada, workflowId);
    const before = (await executions()) ?? 0;
    const answers = await both(10, (replica) => call(replica, hook, "{}", { "x-delivery-id": "the-same" }));
    expect(answers.map(({ status }) => status)).toEqual(new Array(10).fill(200));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(await executions()).toBe(before + 1);
  });

  it("hears at once on every replica what was changed on one", async () => {
    const hook = await makeWebhook(ada, workflowId);
    const path = `/api/v1/workflows/${workflowId}/webhooks/${hook.webhook_id}`;
    expect((await call(replicas[1], hook, "{}")).status).toBe(200);
    await ada(path, { method: "PUT", body: { enabled: false } });
    expect((await call(replicas[1], hook, "{}")).code).toBe("WEBHOOK_DISABLED");
    await ada(path, { method: "PUT", body: { enabled: true } });
    const rotated = (await ada(`${path}/rotate-secret`, { method: "POST", body: { overlap_hours: 0 } })).json.data;
    expect((await call(replicas[1], hook, "{}")).code).toBe("SIGNATURE_INVALID");
    expect((await call(replicas[1], rotated, "{}")).status).toBe(200);
    await ada(path, { method: "DELETE" });
    expect((await call(replicas[1], rotated, "{}")).status).toBe(404);
  });

  it("says no secret in any log", async () => {
    const hook = await makeWebhook(ada, workflowId);
    await both(4, (replica) => call(replica, hook, "{}"));
    await both(4, (replica) => call(replica, { ...hook, secret: "wrong" }, "{}"));
    const lines = JSON.stringify(replicas.map((replica) => replica.lines));
    for (const secretText of [hook.secret, hook.token, signed(hook, "{}")["x-webhook-signature"] ?? "?"])
      expect(lines).not.toContain(secretText);
  });

  return { replicas: () => replicas, both, makeHook: (more = {}) => makeWebhook(ada, workflowId, more) };
}

describe("two replicas without Redis", () => {
  tests(() => undefined);
});

describe.skipIf(!hasRedis)("two replicas with Redis (needs redis-server)", () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await testRedis();
  });
  afterAll(() => redis.stop());
  const { replicas, both, makeHook } = tests(() => redis);

  it("keeps the limit, and answers nothing but 200 and 429, while Redis dies and comes back", async () => {
    const hook = await makeHook();
    const statuses: number[] = [];
    const send = async (times: number) => {
      for (const { status } of await both(times, (replica) => call(replica, hook, "{}"))) statuses.push(status);
    };
    await send(20);
    const dying = both(20, (replica) => call(replica, hook, "{}"));
    await redis.kill();
    for (const { status } of await dying) statuses.push(status);
    await send(30);
    await redis.start();
    await until(() => replicas().every(({ lines }) => lines.some(({ action }) => action === "redis_recovered")));
    await send(30);
    expect(count(statuses, 200) + count(statuses, 429)).toBe(100);
    expect(count(statuses, 200)).toBe(60);
    for (const { lines } of replicas()) {
      const about = lines.filter(({ action }) => String(action).startsWith("redis_"));
      expect(about.map(({ action }) => action)).toEqual(["redis_degraded", "redis_recovered"]);
    }
  });
});

describe("a database that is not there", () => {
  it("is 503 with a time, never 404", async () => {
    const { openPool } = await import("../src/store/pool.js");
    const nowhere = openPool({ uri: "postgresql://nobody@127.0.0.1:1/none", max: 1, applicationName: "nowhere" });
    const app = await testApp({ database: () => ({ primary: nowhere, read: () => nowhere }) });
    try {
      const answer = await app.http.inject({ method: "POST", url: `/api/v1/workflows/webhooks/${"a".repeat(32)}` });
      expect(answer.statusCode).toBe(503);
      expect(answer.json().error.code).toBe("SERVICE_UNAVAILABLE");
      expect(Number(answer.headers["retry-after"])).toBeGreaterThan(0);
    } finally {
      await app.close();
      await nowhere.end();
    }
  });
});
