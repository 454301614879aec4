// Workflows over HTTP: made, listed, changed, published, archived.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { appError } from "../../src/errors.js";
import { type Caller, greeting, make, publish, type TestApp, testApp } from "../support/app.js";

let app: TestApp;
let ada: Caller;
beforeAll(async () => {
  app = await testApp();
  ada = await app.as({ user_id: 7, username: "ada", community_ids: [1] });
});
afterAll(() => app.close());

const at = (id: string, rest = "") => `/api/v1/workflows/${id}${rest}`;
const post = (body: unknown, headers: Record<string, string> = {}) => ({ method: "POST", body, headers }) as const;
const put = (body: unknown, headers: Record<string, string> = {}) => ({ method: "PUT", body, headers }) as const;
const audits = (action: string) => app.lines.filter((line) => line.event_type === "AUDIT" && line.action === action);

describe("making a workflow", () => {
  it("gives the whole draft with its ETag and address, and leaves an audit line", async () => {
    const made = await ada(
      "/api/v1/workflows",
      post({ name: "  Hello ", entity_id: 1, community_id: 1, ...greeting(), description: null }),
    );
    expect(made.status, made.text).toBe(201);
    const { data } = made.json;
    expect(data).toMatchObject({
      name: "Hello",
      status: "draft",
      author_id: 7,
      community_id: 1,
      enabled: true,
      published_version: null,
    });
    expect(data.nodes).toEqual(greeting().nodes);
    expect(made.headers.etag).toBe(`"${data.revision}"`);
    expect(made.headers.location).toBe(at(data.workflow_id));
    expect(audits("workflow_create").at(-1)).toMatchObject({
      ...{ user: 7, community: 1, workflow_id: data.workflow_id, request_id: made.headers["x-request-id"] },
    });
  });

  it("takes an empty drawing, and one that is wrong but has the right shape", async () => {
    expect(await make(ada, {})).toMatchObject({ nodes: {}, connections: [], global_variables: {}, metadata: {} });
    const nodes = { a: { node_type: "no_such_type", config: { anything: [1, { b: null }] } } };
    expect((await make(ada, { nodes, connections: [{ from_node_id: "a", to_node_id: "nowhere" }] })).nodes).toEqual(
      nodes,
    );
  });

  it("never lets the body say who the author is", async () => {
    const made = await make(ada, {}, { author_id: 99, status: "published", revision: 50 });
    expect(made).toMatchObject({ author_id: 7, status: "draft" });
  });

  it.each([
    ["no name", { name: undefined }, "name"],
    ["a blank name", { name: "   " }, "name"],
    ["a name of 256 characters", { name: "x".repeat(256) }, "name"],
    ["an entity_id that is text", { entity_id: "1" }, "entity_id"],
    ["an entity_id beyond INTEGER", { entity_id: 2_147_483_648 }, "entity_id"],
    ["a community_id with a fraction", { community_id: 1.5 }, "community_id"],
    ["nodes as a list", { nodes: [] }, "nodes"],
    ["a node without a type", { nodes: { a: { config: {} } } }, "nodes.a.node_type"],
    ["a config that is no object", { nodes: { a: { node_type: "flow_end", config: [] } } }, "nodes.a.config"],
    ["a node with an unknown member", { nodes: { a: { node_type: "flow_end", confg: {} } } }, "nodes.a.confg"],
    ["a connection from nowhere", { connections: [{ to_node_id: "a" }] }, "connections[0].from_node_id"],
    ["metadata of the wrong kind", { metadata: { max_retries: -1 } }, "metadata.max_retries"],
    ["variables as text", { global_variables: "x" }, "global_variables"],
  ])("refuses %s, and says where", async (_name, wrong, path) => {
    const { status, json } = await ada(
      "/api/v1/workflows",
      post({ name: "n", entity_id: 1, community_id: 1, ...wrong }),
    );
    expect(status).toBe(400);
    expect(json.error.code).toBe("BAD_REQUEST");
    expect(json.error.message).toContain(`${path}: `);
    expect(json.error.details[0].path).toBe(path);
  });

  it("is for members of the community, where the token says where its person belongs", async () => {
    const body = { name: "n", entity_id: 1, community_id: 2 };
    expect((await ada("/api/v1/workflows", post(body))).json.error.code).toBe("FORBIDDEN");
    expect((await (await app.as({ user_id: 8, community_ids: [] }))("/api/v1/workflows", post(body))).status).toBe(403);
    expect((await (await app.as({ user_id: 8 }))("/api/v1/workflows", post(body))).status).toBe(201);
    expect((await app.service(8)("/api/v1/workflows", post(body))).json.data.author_id).toBe(8);
    expect((await app.service()("/api/v1/workflows", post(body))).json.data.author_id).toBe(0);
  });

  it("asks the licence, and stops at its number of workflows", async () => {
    const asked: unknown[] = [];
    const licensed = await testApp({
      license: {
        require: async (question) => {
          asked.push(question);
          if (question.communityId === 13) throw appError("PAYMENT_REQUIRED");
          return { workflowsMax: 1 };
        },
      },
    });
    try {
      const call = await licensed.as({ user_id: 1 });
      const body = { name: "n", entity_id: 1, community_id: 12 };
      expect((await call("/api/v1/workflows", post({ ...body, license_key: "key-1" }))).status).toBe(201);
      expect(asked).toEqual([{ communityId: 12, feature: "workflows", licenseKey: "key-1" }]);
      expect((await call("/api/v1/workflows", post(body))).json.error.details).toEqual({
        limit: "workflows_max",
        value: 1,
      });
      expect((await call("/api/v1/workflows", post({ ...body, community_id: 13 }))).status).toBe(402);
    } finally {
      await licensed.close();
    }
  });
});

describe("listing workflows", () => {
  it("shows what the caller may view, the newest change first, page by page", async () => {
    const call = await app.as({ user_id: 40, community_ids: [40] });
    const inside = { community_id: 40, entity_id: 4 };
    const first = await make(call, {}, { ...inside, name: "first 100%" });
    const second = await make(call, {}, { ...inside, name: "second" });
    const third = await make(call, {}, { ...inside, name: "third" });
    await call(at(first.workflow_id), put({ description: "the CHANGED one" }));
    const list = async (query: string, by = call) => (await by(`/api/v1/workflows?${query}`)).json;
    const names = async (query: string, by = call) =>
      (await list(query, by)).data.map(({ name }: { name: string }) => name);

    expect(await names("community_id=40")).toEqual(["first 100%", "third", "second"]);
    expect((await list("entity_id=4&per_page=2&page=2")).meta.pagination).toEqual({
      ...{ page: 2, per_page: 2, total: 3, total_pages: 2, has_next: false, has_prev: true },
    });
    expect(await names("search=changed")).toEqual(["first 100%"]);
    expect(await names("search=0%25")).toEqual(["first 100%"]);
    expect(await names("search=%25")).toEqual(["first 100%"]);
    expect(await names("search=_")).toEqual([]);

    await call(at(third.workflow_id), { method: "DELETE" });
    await call(at(second.workflow_id, "/publish"), post({}));
    expect(await names("status=archived")).toEqual(["third"]);
    expect(await names("community_id=40")).toEqual(["first 100%", "second"]);
    expect(await names("community_id=40", await app.as({ user_id: 41, community_ids: [40] }))).toEqual([]);
    expect(await names("community_id=40", app.service())).toHaveLength(2);
    expect(await names("community_id=40", app.service(40))).toHaveLength(2);
  });

  it.each([
    "page=0",
    "page=-1",
    "page=1.5",
    "page=99999999999999999999",
    "per_page=0",
    "per_page=101",
    "per_page=",
    "entity_id=0x10",
    "entity_id=Infinity",
    "entity_id=9999999999",
    "entity_id[$ne]=0",
    "community_id=1&community_id=2",
    "status=gone",
    "order_by=name",
  ])("refuses ?%s", async (query) => {
    const { status, json } = await ada(`/api/v1/workflows?${query}`);
    expect(status).toBe(400);
    expect(json.error.details).toHaveLength(1);
  });
});

describe("changing a workflow", () => {
  it("changes what is given and leaves the rest", async () => {
    const { workflow_id, revision } = await make(ada, greeting());
    const { json, headers } = await ada(at(workflow_id), put({ name: "New", enabled: false, description: "d" }));
    expect(json.data).toMatchObject({
      name: "New",
      enabled: false,
      description: "d",
      nodes: greeting().nodes,
      revision: revision + 1,
    });
    expect(headers.etag).toBe(`"${revision + 1}"`);
    expect(audits("workflow_update").at(-1)).toMatchObject({ workflow_id, fields: ["name", "description", "enabled"] });
    expect((await ada(at(workflow_id))).json.data).toEqual(json.data);
  });

  it("takes back what it gave", async () => {
    const whole = await make(ada, greeting());
    const { status, json } = await ada(at(whole.workflow_id), put(whole));
    expect(status).toBe(200);
    expect(json.data).toMatchObject({ ...whole, revision: whole.revision + 1, updated_at: expect.any(String) });
  });

  it("refuses a change that is based on an older revision", async () => {
    const { workflow_id, revision } = await make(ada);
    const etag = `"${revision}"`;
    expect((await ada(at(workflow_id), put({ name: "a" }, { "if-match": etag }))).status).toBe(200);
    const stale = await ada(at(workflow_id), put({ name: "b" }, { "if-match": etag }));
    expect(stale.status).toBe(409);
    expect(stale.json.error).toMatchObject({ code: "CONFLICT", details: { current_revision: revision + 1 } });
    for (const tag of ['"0"', '"abc"', "abc"]) {
      expect((await ada(at(workflow_id), put({ name: "b" }, { "if-match": tag }))).status, tag).toBe(409);
    }
    for (const [index, tag] of [`W/"${revision + 1}"`, "*", `"1", "${revision + 3}"`].entries()) {
      const fresh = await ada(at(workflow_id), put({ name: "c" }, { "if-match": tag }));
      expect(fresh.json.data.revision, tag).toBe(revision + 2 + index);
    }
  });

  it("refuses what cannot be changed", async () => {
    const { workflow_id } = await make(ada);
    expect((await ada(at(workflow_id), put({ entity_id: 5 }))).json.error.message).toContain("entity_id");
    expect((await ada(at(workflow_id), put({ community_id: 5 }))).json.error.code).toBe("FORBIDDEN");
    expect((await ada(at(workflow_id), put({ enabled: "yes" }))).status).toBe(400);
    expect((await ada(at(workflow_id), put(undefined))).status).toBe(400);
  });
});

describe("publishing", () => {
  it("freezes a version, which later edits leave alone", async () => {
    const { workflow_id, published_version } = await publish(ada, greeting("one"));
    expect(published_version).toBe("1.0.0");
    await ada(at(workflow_id), put(greeting("two")));
    const { json } = await ada(at(workflow_id, "/publish"), post({}));
    expect(json.data).toMatchObject({ status: "published", published_version: "1.0.1", version: "1.0.1" });
    const versions = (await ada(at(workflow_id, "/versions"))).json.data;
    expect(versions.map(({ version }: { version: string }) => version)).toEqual(["1.0.1", "1.0.0"]);
    expect((await ada(at(workflow_id, "/versions/1.0.0"))).json.data.nodes.greet.config).toEqual({ message: "one" });
    expect((await ada(at(workflow_id, "/versions/9.9.9"))).json.error.code).toBe("NOT_FOUND");
    expect((await ada(at(workflow_id, `/versions/${"9".repeat(500)}`))).json.error.code).toBe("NOT_FOUND");

    const back = await ada(at(workflow_id, "/rollback"), post({ version: "1.0.0" }));
    expect(back.json.data).toMatchObject({ published_version: "1.0.0", nodes: greeting("one").nodes });
    expect((await ada(at(workflow_id, "/rollback"), post({ version: "7.0.0" }))).status).toBe(404);
    expect((await ada(at(workflow_id, "/rollback"), post({}))).status).toBe(400);

    const off = await ada(at(workflow_id, "/unpublish"), { method: "POST" });
    expect(off.json.data).toMatchObject({ status: "draft", published_version: null });
    for (const action of ["workflow_publish", "workflow_rollback", "workflow_unpublish"]) {
      expect(audits(action).at(-1)).toMatchObject({ workflow_id, user: 7 });
    }
  });

  it("names versions when they are made and later, and says the name when it goes back to one", async () => {
    const { workflow_id } = await make(ada, greeting("one"));
    const named = await ada(at(workflow_id, "/publish"), post({ title: " Calm chat ", note: "Fewer words" }));
    expect(named.json.message).toBe("Published as version 1.0.0 “Calm chat”");
    await ada(at(workflow_id, "/publish"), post({}));
    const titles = async () =>
      (await ada(at(workflow_id, "/versions"))).json.data.map(({ title, note }: Record<string, unknown>) => [
        title,
        note,
      ]);
    expect(await titles()).toEqual([
      [null, null],
      ["Calm chat", "Fewer words"],
    ]);
    const later = await ada(at(workflow_id, "/versions/1.0.1"), put({ title: "Loud chat" }));
    expect(later.json.data).toMatchObject({ version: "1.0.1", title: "Loud chat", note: null, published: true });
    await ada(at(workflow_id, "/versions/1.0.0"), put({ note: "" }));
    expect(await titles()).toEqual([
      ["Loud chat", null],
      ["Calm chat", null],
    ]);
    const back = await ada(at(workflow_id, "/rollback"), post({ version: "1.0.0" }));
    expect(back.json.message).toBe("Rolled back to version 1.0.0 “Calm chat”");
    expect(audits("workflow_version_label").at(-1)).toMatchObject({ workflow_id, user: 7, version: "1.0.0" });
    expect((await ada(at(workflow_id, "/versions/9.9.9"), put({ title: "x" }))).json.error.code).toBe("NOT_FOUND");
    const long = await ada(at(workflow_id, "/versions/1.0.0"), put({ title: "x".repeat(121) }));
    expect([long.status, long.json.error.message]).toEqual([400, expect.stringContaining("title")]);
    expect((await ada(at(workflow_id, "/versions/1.0.0"), put({ title: "a\u0000b" }))).status).toBe(400);
    expect((await ada(at(workflow_id, "/versions/1.0.0"), put({ nodes: {} }))).status).toBe(400);
  });

  it("refuses a workflow with errors, and lists all of them as validation does", async () => {
    const { workflow_id } = await make(ada, {
      nodes: { a: { node_type: "action_delay", config: { delay_second: 1 } } },
    });
    const { status, json } = await ada(at(workflow_id, "/publish"), post({}));
    expect(status).toBe(400);
    expect(json.error.code).toBe("VALIDATION_FAILED");
    const { data } = (await ada(at(workflow_id, "/validate"), post({}))).json;
    expect(json.error.details).toEqual(data);
    expect(data).toMatchObject({
      is_valid: false,
      errors: expect.arrayContaining([expect.objectContaining({ code: "no_trigger" })]),
    });
    expect(data.node_validation_errors.a[0]).toMatchObject({ code: "config_invalid", node_id: "a" });
    expect(data.error_count).toBe(data.errors.length);
    expect((await ada(at(workflow_id))).json.data.status).toBe("draft");
  });

  it("refuses a revision that is not the current one", async () => {
    const { workflow_id } = await make(ada, greeting());
    expect((await ada(at(workflow_id, "/publish"), post({}, { "if-match": '"99"' }))).status).toBe(409);
  });

  it("asks the licence for advanced nodes, and only for those", async () => {
    const asked: string[] = [];
    const licensed = await testApp({
      license: {
        require: async ({ feature }) => {
          asked.push(feature);
          if (feature === "advanced_workflows") throw appError("PAYMENT_REQUIRED", "not included");
          return { workflowsMax: undefined };
        },
      },
    });
    try {
      const call = await licensed.as({ user_id: 1 });
      await publish(call, greeting());
      expect(asked).toEqual(["workflows"]);
      const { nodes } = greeting();
      const advanced = await make(call, {
        nodes: { ...nodes, all: { node_type: "flow_parallel" } },
        connections: [{ from_node_id: "start", to_node_id: "all" }],
      });
      const refused = await call(at(advanced.workflow_id, "/publish"), post({}));
      expect(refused.status).toBe(402);
      expect((await call(at(advanced.workflow_id))).json.data.status).toBe("draft");
    } finally {
      await licensed.close();
    }
  });
});

describe("archiving", () => {
  it("takes a workflow out of use and keeps it readable; doing it twice is the same", async () => {
    const { workflow_id } = await publish(ada);
    for (let turn = 0; turn < 2; turn += 1) {
      const gone = await ada(at(workflow_id), { method: "DELETE" });
      expect(gone.status).toBe(200);
      expect(gone.json.data).toMatchObject({ status: "archived", enabled: false });
    }
    expect(audits("workflow_delete").filter((line) => line.workflow_id === workflow_id)).toHaveLength(1);
    expect((await ada(at(workflow_id))).json.data.status).toBe("archived");
    for (const [path, call] of [
      ["/execute", post({ community_id: 1 })],
      ["/publish", post({})],
      ["/unpublish", post({})],
      ["", put({ name: "x" })],
    ] as const) {
      expect((await ada(at(workflow_id, path), call)).json.error.code, path).toBe("WORKFLOW_NOT_FOUND");
    }
  });
});
