// Executions over HTTP: started, waited for, watched, cancelled, repeated.
import { draw } from "@workflow-core/core/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Caller, greeting, make, publish, type TestApp, testApp, waiting } from "../support/app.js";
import { until } from "../support/until.js";

let app: TestApp;
let ada: Caller;
beforeAll(async () => {
  app = await testApp();
  ada = await app.as({ user_id: 7, username: "ada", community_ids: [1] });
});
afterAll(() => app.close());

const at = (id: string, rest = "") => `/api/v1/workflows/${id}${rest}`;
const of = (id: string, rest = "") => `/api/v1/workflows/executions/${id}${rest}`;
const post = (body: unknown, headers: Record<string, string> = {}) => ({ method: "POST", body, headers }) as const;
const execute = (id: string, body: object = {}, query = "", headers: Record<string, string> = {}) =>
  ada(at(id, `/execute${query}`), post({ community_id: 1, ...body }, headers));
const start = async (id: string, body: object = {}): Promise<string> => {
  const { status, json, text } = await execute(id, body);
  if (status !== 202) throw new Error(text);
  return json.data.execution_id;
};
const over = async (id: string) => {
  await until(async () => (await ada(of(id))).json.data.end_time !== null, `the end of ${id}`);
  return (await ada(of(id))).json.data;
};

describe("starting", () => {
  it("answers 202 as soon as it is stored, exactly as promised", async () => {
    const { workflow_id } = await publish(ada);
    const begun = await execute(workflow_id, { variables: { username: "Grace" } });
    expect(begun.status).toBe(202);
    const { execution_id } = begun.json.data;
    expect(begun.json.data).toEqual({
      execution_id,
      workflow_id,
      status: "running",
      start_time: expect.stringMatching(/Z$/),
      execution_path: [],
    });
    expect(begun.headers.location).toBe(of(execution_id));
    expect(app.lines).toContainEqual(
      expect.objectContaining({
        event_type: "AUDIT",
        action: "workflow_execute_start",
        user: 7,
        workflow_id,
        execution_id,
        community: 1,
      }),
    );
    const done = await over(execution_id);
    expect(done).toMatchObject({
      ...{
        status: "completed",
        workflow_version: "1.0.0",
        execution_path: ["start", "greet", "end"],
        final_output: { said: true },
      },
      ...{
        error_message: null,
        error_node_id: null,
        trigger: { source: "manual", node_id: "start" },
        nodes_executed: 3,
      },
    });
    expect(done.node_states.greet).toMatchObject({
      status: "completed",
      retry_count: 0,
      error: null,
      error_type: null,
    });
    expect(done.final_variables.username).toBe("Grace");
  });

  it("waits for the end where that is asked for", async () => {
    const { workflow_id } = await publish(ada);
    const done = await execute(
      workflow_id,
      { metadata: { trigger_source: "command", session_id: "s-1", note: "hi" } },
      "?wait=10",
    );
    expect(done.status, done.text).toBe(200);
    expect(done.json.data).toMatchObject({
      status: "completed",
      trigger: { source: "command", metadata: { note: "hi" } },
    });
    // It is the same that everybody reads later.
    expect((await ada(of(done.json.data.execution_id))).json.data).toEqual(done.json.data);
    const slow = await publish(ada, waiting(60));
    const late = await execute(slow.workflow_id, {}, "?wait=0.2");
    expect(late.status).toBe(504);
    expect(late.json.error).toMatchObject({ code: "EXECUTION_TIMEOUT", details: { execution_id: expect.any(String) } });
    expect((await ada(of(late.json.error.details.execution_id))).json.data.status).toBe("waiting");
    expect((await execute(slow.workflow_id, {}, "?wait=0")).status).toBe(202);
  });

  it("picks the trigger by its source or its name", async () => {
    const graph = draw("chat -> end; hook -> end", {
      chat: ["trigger_command", { command_name: "x" }],
      hook: "trigger_webhook",
      end: "flow_end",
    });
    const { workflow_id } = await publish(ada, graph);
    const path = async (metadata: object) =>
      (await execute(workflow_id, { metadata }, "?wait=10")).json.data?.execution_path[0];
    expect(await path({})).toBe("chat");
    expect(await path({ trigger_source: "webhook" })).toBe("hook");
    expect(await path({ trigger_source: "elsewhere" })).toBe("chat");
    expect(await path({ trigger_node: "hook" })).toBe("hook");
    expect((await execute(workflow_id, { metadata: { trigger_node: "end" } })).json.error.code).toBe("BAD_REQUEST");
  });

  it("starts once per idempotency key and caller", async () => {
    const { workflow_id } = await publish(ada);
    const key = { "idempotency-key": "order 7!" };
    const answers = await Promise.all(Array.from({ length: 5 }, () => execute(workflow_id, {}, "", key)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(answers.map(({ json }) => json.data.execution_id)).size).toBe(1);
    const again = await execute(workflow_id, {}, "", key);
    expect(again.json.data).toEqual(answers[0]?.json.data);
    const service = await app.service()(at(workflow_id, "/execute"), post({}, key));
    expect(service.json.data.execution_id).not.toBe(again.json.data.execution_id);
    expect((await ada(at(workflow_id, "/executions"))).json.meta.pagination.total).toBe(2);
    for (const bad of ["", "x".repeat(256), "a\u00e4"]) {
      expect((await execute(workflow_id, {}, "", { "idempotency-key": bad })).status, bad).toBe(400);
    }
  });

  it("refuses what cannot run", async () => {
    const draft = await make(ada, greeting());
    expect((await execute(draft.workflow_id)).json.error).toMatchObject({
      code: "EXECUTION_ERROR",
      message: expect.stringContaining("publish it first"),
    });
    const { workflow_id } = await publish(ada);
    await ada(at(workflow_id), { method: "PUT", body: { enabled: false } });
    expect((await execute(workflow_id)).json.error).toMatchObject({
      code: "EXECUTION_ERROR",
      message: expect.stringContaining("enabled"),
    });
  });

  it.each([
    ["no community_id", { community_id: undefined }, 400],
    ["another community", { community_id: 2 }, 403],
    ["variables as a list", { variables: [1] }, 400],
    ["metadata as text", { metadata: "x" }, 400],
    ["a trigger_source that is no word", { metadata: { trigger_source: "a b" } }, 400],
  ])("refuses %s", async (_name, body, status) => {
    const { workflow_id } = await publish(ada);
    expect((await execute(workflow_id, body)).status).toBe(status);
  });

  it.each(["61", "-1", "abc", "1e1", ""])("refuses ?wait=%s", async (wait) => {
    const { workflow_id } = await publish(ada);
    expect((await execute(workflow_id, {}, `?wait=${wait}`)).status).toBe(400);
  });

  it("lets a service leave the community out", async () => {
    const { workflow_id } = await publish(ada);
    expect((await app.service()(at(workflow_id, "/execute"), { method: "POST" })).status).toBe(202);
  });
});

describe("reading", () => {
  it("shows a running execution as far as it has come", async () => {
    const graph = draw("start -> set -> pause -> end", {
      start: ["trigger_command", { command_name: "x" }],
      set: ["data_variable_set", { variable_name: "n", value: 5 }],
      pause: ["action_delay", { delay_seconds: 60 }],
      end: "flow_end",
    });
    const id = await start((await publish(ada, graph)).workflow_id);
    await until(async () => (await ada(of(id))).json.data.status === "waiting");
    const { data } = (await ada(of(id, "?include_metrics=true"))).json;
    expect(data).toMatchObject({
      status: "waiting",
      end_time: null,
      execution_path: ["start", "set", "pause"],
      final_variables: { n: 5 },
    });
    expect(data.node_states.pause.status).toBe("waiting");
    expect(data.node_states.end.status).toBe("pending");
    expect(data.metrics).toMatchObject({ nodes_executed: 3, retries: 0, slowest_nodes: expect.any(Array) });
  });

  it("leaves logs out and adds metrics where that is asked for", async () => {
    const graph = draw("start -> work -> pause -> end", {
      start: ["trigger_command", { command_name: "x" }],
      work: ["data_transform", { language: "javascript", transform_code: "console.log('seen'); return 1;" }],
      pause: ["action_delay", { delay_seconds: 0.2 }],
      end: "flow_end",
    });
    const { workflow_id } = await publish(ada, graph);
    const id = await start(workflow_id);
    expect((await over(id)).node_states.work.logs).toEqual(["seen"]);
    const { data } = (await ada(of(id, "?include_logs=false&include_metrics=true"))).json;
    expect(data.node_states.work).not.toHaveProperty("logs");
    expect(data.metrics.waiting_seconds).toBeGreaterThanOrEqual(0.2);
    expect(data.metrics.total_duration_seconds).toBeGreaterThanOrEqual(data.metrics.waiting_seconds);
    expect(data.metrics.slowest_nodes.map(({ node_id }: { node_id: string }) => node_id)).toContain("pause");
    expect((await ada(of(id, "?include_logs=no"))).status).toBe(400);
  });

  it("lists, filters and sorts", async () => {
    const { workflow_id } = await publish(ada);
    const ids = [await start(workflow_id), await start(workflow_id), await start(workflow_id)];
    for (const id of ids) await over(id);
    const list = async (query: string) => (await ada(at(workflow_id, `/executions?${query}`))).json;
    const all = (await list("sort_order=asc")).data.map(({ execution_id }: { execution_id: string }) => execution_id);
    expect(all).toEqual(ids);
    expect((await list("status=completed&per_page=2")).meta.pagination).toMatchObject({
      total: 3,
      total_pages: 2,
      has_next: true,
    });
    expect((await list("status=failed")).data).toEqual([]);
    expect((await list("sort_by=execution_time&community_id=1")).data).toHaveLength(3);
    for (const query of [
      "sort_by=start_time;DROP%20TABLE%20workflows",
      "sort_order=sideways",
      "status=odd",
      "status[]=running",
    ]) {
      expect((await ada(at(workflow_id, `/executions?${query}`))).status, query).toBe(400);
    }
  });
});

describe("cancelling", () => {
  it("ends a resting execution, once and for all", async () => {
    const id = await start((await publish(ada, waiting(60))).workflow_id);
    await until(async () => (await ada(of(id))).json.data.status === "waiting");
    const ended = await ada(of(id, "/cancel"), post({ reason: "enough" }));
    expect(ended.status, ended.text).toBe(200);
    expect(ended.json.data).toMatchObject({ status: "cancelled", cancel_requested: { by: "7", reason: "enough" } });
    expect((await ada(of(id, "/cancel"), { method: "POST" })).json.data.status).toBe("cancelled");
    expect(
      app.lines.filter(({ action, execution_id }) => action === "workflow_execute_cancel" && execution_id === id),
    ).toHaveLength(1);
  });

  it("refuses an execution that is over", async () => {
    const id = await start((await publish(ada)).workflow_id);
    await over(id);
    const refused = await ada(of(id, "/cancel"), post({}));
    expect(refused.status).toBe(400);
    expect(refused.json.error.code).toBe("EXECUTION_ERROR");
  });
});

describe("repeating", () => {
  const graph = draw("start -> say -> check -true-> end", {
    start: ["trigger_command", { command_name: "x" }],
    say: ["action_chat_message", { message: "{{ word }}" }],
    check: ["condition_if", { condition: "ok" }],
    end: ["flow_end", { output_data: { word: "{{ word }}" } }],
  });

  it("does everything again with the same data, or only what comes from a node on", async () => {
    const { workflow_id } = await publish(ada, graph);
    const id = await start(workflow_id, { variables: { word: "hello", ok: true } });
    await over(id);
    const said = async () =>
      (await ada(`/api/v1/practice/messages?community_id=1`)).json.data.filter(
        (message: { workflow_id: string }) => message.workflow_id === workflow_id,
      ).length;
    expect(await said()).toBe(1);

    const again = await ada(of(id, "/retry"), { method: "POST" });
    expect(again.status, again.text).toBe(202);
    expect(await over(again.json.data.execution_id)).toMatchObject({
      status: "completed",
      retried_from: id,
      final_output: { word: "hello" },
      trigger: { source: "retry" },
    });
    expect(await said()).toBe(2);

    const rest = await ada(of(id, "/retry"), post({ from_node: "check" }));
    expect(await over(rest.json.data.execution_id)).toMatchObject({
      status: "completed",
      execution_path: ["start", "say", "check", "end"],
    });
    expect(await said()).toBe(2);
    expect((await ada(of(id, "/retry"), post({ from_node: "nowhere" }))).json.error.code).toBe("BAD_REQUEST");
  });

  it("runs the version that it ran", async () => {
    const { workflow_id } = await publish(ada, greeting());
    const id = await start(workflow_id);
    await over(id);
    await ada(at(workflow_id), {
      method: "PUT",
      body: { nodes: { other: { node_type: "trigger_webhook" } }, connections: [] },
    });
    await ada(at(workflow_id, "/publish"), post({}));
    const again = await ada(of(id, "/retry"), post({}));
    expect(await over(again.json.data.execution_id)).toMatchObject({
      workflow_version: "1.0.0",
      execution_path: ["start", "greet", "end"],
    });
  });

  it("is for what is over", async () => {
    const id = await start((await publish(ada, waiting(60))).workflow_id);
    expect((await ada(of(id, "/retry"), post({}))).json.error.code).toBe("EXECUTION_ERROR");
  });
});
