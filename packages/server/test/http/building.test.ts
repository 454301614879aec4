// What a builder uses: validation, dry runs, node types, permissions, practice messages.
import { draw } from "@workflow-core/core/testing";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Database } from "../../src/store/database.js";
import { type Caller, greeting, make, publish, type TestApp, testApp } from "../support/app.js";
import { until } from "../support/until.js";

let app: TestApp;
let ada: Caller;
let database: Database;
beforeAll(async () => {
  app = await testApp({
    database: (own) => {
      database = own;
      return own;
    },
  });
  ada = await app.as({ user_id: 7, community_ids: [1] });
});
afterAll(() => app.close());

const at = (id: string, rest = "") => `/api/v1/workflows/${id}${rest}`;
const post = (body?: unknown) => ({ method: "POST", body }) as const;

describe("validating", () => {
  it("answers 200 for right and wrong, saved and unsaved", async () => {
    const right = await ada("/api/v1/workflows/validate", post(greeting()));
    expect(right.status).toBe(200);
    expect(right.json.data).toMatchObject({ is_valid: true, errors: [], error_count: 0, node_validation_errors: {} });
    expect(right.json.data.warnings[0]).toMatchObject({ code: "unguarded_action", node_id: "greet" });
    expect(right.json.data.warning_count).toBe(right.json.data.warnings.length);
    const { workflow_id } = await make(ada, {});
    const wrong = await ada(at(workflow_id, "/validate"), post());
    expect(wrong.json.data).toMatchObject({
      is_valid: false,
      errors: [{ code: "no_node", message: expect.any(String) }],
    });
  });

  it("tells what does not even have the shape", async () => {
    const { status, json } = await ada("/api/v1/workflows/validate", post({ nodes: { a: 5 }, connections: "x" }));
    expect(status).toBe(200);
    expect(json.data.errors.map(({ code }: { code: string }) => code)).toEqual([
      "document_invalid",
      "document_invalid",
    ]);
    expect((await ada("/api/v1/workflows/validate", post([]))).status).toBe(400);
    expect((await ada("/api/v1/workflows/validate", post())).status).toBe(400);
  });
});

describe("a dry run", () => {
  const graph = draw(
    "start -> call -> pause -> shape -> end; call -error-> sorry",
    {
      start: ["trigger_command", { command_name: "x" }],
      call: [
        "action_webhook",
        { url: "https://api.example.com/{{ username }}", method: "GET", output_variable: "reply" },
      ],
      pause: ["action_delay", { delay_seconds: 3600 }],
      shape: [
        "data_transform",
        {
          language: "javascript",
          transform_code:
            "console.log('n', variables.reply.response_body.n); return (variables.reply.response_body.n ?? 1) * 2;",
          output_variable: "twice",
        },
      ],
      sorry: ["action_chat_message", { message: "it failed" }],
      end: ["flow_end", { output_data: { twice: "{{ twice }}" } }],
    },
    { metadata: { max_execution_time_seconds: 10_000 } },
  );
  const run = async (workflow_id: string, body?: unknown) => ada(at(workflow_id, "/test"), post(body));

  it("runs what is drawn, skips delays, really runs code and touches nothing", async () => {
    const { workflow_id } = await make(ada, graph);
    const { status, json, text } = await run(workflow_id, { mocks: { call: { n: 21 } } });
    expect(status, text).toBe(200);
    expect(json.data).toMatchObject({
      ...{
        execution_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        test_mode: true,
        status: "completed",
        stopped_at: null,
      },
      ...{ execution_time_seconds: 3600, final_output: { twice: 42 }, error_message: null },
      summary: { nodes_executed: 5, nodes_failed: 0, total_duration: 3600, passed: true },
    });
    expect(json.data.final_variables).toMatchObject({
      twice: 42,
      reply: { status_code: 200, response_body: { n: 21 } },
    });
    expect(json.data.trace.map(({ node_id }: { node_id: string }) => node_id)).toEqual([
      "start",
      "call",
      "pause",
      "shape",
      "end",
    ]);
    expect(json.data.trace[3]).toMatchObject({ status: "completed", logs: ["n 21"], error: null });
    expect((await ada(at(workflow_id, "/executions"))).json.meta.pagination.total).toBe(0);
    expect(app.outside.practice?.messages({ limit: 10 })).toEqual([]);
    expect((await ada(`/api/v1/workflows/executions/${json.data.execution_id}`)).status).toBe(404);
  });

  it("pretends where there is no mock, starts with the trigger's sample, and takes other data", async () => {
    const { workflow_id } = await make(ada, graph);
    expect((await run(workflow_id)).json.data).toMatchObject({ status: "completed", final_output: { twice: 2 } });
    const { data } = (await run(workflow_id, { trigger_data: { username: "eve" }, variables: { extra: 1 } })).json;
    expect(data.final_variables).toMatchObject({ username: "eve", extra: 1 });
  });

  it("lets a mock fail, with or without particulars", async () => {
    const { workflow_id } = await make(ada, graph);
    const failed = await run(workflow_id, { mocks: { call: { error: "no route" } } });
    expect(failed.json.data.trace.map(({ node_id }: { node_id: string }) => node_id)).toEqual([
      "start",
      "call",
      "sorry",
    ]);
    expect(failed.json.data.trace[1]).toMatchObject({ status: "failed", error: "no route", error_type: "MOCKED" });
    expect(failed.json.data.summary).toMatchObject({ nodes_failed: 1, passed: true });
    const coded = await run(workflow_id, { mocks: { shape: { error: { code: "BOOM", message: "boom" } } } });
    expect(coded.json.data).toMatchObject({
      status: "failed",
      error_message: "boom",
      error_node_id: "shape",
      summary: { passed: false },
    });
  });

  it("stops at a node", async () => {
    const { workflow_id } = await make(ada, graph);
    const { data } = (await run(workflow_id, { until_node: "call" })).json;
    expect(data).toMatchObject({
      status: "completed",
      stopped_at: "call",
      summary: { nodes_executed: expect.any(Number), passed: true },
    });
    expect(data.trace.at(-1).node_id).not.toBe("end");
  });

  it("tests what is not saved", async () => {
    const { workflow_id } = await make(ada, {});
    const { json } = await run(workflow_id, { ...greeting("{{ word }}"), variables: { word: "hi" } });
    expect(json.data.status).toBe("completed");
    expect((await ada(at(workflow_id))).json.data.nodes).toEqual({});
  });

  it("refuses what does not compile, and names that are nothing", async () => {
    const { workflow_id } = await make(ada, {});
    const broken = await run(workflow_id);
    expect(broken.json.error).toMatchObject({ code: "VALIDATION_FAILED", details: { is_valid: false } });
    for (const body of [
      { until_node: "x" },
      { trigger_node: "x" },
      { mocks: { x: 1 } },
      { mocks: { end: 1 } },
      { variables: [] },
    ]) {
      expect((await run(workflow_id, { ...greeting(), ...body })).json.error.code, JSON.stringify(body)).toBe(
        "BAD_REQUEST",
      );
    }
  });
});

describe("the node types", () => {
  it("come with everything that a builder shows", async () => {
    const { data } = (await ada("/api/v1/node-types")).json;
    const types = new Map(data.node_types.map((type: { type: string }) => [type.type, type]));
    expect(types.size).toBe(22);
    expect(types.get("action_chat_message")).toMatchObject({
      category: "action",
      fields: expect.any(Array),
      config_schema: { type: "object" },
    });
    expect(data.expressions.length).toBeGreaterThan(50);
  });
});

describe("practice messages", () => {
  it("are shown to those who may view the workflow", async () => {
    const { workflow_id } = await publish(ada, greeting("Hello from practice"));
    await ada(at(workflow_id, "/execute?wait=10"), post({ community_id: 1 }));
    const texts = async (call: Caller, query = "") =>
      (await call(`/api/v1/practice/messages${query}`)).json.data.map(({ text }: { text: string }) => text);
    expect(await texts(ada)).toContain("Hello from practice");
    expect(await texts(app.service(), "?community_id=1&limit=1")).toHaveLength(1);
    expect(await texts(ada, "?community_id=2")).toEqual([]);
    expect(await texts(await app.as({ user_id: 8, community_ids: [1] }))).toEqual([]);
    expect((await ada("/api/v1/practice/messages?limit=301")).status).toBe(400);
  });

  it("cost one question to the database, of however many workflows they are", async () => {
    const asked = vi.spyOn(database.primary, "query");
    const aboutRights = () =>
      asked.mock.calls.filter((call: unknown[]) => JSON.stringify(call[0]).includes("workflow_permissions")).length;
    const questions = async () => {
      asked.mockClear();
      expect((await ada("/api/v1/practice/messages")).status).toBe(200);
      return aboutRights();
    };
    for (const text of ["one", "two", "three"]) {
      const { workflow_id } = await publish(ada, greeting(text));
      await ada(at(workflow_id, "/execute?wait=10"), post({ community_id: 1 }));
    }
    expect(await questions()).toBe(1);
    asked.mockRestore();
  });
});

describe("permissions", () => {
  it("are given, changed, listed and taken", async () => {
    const { workflow_id } = await publish(ada);
    const bob = await app.as({ user_id: 20, community_ids: [3] });
    expect((await bob(at(workflow_id))).status).toBe(404);
    const given = await ada(
      at(workflow_id, "/permissions"),
      post({ user_id: 20, role_id: null, community_id: null, can_view: true }),
    );
    expect(given.status, given.text).toBe(201);
    const { permission_id } = given.json.data;
    expect(given.json.data).toMatchObject({
      user_id: 20,
      role_id: null,
      community_id: null,
      can_view: true,
      can_edit: false,
    });
    expect((await bob(at(workflow_id))).status).toBe(200);
    expect((await bob(at(workflow_id, "/execute"), post({ community_id: 1 }))).status).toBe(403);

    const changed = await ada(at(workflow_id, `/permissions/${permission_id}`), {
      method: "PUT",
      body: { can_execute: true },
    });
    expect(changed.json.data).toMatchObject({ can_view: true, can_execute: true });
    expect((await bob(at(workflow_id, "/execute"), post({ community_id: 1 }))).status).toBe(202);

    const list = await ada(at(workflow_id, "/permissions"));
    expect(list.json.meta.pagination.total).toBe(1);
    expect((await ada(at(workflow_id, `/permissions/${permission_id}`), { method: "DELETE" })).json.data).toEqual({
      permission_id,
    });
    expect((await bob(at(workflow_id))).status).toBe(404);
    expect((await ada(at(workflow_id, `/permissions/${permission_id}`), { method: "DELETE" })).status).toBe(404);
    for (const action of ["create", "update", "delete"]) {
      expect(app.lines).toContainEqual(
        expect.objectContaining({
          event_type: "AUDIT",
          action: `workflow_permission_${action}`,
          workflow_id,
          permission_id,
        }),
      );
    }
  });

  it("work for roles and for the community", async () => {
    const { workflow_id } = await make(ada);
    await ada(at(workflow_id, "/permissions"), post({ role_id: 5, can_view: true }));
    await ada(at(workflow_id, "/permissions"), post({ community_id: 1, can_edit: true }));
    expect((await (await app.as({ user_id: 30, role_ids: [5] }))(at(workflow_id))).status).toBe(200);
    const member = await app.as({ user_id: 31, community_ids: [1] });
    expect((await member(at(workflow_id))).status).toBe(403);
    expect((await member(at(workflow_id), { method: "PUT", body: { name: "x" } })).status).toBe(200);
  });

  it.each([
    [{}],
    [{ user_id: 1, role_id: 2 }],
    [{ user_id: null }],
    [{ user_id: "1" }],
    [{ user_id: 3_000_000_000 }],
    [{ user_id: 1, can_view: 1 }],
  ])("refuse %j", async (body) => {
    const { workflow_id } = await make(ada);
    expect((await ada(at(workflow_id, "/permissions"), post(body))).status).toBe(400);
  });

  it("are not found under odd numbers, nor under another workflow", async () => {
    const { workflow_id } = await make(ada);
    const other = await make(ada);
    const { permission_id } = (await ada(at(other.workflow_id, "/permissions"), post({ user_id: 1 }))).json.data;
    for (const id of ["abc", "0", "-1", "99999999999", "1.5", permission_id]) {
      expect((await ada(at(workflow_id, `/permissions/${id}`), { method: "DELETE" })).status, id).toBe(404);
    }
  });
});

it("waits for nothing that is left running", () => until(() => app.engine.worker.status.taken === 0));
