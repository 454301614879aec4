// The builder's sessions: begun with a token, kept in a cookie, safe from other pages, ended for good.
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { layeredSessionStore, memorySessionStore } from "../../src/access/session-stores.js";
import { createSessions } from "../../src/access/sessions.js";
import { signToken, type TokenContent } from "../../src/access/tokens.js";
import { type Clock, systemClock } from "../../src/clock.js";
import { sessionTable } from "../../src/store/sessions.js";
import { apiKey, type Caller, publish, type Reply, secret, type TestApp, testApp } from "../support/app.js";

const hour = 60 * 60 * 1000;

/** The system's clock, put forward by `ahead` milliseconds. */
let ahead = 0;
const clock: Clock = {
  now: () => systemClock.now() + ahead,
  monotonic: () => systemClock.monotonic(),
  setTimer: systemClock.setTimer,
};

let app: TestApp;
let nobody: Caller;
beforeAll(async () => {
  app = await testApp({ clock });
  nobody = await app.as(undefined);
});
afterEach(() => {
  ahead = 0;
});
afterAll(() => app.close());

const path = "/api/v1/session";
const cookieOf = ({ headers }: Reply): string => /^[^;]*/.exec(String(headers["set-cookie"]))?.[0] ?? "";
const tokenFor = (content: Partial<TokenContent> = {}) =>
  signToken({ user_id: 7, username: "ada", community_ids: [1], ...content }, secret);

async function signIn(content: Partial<TokenContent> = {}) {
  const reply = await nobody(path, { method: "POST", body: { token: await tokenFor(content) } });
  expect(reply.status, reply.text).toBe(200);
  const cookie = cookieOf(reply);
  const call: Caller = (address, { headers = {}, ...rest } = {}) =>
    nobody(address, { ...rest, headers: { cookie, ...headers } });
  return { reply, cookie, call, csrf: { "x-csrf-token": String(reply.json.data.csrf_token) } };
}

const workflow = { name: "Mine", entity_id: 1, community_id: 1 };

describe("signing in", () => {
  it("exchanges a token for a cookie that no script and no other site can use", async () => {
    const { reply, call } = await signIn();
    const set = String(reply.headers["set-cookie"]);
    expect(set).toMatch(/^workflow_core_session=[\w-]{43}; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict$/);
    expect(reply.json.data).toEqual({
      principal: { kind: "user", user_id: 7, username: "ada", community_ids: [1], role_ids: [] },
      csrf_token: expect.stringMatching(/^[\w-]{43}$/),
      expires_at: expect.stringMatching(/Z$/),
    });
    const again = await call(path);
    expect(again.status).toBe(200);
    expect(again.json.data).toEqual(reply.json.data);
    expect(set).not.toContain(reply.json.data.csrf_token);
  });

  it("refuses what is no good token", async () => {
    for (const token of ["x", "a.b.c", await signToken({ user_id: 1 }, "another-key-0123456789")]) {
      const reply = await nobody(path, { method: "POST", body: { token } });
      expect(reply.status).toBe(401);
      expect(reply.headers["set-cookie"]).toBeUndefined();
    }
    for (const body of [{}, { token: 5 }, { development: false }, { token: "x", development: true }])
      expect((await nobody(path, { method: "POST", body })).status).toBe(400);
  });

  it("marks the cookie Secure where people come over https", async () => {
    const secure = await testApp({ environment: { PUBLIC_BASE_URL: "https://workflows.example.org" } });
    try {
      const reply = await (await secure.as(undefined))(path, { method: "POST", body: { token: await tokenFor() } });
      expect(String(reply.headers["set-cookie"])).toMatch(/; Secure$/);
    } finally {
      await secure.close();
    }
  });

  it("stores neither the cookie's value nor the token against forged requests", async () => {
    const database = await testApp();
    try {
      const sessions = createSessions({ store: sessionTable(database.test.database), clock: systemClock });
      const begun = await sessions.begin({ kind: "user", user_id: 1, community_ids: [], role_ids: [] }, undefined);
      const { rows } = await database.test.database.primary.query("SELECT * FROM workflow_sessions");
      expect(rows).toHaveLength(1);
      expect(JSON.stringify(rows)).not.toContain(begun.id);
      expect(JSON.stringify(rows)).not.toContain(begun.csrfToken);
      expect(await sessions.find(begun.id)).toMatchObject({ principal: begun.principal, communities: undefined });
      await sessions.end(begun.id);
      expect(await sessions.find(begun.id)).toBeUndefined();
    } finally {
      await database.close();
    }
  });
});

describe("a session", () => {
  it("is the person: their rows, their rights, their communities", async () => {
    const { call, csrf } = await signIn({ user_id: 8 });
    const made = await call("/api/v1/workflows", { method: "POST", body: workflow, headers: csrf });
    expect(made.status, made.text).toBe(201);
    expect(made.json.data.author_id).toBe(8);
    expect((await call("/api/v1/workflows")).json.data).toHaveLength(1);
    const elsewhere = { ...workflow, community_id: 2 };
    const refused = await call("/api/v1/workflows", { method: "POST", body: elsewhere, headers: csrf });
    expect(refused.json.error.code).toBe("FORBIDDEN");
    const stranger = await publish(await app.as({ user_id: 99, community_ids: [5] }), undefined, { community_id: 5 });
    expect((await call(`/api/v1/workflows/${stranger.workflow_id}`)).status).toBe(404);
  });

  it("changes nothing without its own token against forged requests", async () => {
    const first = await signIn();
    const second = await signIn();
    for (const headers of [{}, { "x-csrf-token": "" }, { "x-csrf-token": "x".repeat(43) }, second.csrf]) {
      for (const method of ["POST", "PUT", "DELETE"] as const) {
        const reply = await first.call(`/api/v1/workflows${method === "POST" ? "" : "/x"}`, {
          method,
          headers,
          ...(method === "DELETE" ? {} : { body: workflow }),
        });
        expect([reply.status, reply.json.error.code]).toEqual([403, "FORBIDDEN"]);
      }
    }
    expect(
      (await first.call("/api/v1/workflows", { method: "POST", body: workflow, headers: first.csrf })).status,
    ).toBe(201);
  });

  it("counts only when there are no other credentials, and rescues no bad ones", async () => {
    const { call } = await signIn({ user_id: 11 });
    const bad = [{ authorization: "Bearer a.b.c" }, { authorization: "Basic eDp5" }, { "x-api-key": "wrong" }];
    for (const headers of bad) expect((await call("/api/v1/workflows", { headers })).status).toBe(401);
    const other = await tokenFor({ user_id: 12 });
    const made = await call("/api/v1/workflows", {
      method: "POST",
      body: workflow,
      headers: { authorization: `Bearer ${other}` },
    });
    expect(made.json.data.author_id).toBe(12);
    const asked = await call(path, { headers: { authorization: `Bearer ${other}` } });
    expect(asked.json.data).toEqual({
      principal: expect.objectContaining({ user_id: 12 }),
      csrf_token: null,
      expires_at: null,
    });
  });

  it("ends when it is signed out, for every later request", async () => {
    const { call, csrf } = await signIn();
    expect((await call(path, { method: "DELETE" })).status).toBe(403);
    const out = await call(path, { method: "DELETE", headers: csrf });
    expect(out.status).toBe(200);
    expect(String(out.headers["set-cookie"])).toContain("workflow_core_session=; Path=/; Max-Age=0;");
    const after = await call(path);
    expect([after.status, after.json.error.code]).toEqual([401, "UNAUTHORIZED"]);
  });

  it("ends twelve hours after its last use, and using it moves the end", async () => {
    const used = await signIn();
    const left = await signIn();
    ahead = 11 * hour;
    const renewed = await used.call(path);
    expect(renewed.status).toBe(200);
    expect(Date.parse(renewed.json.data.expires_at)).toBeGreaterThan(
      Date.parse(used.reply.json.data.expires_at) + 10 * hour,
    );
    expect(cookieOf(renewed)).toBe(used.cookie);
    expect((await used.call(path)).headers["set-cookie"]).toBeUndefined();
    ahead = 13 * hour;
    expect((await used.call(path)).status).toBe(200);
    expect((await left.call(path)).status).toBe(401);
  });

  it("ends with its token, and after seven days in any case", async () => {
    const short = await signIn({ exp: Math.floor(Date.now() / 1000) + 60 });
    expect(Date.parse(short.reply.json.data.expires_at) - Date.now()).toBeLessThan(61_000);
    ahead = 61_000;
    expect((await short.call(path)).status).toBe(401);
    ahead = 0;
    const long = await signIn();
    for (let hours = 10; hours < 7 * 24; hours += 10) {
      ahead = hours * hour;
      expect((await long.call(path)).status).toBe(200);
    }
    ahead = 7 * 24 * hour;
    expect((await long.call(path)).status).toBe(401);
  });

  it("is not found by a cookie that is none of ours", async () => {
    for (const cookie of [
      "workflow_core_session=",
      "workflow_core_session=abc",
      `workflow_core_session=${"A".repeat(43)}`,
    ])
      expect((await nobody(path, { headers: { cookie } })).status).toBe(401);
  });
});

describe("signing in to a development server", () => {
  const body = { development: true };
  const ask = (headers: Record<string, string> = {}, remoteAddress = "127.0.0.1", server = app) =>
    server.http.inject({
      method: "POST",
      url: path,
      payload: body,
      headers: { host: "localhost:8070", ...headers },
      remoteAddress,
    });

  it("makes whoever sits at the machine user 1 of community 1", async () => {
    for (const address of ["127.0.0.1", "::1", "::ffff:127.0.0.1"]) {
      const reply = await ask({}, address);
      expect(reply.statusCode, reply.body).toBe(200);
      expect(reply.json().data.principal).toMatchObject({ kind: "user", user_id: 1, community_ids: [1] });
    }
    for (const host of ["127.0.0.1", "[::1]:8070", "localhost", "builder.localhost:5173"])
      expect((await ask({ host })).statusCode, host).toBe(200);
  });

  it("refuses other machines, what a proxy hands on, and pages under another name", async () => {
    expect((await ask({}, "10.0.0.5")).statusCode).toBe(403);
    expect((await ask({ "x-forwarded-for": "127.0.0.1" })).statusCode).toBe(403);
    expect((await ask({ forwarded: "for=127.0.0.1" })).statusCode).toBe(403);
    expect((await ask({ host: "rebound.example.org" })).statusCode).toBe(403);
    expect((await ask({ host: "localhost.example.org" })).statusCode).toBe(403);
  });

  it("is refused with RELEASE_MODE=true", async () => {
    const strict = await testApp({
      environment: {
        ...{ RELEASE_MODE: "true", DATABASE_URI: "postgresql://u:p@127.0.0.1/x", ROUTER_URL: "http://127.0.0.1:1" },
        ...{ LICENSE_SERVER_URL: "http://127.0.0.1:1", LICENSE_KEY: "k", API_KEY: apiKey },
      },
    });
    try {
      expect((await ask({}, "127.0.0.1", strict)).statusCode).toBe(403);
    } finally {
      await strict.close();
    }
  });
});

describe("a quick store before a lasting one", () => {
  const broken = () => Promise.reject(new Error("Redis is gone"));
  const gone = { get: broken, set: broken, delete: broken };

  it("loses nothing when the quick one fails", async () => {
    const store = layeredSessionStore(gone, memorySessionStore(systemClock));
    await store.set("a", "1", 60);
    expect(await store.get("a")).toBe("1");
    await store.delete("a");
    expect(await store.get("a")).toBeUndefined();
  });

  it("answers from the quick one, and forgets in both", async () => {
    const quick = memorySessionStore(systemClock);
    const lasting = memorySessionStore(systemClock);
    const store = layeredSessionStore(quick, lasting);
    await lasting.set("a", "1", 60);
    expect(await store.get("a")).toBe("1");
    expect(await quick.get("a")).toBe("1");
    await store.delete("a");
    expect([await quick.get("a"), await lasting.get("a"), await store.get("a")]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
