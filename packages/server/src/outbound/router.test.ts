import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { callOf, executionId } from "../../test/support/calls.js";
import { type FakeRouter, startFakeRouter } from "../../test/support/fake-router.js";
import type { Behaviour } from "../../test/support/fake-router-answers.js";
import { createRouter, type RouterClient } from "./router.js";

let fake: FakeRouter;
const clients: RouterClient[] = [];

const client = (url = fake.url) => {
  const made = createRouter({ url, apiKey: "key-of-the-service" });
  clients.push(made);
  return made;
};
const ask = (behaviour: Behaviour, timeoutSeconds = 5) => {
  fake.plan([{ behaviour }]);
  return client()("modules", { module_name: "chat" }, timeoutSeconds, callOf());
};

beforeAll(async () => {
  fake = await startFakeRouter();
});
afterEach(async () => {
  fake.reset();
  await Promise.all(clients.splice(0).map((each) => each.close()));
});
afterAll(() => fake.close());

describe("what is sent", () => {
  it("carries who is calling, and the same key on every attempt", async () => {
    const router = client(`${fake.url}/`);
    const body = { module_name: "chat", action: "send_message", params: { message: "hi" } };
    await router("modules", body, 5, callOf({ node_id: "grüße 1" }));
    await router("commands", { command: "!hug" }, 5, callOf({ attempt: 2, node_id: "grüße 1" }));
    const [first, second] = fake.ledger;
    expect(first).toMatchObject({ path: "/api/v1/modules/execute", body, attempt: 1, execution_id: executionId });
    expect(first?.headers).toMatchObject({ "x-api-key": "key-of-the-service", "content-type": "application/json" });
    expect(first?.node_id).toBe("gr%C3%BC%C3%9Fe%201");
    expect(second).toMatchObject({ path: "/api/v1/commands/execute", attempt: 2, duplicate: true, key: first?.key });
  });

  it("takes node ids of any script into the key, and half characters too", async () => {
    const answer = await client()("modules", {}, 5, callOf({ node_id: "\ud800", idempotencyKey: "e:日本\ud800%:1" }));
    expect(answer.ok).toBe(true);
    expect(fake.ledger[0]).toMatchObject({ key: "e:%E6%97%A5%E6%9C%AC%EF%BF%BD%25:1", node_id: "%EF%BF%BD" });
  });
});

describe("what is answered", () => {
  it("gives the body of a success", async () => {
    expect(await ask({ do: "ok", body: { data: { a: 1 } } })).toEqual({ ok: true, value: { data: { a: 1 } } });
  });

  it("takes an empty answer for a success without data", async () => {
    expect(await ask({ do: "empty" })).toEqual({ ok: true, value: {} });
  });

  it("unpacks what is packed", async () => {
    const body = gzipSync('{"success":true,"data":7}');
    const answer = await ask({ do: "raw", headers: { "content-encoding": "gzip" }, body });
    expect(answer).toEqual({ ok: true, value: { success: true, data: 7 } });
  });

  it.each<[Behaviour, string]>([
    [{ do: "garbage" }, "it is no JSON: "],
    [{ do: "deep" }, "the value is more than 64 levels deep"],
  ])("says why an answer is no use: $do", async (behaviour, why) => {
    const answer = await ask(behaviour);
    expect(answer.ok ? "" : answer.failure.message).toContain(why);
  });

  it("makes foreign text storable and keeps hostile keys out", async () => {
    expect(await ask({ do: "nul" })).toEqual({
      ok: true,
      value: { success: true, data: { x: "a\ufffdb", y: "\ufffd" } },
    });
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });

  it("takes success: false for a final no, in the Router's words", async () => {
    expect(await ask({ do: "ok", body: { success: false, error: { code: "X", message: "no such module" } } })).toEqual({
      ok: false,
      failure: { code: "ROUTER_REFUSED", message: "no such module", retryable: false },
    });
    const long = await ask({ do: "ok", body: { success: false, error: "x".repeat(5_000) } });
    expect(!long.ok && long.failure.message.length).toBe(1_000);
  });

  it.each<Behaviour>([
    { do: "garbage" },
    { do: "wrong-type" },
    { do: "null" },
    { do: "deep" },
    { do: "headers" },
    { do: "huge", bytes: 200e6 },
    { do: "raw", headers: { "content-encoding": "gzip" }, body: gzipSync(`{"data":"${"a".repeat(50e6)}"}`) },
    { do: "raw", headers: { "content-encoding": "br" }, body: "{}" },
    { do: "raw", headers: { "content-encoding": "gzip, gzip, gzip" }, body: "{}" },
  ])("cannot use $do, and says so once", async (behaviour) => {
    const before = process.memoryUsage().rss;
    const answer = await ask(behaviour);
    expect(answer).toMatchObject({ ok: false, failure: { code: "ROUTER_ANSWER_INVALID", retryable: false } });
    expect(process.memoryUsage().rss - before).toBeLessThan(120 * 2 ** 20);
  });
});

describe("what is tried again", () => {
  it.each([408, 429, 500, 502, 503])("status %i", async (status) => {
    const answer = await ask({ do: "status", status, headers: { "retry-after": "7" } });
    expect(answer).toMatchObject({
      ok: false,
      failure: { code: "ROUTER_STATUS", retryable: true, retryAfterSeconds: 7, details: { status } },
    });
  });

  it.each([400, 401, 404, 422])("not status %i", async (status) => {
    const answer = await ask({ do: "status", status, body: { error: { message: "so what" } } });
    expect(answer).toMatchObject({
      ok: false,
      failure: { code: "ROUTER_STATUS", retryable: false, details: { status } },
    });
    expect(!answer.ok && answer.failure.message).toContain("so what");
  });

  it("not a redirect, and it is not followed", async () => {
    const answer = await ask({ do: "redirect", location: `${fake.url}/elsewhere` });
    expect(answer).toMatchObject({
      ok: false,
      failure: { code: "ROUTER_STATUS", retryable: false, details: { status: 302 } },
    });
    expect(fake.stats().deliveries).toBe(1);
  });

  it("honours Retry-After as a date", async () => {
    const date = new Date(Date.now() + 30_000).toUTCString();
    const answer = await ask({ do: "status", status: 503, headers: { "retry-after": date } });
    expect(!answer.ok && answer.failure.retryAfterSeconds).toBeGreaterThan(25);
    expect(!answer.ok && answer.failure.retryAfterSeconds).toBeLessThanOrEqual(31);
  });

  it.each<Behaviour>([{ do: "reset-before" }, { do: "reset-after" }, { do: "truncate" }])(
    "a connection that breaks: $do",
    async (behaviour) => {
      expect(await ask(behaviour)).toMatchObject({
        ok: false,
        failure: { code: "ROUTER_UNREACHABLE", retryable: true },
      });
    },
  );

  it("a host that is not there", async () => {
    const gone = await startFakeRouter();
    await gone.close();
    const answer = await client(gone.url)("modules", {}, 5, callOf());
    expect(answer).toMatchObject({ ok: false, failure: { code: "ROUTER_UNREACHABLE", retryable: true } });
  });

  it.each<Behaviour>([{ do: "hang-after" }, { do: "drip" }, { do: "slow", milliseconds: 1_000 }])(
    "no answer in time: $do",
    async (behaviour) => {
      const start = performance.now();
      expect(await ask(behaviour, 0.3)).toMatchObject({ ok: false, failure: { code: "TIMEOUT", retryable: true } });
      expect(performance.now() - start).toBeLessThan(900);
    },
  );
});

describe("giving up", () => {
  it("ends a call that nobody waits for any more, and closes its connection", async () => {
    fake.plan([{ behaviour: { do: "hang-after" } }]);
    const controller = new AbortController();
    const pending = client()("modules", {}, 5, callOf({ signal: controller.signal }));
    await expect.poll(() => fake.ledger.length).toBe(1);
    controller.abort();
    expect(await pending).toMatchObject({ ok: false, failure: { code: "ABORTED", retryable: false } });
    await expect.poll(() => fake.stats().inFlight).toBe(0);
  });

  it("does not start a call that nobody wants", async () => {
    const answer = await client()("modules", {}, 5, callOf({ signal: AbortSignal.abort() }));
    expect(answer).toMatchObject({ ok: false, failure: { code: "ABORTED" } });
    expect(fake.ledger).toHaveLength(0);
  });

  it("leaves a Router that is down alone after five calls in a row, whoever made them", async () => {
    fake.plan([{ behaviour: { do: "status", status: 503 } }]);
    const router = client();
    for (let n = 0; n < 5; n++) await router("modules", {}, 5, callOf({ context: { community_id: n } }));
    expect(await router("modules", {}, 5, callOf({ context: { community_id: 9 } }))).toMatchObject({
      ok: false,
      failure: { code: "CIRCUIT_OPEN", retryable: true, retryAfterSeconds: 10 },
    });
    expect(fake.ledger).toHaveLength(5);
  });

  it("goes on calling a Router that answers, however badly", async () => {
    const router = client();
    for (const status of [500, 404, 429, 500, 500, 400, 500]) {
      fake.plan([{ behaviour: { do: "status", status } }]);
      expect(await router("modules", {}, 5, callOf())).toMatchObject({ ok: false, failure: { code: "ROUTER_STATUS" } });
    }
    expect(fake.ledger).toHaveLength(7);
  });
});
