// Who may call what, for every route: generated from the list of routes, so a new one is tested the day it is written.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { flags } from "../../src/access/permissions.js";
import { flagOf, type Route } from "../../src/http/route.js";
import { routes } from "../../src/http/routes/index.js";
import { webhookRoute } from "../../src/http/webhook-door.js";
import { addPermission } from "../../src/store/permissions.js";
import { type Call, type Caller, publish, type TestApp, testApp } from "../support/app.js";
import { until } from "../support/until.js";

let app: TestApp;
let nobody: Caller;
let author: Caller;
let member: Caller;
let stranger: Caller;
let workflow: string;
let execution: string;
beforeAll(async () => {
  app = await testApp();
  nobody = await app.as(undefined);
  author = await app.as({ user_id: 1, community_ids: [1] });
  member = await app.as({ user_id: 2, community_ids: [1] });
  stranger = await app.as({ user_id: 3, community_ids: [2] });
  workflow = (await publish(author)).workflow_id;
  const started = await author(`/api/v1/workflows/${workflow}/execute`, { method: "POST", body: { community_id: 1 } });
  execution = started.json.data.execution_id;
  await until(async () => (await author(`/api/v1/workflows/executions/${execution}`)).json.data.status === "completed");
});
afterAll(() => app.close());

const closed = routes
  .filter(({ access }) => access !== "public")
  .map((route) => ({ route, name: `${route.method} ${route.path}` }));
const aboutWorkflows = closed.filter(({ route }) => flagOf(route.access) !== undefined);

const address = ({ path }: Route, ids: { workflow?: string; execution?: string } = {}): string =>
  path
    .replace(":execution_id", ids.execution ?? execution)
    .replace(":permission_id", "1")
    .replace(":version", "1.0.0")
    .replace(/:id\b/, ids.workflow ?? workflow)
    .replace(/:\w+/, randomUUID());
/** A body that is right for no route: permissions come before it. */
const callOf = ({ method }: Route): Call =>
  method === "GET" || method === "DELETE" ? { method } : { method, body: { name: 5 } };

describe.each(closed)("$name", ({ route }) => {
  it("refuses who is not signed in", async () => {
    const { status, json, headers } = await nobody(address(route), callOf(route));
    expect(status).toBe(401);
    expect(json.error).toMatchObject({ code: "UNAUTHORIZED", request_id: headers["x-request-id"] });
    expect(headers["www-authenticate"]).toBe("Bearer");
  });

  it("refuses bad credentials, also beside good ones", async () => {
    const call = { ...callOf(route), headers: { authorization: "Bearer x.y.z" } };
    expect((await nobody(address(route), call)).status).toBe(401);
    expect((await app.service()(address(route), call)).status).toBe(401);
    expect((await nobody(address(route), { ...callOf(route), headers: { "x-api-key": "" } })).status).toBe(401);
  });
});

describe.each(aboutWorkflows)("$name", ({ route }) => {
  const flag = flagOf(route.access);

  it("is not there for strangers, as what does not exist is not there for anybody", async () => {
    const hidden = await stranger(address(route), callOf(route));
    expect(hidden.status, hidden.text).toBe(404);
    const nothing = await author(address(route, { workflow: randomUUID(), execution: randomUUID() }), callOf(route));
    const malformed = await author(address(route, { workflow: "abc", execution: "abc" }), callOf(route));
    expect(nothing.json.error).toEqual({ ...hidden.json.error, request_id: expect.any(String) });
    expect(malformed.json.error).toEqual({ ...hidden.json.error, request_id: expect.any(String) });
  });

  it("is not there for strangers who name the right community, or theirs", async () => {
    for (const community of [1, 2]) {
      expect((await stranger(`${address(route)}?community_id=${community}`, callOf(route))).status).toBe(404);
    }
  });

  it(`is forbidden to members without the right to ${flag}`, async () => {
    const refused = await member(address(route), callOf(route));
    expect(refused.status).toBe(403);
    expect(refused.json.error.code).toBe("PERMISSION_DENIED");
    expect(app.lines).toContainEqual(
      expect.objectContaining({
        event_type: "AUTHZ",
        action: `workflow_${flag}`,
        result: "DENIED",
        user: 2,
        workflow_id: workflow,
      }),
    );
  });

  it("is forbidden to those who have every right but that one, and open to who has it alone", async () => {
    const user = 1000 + aboutWorkflows.findIndex((each) => each.route === route);
    const others = Object.fromEntries(flags.filter((each) => each !== flag).map((each) => [`can_${each}`, true]));
    await addPermission(app.test.database, workflow, { user_id: user }, others);
    const call = await app.as({ user_id: user });
    expect((await call(address(route), callOf(route))).status).toBe(403);
    await addPermission(app.test.database, workflow, { user_id: user }, { [`can_${flag}`]: true });
    // Read-only routes answer; the others get as far as the body, or the community, which is wrong.
    const open = await call(`${address(route)}?community_id=99`, callOf(route));
    expect(open.json.error.code).toMatch(/^(FORBIDDEN|BAD_REQUEST|NOT_FOUND)$/);
  });

  it("refuses a community_id that is not the workflow's, wherever it stands", async () => {
    const body = route.method === "GET" || route.method === "DELETE" ? {} : { body: {} };
    const said = [await author(`${address(route)}?community_id=2`, { method: route.method, ...body })];
    if ("body" in body)
      for (const community_id of [2, "2"])
        said.push(await author(address(route), { method: route.method, body: { community_id } }));
    for (const { status, json } of said) expect([status, json.error.code]).toEqual([403, "FORBIDDEN"]);
  });

  it("holds a service that acts for a person to that person's rights", async () => {
    expect((await app.service(3)(address(route), callOf(route))).status).toBe(404);
    expect(
      (await app.service(3)(address(route), { ...callOf(route), headers: { "x-on-behalf-of": "abc" } })).status,
    ).toBe(400);
  });
});

describe("what is open to anyone", () => {
  it("is exactly this", () => {
    const open = routes.filter(({ access }) => access === "public").map(({ method, path }) => `${method} ${path}`);
    expect(open.sort()).toEqual(
      [
        "GET /api/v1/status",
        "GET /docs",
        "GET /docs/:folder/:page",
        "GET /docs/:page",
        "GET /health",
        "GET /metrics",
        "GET /openapi.json",
        "GET /ready",
        "POST /api/v1/session",
      ].sort(),
    );
  });

  it("answers without credentials, and with bad ones", async () => {
    for (const { path, access, method } of routes) {
      if (access !== "public" || method !== "GET" || path.startsWith("/docs")) continue;
      expect((await nobody(path)).status, path).toBe(200);
      expect((await nobody(path, { headers: { authorization: "Bearer x" } })).status, path).toBe(200);
    }
  });
});

describe("addresses that are no route", () => {
  it.each(["/nothing.txt", "/api/v1", "/api/v1/nope", "/.env", "/API/V1/WORKFLOWS", "/health/", "//health"])(
    "%s is not found, signed in or not",
    async (path) => {
      for (const call of [nobody, author]) expect((await call(path)).json.error.code).toBe("NOT_FOUND");
    },
  );

  it.each([
    ["PATCH", "/api/v1/workflows", "GET, HEAD, POST"],
    ["DELETE", "/api/v1/workflows", "GET, HEAD, POST"],
    ["POST", "/health", "GET, HEAD"],
    ["OPTIONS", "/api/v1/workflows", "GET, HEAD, POST"],
    ["GET", "/api/v1/workflows/validate", "POST"],
    ["PATCH", "/api/v1/workflows/validate", "POST"],
    ["GET", "/api/v1/workflows/webhooks/versions", "POST"],
    ["POST", "/api/v1/workflows/executions/publish", "GET, HEAD"],
    ["PUT", "/api/v1/workflows/executions/webhooks/cancel", "POST"],
  ] as const)("%s %s is a method that is not allowed", async (method, path, allow) => {
    const { status, headers, json } = await nobody(path, { method });
    expect(status).toBe(405);
    expect(headers.allow).toBe(allow);
    expect(json.error.code).toBe("METHOD_NOT_ALLOWED");
  });

  it("every address answers every method that is not its own with 405 and says which are", async () => {
    const all = [...routes, webhookRoute];
    for (const path of new Set(all.map((route) => route.path))) {
      const own = all.filter((route) => route.path === path).map(({ method }): string => method);
      const allow = [...own, ...(own.includes("GET") ? ["HEAD"] : [])].sort();
      for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].filter(
        (it) => !allow.includes(it),
      )) {
        const url = path.replaceAll(/:\w+/g, randomUUID());
        const { statusCode, headers } = await app.http.inject({ method: method as "GET", url });
        expect([method, path, statusCode, headers.allow]).toEqual([method, path, 405, allow.join(", ")]);
      }
    }
  });
});
