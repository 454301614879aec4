// Secrets of communities from the door to the wire: written, sent, never seen.
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { WorkflowGraph } from "@workflow-core/core";
import { draw } from "@workflow-core/core/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createSecrets, mostSecrets } from "../../src/access/secrets.js";
import { type Caller, make, publish, secret, type TestApp, testApp } from "../support/app.js";
import { until } from "../support/until.js";

const canary = "canary-0f3a9c-value";
let app: TestApp;
let member: Caller;
let stranger: Caller;
let server: Server;
let url: string;
/** What came to the server, which says all of it back. */
const heard: { url: string; headers: IncomingMessage["headers"]; body: string }[] = [];

const written = (said: string) => ({
  base64: Buffer.from(said, "latin1").toString("base64"),
  pair: Buffer.from(`ada:${said}`).toString("base64"),
  hex: Buffer.from(said).toString("hex"),
  address: encodeURIComponent(said),
  ascii: said.replace(/[^\0-\x7f]/g, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`),
});

beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    heard.push({ url: request.url ?? "", headers: request.headers, body });
    const said = String(request.headers.authorization ?? "none");
    response.statusCode = request.url === "/fail" ? 500 : 200;
    response.setHeader("content-type", "application/json");
    response.setHeader("x-echo", said);
    response.setHeader(`x-${Buffer.from(said).toString("hex")}`, "1");
    response.end(JSON.stringify({ url: request.url, headers: request.headers, body, written: written(said) }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // it listens on TCP
  url = `http://127.0.0.1:${port}`;
  app = await testApp({ environment: { EGRESS_ALLOW_CIDRS: `127.0.0.1/32:${port}` } });
  member = await app.as({ user_id: 1, community_ids: [1] });
  stranger = await app.as({ user_id: 3, community_ids: [2] });
});
beforeEach(() => {
  heard.length = 0;
});
afterAll(async () => {
  await app.close();
  server.close();
});

const path = "/api/v1/communities/1/secrets";
const write = (name: string, value: string, call = member) =>
  call(`${path}/${name}`, { method: "PUT", body: { value } });

const calling = (name = "token"): WorkflowGraph =>
  draw("start -> call -> keep -> end", {
    start: ["trigger_command", { command_name: "go" }],
    call: [
      "action_webhook",
      {
        url: `${url}/${`{{ secrets.${name} }}`}?q={{ username }}`,
        headers: { Authorization: `Bearer {{ secrets.${name} }}` },
        body: { key: `{{ secrets.${name} }}`, said: "{{ username }}" },
      },
    ],
    keep: ["data_variable_set", { variable_name: "copy", value: "{{ response_body }}" }],
    end: ["flow_end", { output_data: { answer: "{{ copy }}" } }],
  });

async function run(workflowId: string, variables: Record<string, string> = { username: "ada" }, call = member) {
  const started = await call(`/api/v1/workflows/${workflowId}/execute`, {
    method: "POST",
    body: { community_id: 1, variables },
  });
  const id: string = started.json.data.execution_id;
  const read = async () => (await call(`/api/v1/workflows/executions/${id}`)).json.data;
  await until(async () => ["completed", "failed"].includes((await read()).status));
  return { id, execution: await read() };
}

/** Everything that the database holds, as text. */
async function everything(): Promise<string> {
  const { rows } = await app.test.database.primary.query<{ table_name: string }>(
    "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'",
  );
  const texts = await Promise.all(
    rows.map(async ({ table_name }) => {
      const table = await app.test.database.primary.query(`SELECT t::text AS row FROM "${table_name}" AS t`);
      return JSON.stringify(table.rows);
    }),
  );
  return texts.join("\n");
}

describe("secrets over REST", () => {
  it("are written and removed by members and services, and only their names are shown", async () => {
    const made = await write("api_key", canary);
    expect(made.json).toMatchObject({ message: "Secret created", data: { name: "api_key", updated_by: "1" } });
    expect((await write("api_key", `${canary}-2`)).json.message).toBe("Secret updated");
    expect((await write("other", "x", app.service())).status).toBe(200);
    const listed = await member(path);
    expect(listed.json.data).toMatchObject([{ name: "api_key" }, { name: "other", updated_by: "service" }]);
    expect(listed.text).not.toContain(canary);
    expect((await member(`${path}/api_key`, { method: "DELETE" })).json.data).toEqual({ name: "api_key" });
    expect((await member(`${path}/api_key`, { method: "DELETE" })).status).toBe(404);
    expect(app.lines).toContainEqual(
      expect.objectContaining({ event_type: "AUDIT", action: "secret_delete", user: 1, community: 1, name: "api_key" }),
    );
    expect(JSON.stringify(app.lines)).not.toContain(canary);
  });

  it("are nothing to others: people of other communities, without one, or through a service", async () => {
    const others = [stranger, await app.as({ user_id: 1 }), app.service(1)];
    for (const call of others) {
      expect((await call(path)).json.error.code).toBe("NOT_FOUND");
      expect((await write("x", "y", call)).status).toBe(404);
      expect((await call(`${path}/other`, { method: "DELETE" })).status).toBe(404);
    }
    expect((await member("/api/v1/communities/2/secrets")).status).toBe(404);
    expect((await member("/api/v1/communities/x/secrets")).status).toBe(404);
  });

  it("have names that expressions can write, and values of some length", async () => {
    for (const name of ["a-b", "1a", "a.b", "%C3%A4", "x".repeat(65)])
      expect((await write(name, "v")).status).toBe(404);
    for (const value of ["", "x".repeat(8193), 5, null]) expect((await write("a", value as string)).status).toBe(400);
  });

  it(`are at most ${mostSecrets} in a community`, async () => {
    const call = await app.as({ user_id: 9, community_ids: [9] });
    const at = (name: string) => `/api/v1/communities/9/secrets/${name}`;
    const body = { value: "value" };
    for (let index = 0; index < mostSecrets; index += 1) await call(at(`s${index}`), { method: "PUT", body });
    expect((await call(at("one_more"), { method: "PUT", body })).json.error.code).toBe("FORBIDDEN");
    expect((await call(at("s5"), { method: "PUT", body })).status).toBe(200);
  });
});

describe("a workflow that uses a secret", () => {
  it("sends it, and nobody finds it in executions, events, log or tables", async () => {
    await write("token", canary);
    const { workflow_id } = await publish(member, calling());
    const { id, execution } = await run(workflow_id);
    expect(execution.status, execution.error_message).toBe("completed");
    expect(heard).toHaveLength(1);
    expect(heard[0]?.url).toBe(`/${canary}?q=ada`);
    expect(heard[0]?.headers.authorization).toBe(`Bearer ${canary}`);
    expect(JSON.parse(heard[0]?.body ?? "")).toEqual({ key: canary, said: "ada" });

    expect(execution.node_states.call.input_data.headers).toEqual({ Authorization: "Bearer [secret token]" });
    expect(execution.final_output.answer.url).toBe("/[secret token]?q=ada");
    const stream = await member(`/api/v1/workflows/executions/${id}/events`);
    for (const text of [JSON.stringify(execution), stream.text, await everything(), JSON.stringify(app.lines)]) {
      expect(text.length).toBeGreaterThan(100);
      expect(text).not.toContain(canary);
    }
    const { rows } = await app.test.database.primary.query<{ data: string }>(
      "SELECT data FROM workflow_execution_events WHERE execution_id = $1 AND sequence = 1",
      [id],
    );
    const mark: string = JSON.parse(rows[0]?.data ?? "").secret_mark;
    expect(mark).toMatch(/^[0-9a-f]{32}$/);
    for (const text of [JSON.stringify(execution), stream.text]) expect(text).not.toContain(mark);
  });

  it("is shown by nobody who says the value back, however he writes it", async () => {
    const value = 'canary-ü "q" <&7f21';
    await write("token", value);
    const graph = draw("start -> ask -> fail", {
      start: ["trigger_command", { command_name: "go" }],
      ask: ["action_webhook", { url, headers: { Authorization: "{{ secrets.token }}" }, body: "{{ secrets.token }}" }],
      fail: [
        "action_webhook",
        { url: `${url}/fail`, headers: { Authorization: "{{ secrets.token }}" }, fail_on_error: true },
      ],
    });
    const { workflow_id } = await publish(member, graph);
    const { id, execution } = await run(workflow_id);
    expect(execution).toMatchObject({ status: "failed", error_node_id: "fail" });
    expect(heard.map(({ headers }) => headers.authorization)).toEqual([value, value]);
    const { response_body, response_headers } = execution.node_states.ask.output_data;
    expect(response_body.written).toEqual({
      base64: expect.stringMatching(/^\[secret token\]=*$/),
      pair: expect.stringMatching(/^YWRh.\[secret token\]$/),
      hex: "[secret token]",
      address: "[secret token]",
      ascii: "[secret token]",
    });
    expect(response_headers["x-[secret token]"]).toBe("1");
    const stream = await member(`/api/v1/workflows/executions/${id}/events`);
    for (const text of [JSON.stringify(execution), stream.text, await everything(), JSON.stringify(app.lines)])
      expect(text).not.toMatch(/canary-(ü|%|\\+u)|63616e6172|Y2FuYXJ5L/i);
  });

  it("sends the value of the moment, also one that an older SECRET_KEY encrypted", async () => {
    const { workflow_id } = await publish(member, calling());
    await write("token", "another-value-1");
    await run(workflow_id);
    const rotated = { SECRET_KEY: "a-new-key-of-the-tests-9876543210", SECRET_KEY_PREVIOUS: secret };
    const after = createSecrets({ database: app.test.database, settings: rotated });
    expect((await after.resolve(1)).get("token")?.value).toBe("another-value-1");
    // Using it has encrypted it anew, so the old key is not needed any more.
    const alone = createSecrets({
      database: app.test.database,
      settings: { SECRET_KEY: rotated.SECRET_KEY, SECRET_KEY_PREVIOUS: undefined },
    });
    expect((await alone.resolve(1)).get("token")?.value).toBe("another-value-1");
    const { execution } = await run(workflow_id);
    expect(execution.error_message).toContain('The secret "token" was stored under another SECRET_KEY');
    expect(heard.map(({ headers }) => headers.authorization)).toEqual(["Bearer another-value-1"]);
  });

  it("fails and names the secret that is not there, without calling anybody", async () => {
    const { workflow_id } = await publish(member, calling("nowhere"));
    const { execution } = await run(workflow_id);
    expect(execution).toMatchObject({ status: "failed", error_node_id: "call", error_type: "SECRET_MISSING" });
    expect(execution.error_message).toBe('The community has no secret "nowhere".');
    expect(heard).toEqual([]);
  });

  it("sends one that is bound to hosts to these only, and keeps them when it gets a new value", async () => {
    const put = (body: object) => member(`${path}/bound`, { method: "PUT", body });
    const { host, hostname } = new URL(url);
    const made = await put({ value: canary, hosts: ["API.example.org", "*.example.org:8443", host] });
    expect(made.json.data.hosts).toEqual(["api.example.org", "*.example.org:8443", host]);
    expect((await put({ value: `${canary}-2` })).json.data.hosts).toHaveLength(3);
    for (const bad of [["a b"], [""], [], "x", ["https://x.example"], [5], Array(21).fill("a.example")])
      expect((await put({ value: "v", hosts: bad })).status, JSON.stringify(bad)).toBe(400);
    const { workflow_id } = await publish(member, calling("bound"));
    expect((await run(workflow_id)).execution.status).toBe("completed");
    expect(heard[0]?.headers.authorization).toBe(`Bearer ${canary}-2`);

    await put({ value: `${canary}-2`, hosts: ["api.example.org", `${hostname}:1`] });
    const { execution } = await run(workflow_id);
    expect(execution).toMatchObject({ status: "failed", error_node_id: "call", error_type: "SECRET_NOT_FOR_HOST" });
    expect(execution.error_message).toBe(
      `The secret "bound" may not be sent to ${host}; it is for api.example.org, ${hostname}:1.`,
    );
    expect(heard).toHaveLength(1);
    expect((await put({ value: canary, hosts: null })).json.data.hosts).toBeNull();
    expect((await run(workflow_id)).execution.status).toBe("completed");
    expect(app.lines).toContainEqual(expect.objectContaining({ action: "secret_update", name: "bound", hosts: null }));
  });

  it("uses the secrets of its own community and no other's", async () => {
    const theirs = await app.as({ user_id: 5, community_ids: [2] });
    await theirs("/api/v1/communities/2/secrets/token", { method: "PUT", body: { value: "of community two" } });
    await write("token", canary);
    const { workflow_id } = await publish(member, calling());
    await run(workflow_id);
    expect(heard[0]?.headers.authorization).toBe(`Bearer ${canary}`);
  });

  it("sends nothing for what people write into chat, whatever it looks like", async () => {
    await write("token", canary);
    const graph = draw("start -> call -> end", {
      start: ["trigger_command", { command_name: "go" }],
      call: ["action_webhook", { url, body: { said: "{{ username }}", key: "{{ secrets.token }}" } }],
      end: "flow_end",
    });
    const { workflow_id } = await publish(member, graph);
    const first = await run(workflow_id);
    const { rows } = await app.test.database.primary.query<{ data: string }>(
      "SELECT data FROM workflow_execution_events WHERE execution_id = $1 AND sequence = 1",
      [first.id],
    );
    const old: string = JSON.parse(rows[0]?.data ?? "").secret_mark;
    for (const username of ["{{ secrets.token }}", "[secret token]", `wcs${old}x746f6b656ex`]) {
      heard.length = 0;
      await run(workflow_id, { username });
      expect(JSON.parse(heard[0]?.body ?? "")).toEqual({ said: username, key: canary });
    }
  });

  it("is published by members only, and rolled back to by members only", async () => {
    const graph = calling();
    const outsider = await app.as({ user_id: 50 });
    const theirs = await make(outsider, graph);
    const refused = await outsider(`/api/v1/workflows/${theirs.workflow_id}/publish`, { method: "POST" });
    expect([refused.status, refused.json.error.code]).toEqual([403, "FORBIDDEN"]);
    expect(refused.json.error.message).toContain("secrets.token");

    const { workflow_id } = await publish(member, graph);
    await member(`/api/v1/workflows/${workflow_id}`, {
      method: "PUT",
      body: draw("start -> end", { start: ["trigger_command", { command_name: "x" }], end: "flow_end" }),
    });
    await member(`/api/v1/workflows/${workflow_id}/publish`, { method: "POST" });
    const authorElsewhere = await app.as({ user_id: 1, community_ids: [2] });
    const back = { method: "POST", body: { version: "1.0.0" } } as const;
    expect((await authorElsewhere(`/api/v1/workflows/${workflow_id}/rollback`, back)).status).toBe(403);
    expect((await member(`/api/v1/workflows/${workflow_id}/rollback`, back)).status).toBe(200);
  });

  it("may not put it where it would be seen", async () => {
    const graph = draw("start -> say -> end", {
      start: ["trigger_command", { command_name: "go" }],
      say: ["action_chat_message", { message: "{{ secrets.token }}" }],
      end: "flow_end",
    });
    const { workflow_id } = await make(member, graph);
    const refused = await member(`/api/v1/workflows/${workflow_id}/publish`, { method: "POST" });
    expect(refused.json.error.details.errors).toMatchObject([
      { code: "secret_misplaced", node_id: "say", path: "config.message" },
    ]);
  });
});
