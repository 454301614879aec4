// What people learn of triggers: the log, and the answer to "why did !hug not answer @ada?".
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { IncomingEvent } from "../../src/triggers/incoming.js";
import { type Caller, make, publish, type TestApp, testApp } from "../support/app.js";
import { command, happening, onCommand, onEvent } from "../support/replica.js";
import { until } from "../support/until.js";
import { makeWebhook, receiving } from "../support/webhooks.js";

let app: TestApp;
let ada: Caller;
beforeAll(async () => {
  app = await testApp();
  ada = await app.as({ user_id: 7, username: "ada", community_ids: [1] });
});
afterAll(() => app.close());

const results = async (event: IncomingEvent) => {
  const reply = await app.service()("/api/v1/events", { method: "POST", body: event });
  expect(reply.status, reply.text).toBe(202);
  return reply.json.data.results;
};
const outcome = async (event: IncomingEvent) => (await results(event))[0]?.outcome;

describe("the trigger log", () => {
  it("remembers each outcome and finds it again", async () => {
    const { workflow_id } = await publish(ada, onCommand({ command_name: "logged", permission_level: "vip" }), {
      name: "Log 100%",
    });
    const vip = command("!logged x", { user: { id: "42", name: "Grace", roles: ["vip"] } });
    const [{ execution_id }] = await results(vip);
    await results(vip);
    await results(command("!logged", { user: { id: "43", name: "Eve", roles: ["sub"] } }));
    const log = async (query: string) => (await ada(`/api/v1/triggers/log?workflow_id=${workflow_id}${query}`)).json;
    const { data, meta } = await log("");
    expect(meta.pagination).toMatchObject({ total: 3, total_pages: 1 });
    expect(data).toMatchObject([
      { outcome: "not_permitted", detail: "needs vip", user_name: "Eve", user_id: "43", execution_id: null },
      { outcome: "duplicate", execution_id, delivery_id: vip.delivery_id },
      {
        outcome: "started",
        execution_id,
        trigger: "!logged",
        node_id: "start",
        platform: "twitch",
        workflow_name: "Log 100%",
      },
    ]);
    const outcomes = async (query: string) => (await log(query)).data.map((line: { outcome: string }) => line.outcome);
    expect(await outcomes("&outcome=started")).toEqual(["started"]);
    expect(await outcomes("&user=@grace")).toEqual(["duplicate", "started"]);
    expect(await outcomes("&user=43")).toEqual(["not_permitted"]);
    expect(await outcomes("&q=needs")).toEqual(["not_permitted"]);
    expect(await outcomes("&q=100%25&per_page=1&page=2")).toEqual(["duplicate"]);
    expect(await outcomes(`&since=${new Date(Date.now() + 60_000).toISOString()}`)).toEqual([]);
    expect(await outcomes("&community_id=2")).toEqual([]);
    expect((await ada("/api/v1/triggers/log?outcome=nonsense")).status).toBe(400);
    const stranger = await app.as({ user_id: 99, community_ids: [9] });
    expect((await stranger(`/api/v1/triggers/log?workflow_id=${workflow_id}`)).json.data).toEqual([]);
  });
});

describe("webhooks in the trigger log", () => {
  it("have the same outcomes: started, duplicate, limit, each limit by its name and once a minute", async () => {
    const { workflow_id } = await publish(ada, receiving(), { metadata: { on_overlap: "skip" } });
    const hook = await makeWebhook(ada, workflow_id, { require_signature: false, rate_limit_max: 3, name: "Shop" });
    const send = (id: string) =>
      app.http.inject({
        method: "POST",
        url: `/api/v1/workflows/webhooks/${hook.token}`,
        headers: { "x-delivery-id": id },
      });
    const first = (await send("one")).json().data.execution_id;
    await until(async () => (await ada(`/api/v1/workflows/executions/${first}`)).json.data.status === "completed");
    await send("one");
    await send("three");
    for (let call = 0; call < 5; call += 1) expect((await send(`over ${call}`)).statusCode).toBe(429);
    const { data } = (await ada(`/api/v1/triggers/log?workflow_id=${workflow_id}`)).json;
    expect(data).toMatchObject([
      { outcome: "limit", detail: expect.stringMatching(/^limit rate_limit_max: The webhook takes 3 calls/) },
      { outcome: "started", delivery_id: "three" },
      { outcome: "duplicate", execution_id: first },
      { outcome: "started", execution_id: first, trigger: "Shop", platform: "webhook", user_id: hook.webhook_id },
    ]);
  });

  it("say which execution stands in the way", async () => {
    const { workflow_id } = await publish(ada, onCommand({ command_name: "hooked" }, { on_overlap: "skip" }, 60));
    const hook = await makeWebhook(ada, workflow_id, { require_signature: false });
    const url = `/api/v1/workflows/webhooks/${hook.token}`;
    const first = (await app.http.inject({ method: "POST", url })).json().data.execution_id;
    expect((await app.http.inject({ method: "POST", url })).json().error.code).toBe("EXECUTION_ERROR");
    const [line] = (await ada(`/api/v1/triggers/log?workflow_id=${workflow_id}&outcome=limit`)).json.data;
    expect(line.detail).toBe(`on_overlap skip: execution ${first} of this workflow is not over yet`);
  });
});

describe("why did it not answer?", () => {
  const ask = async (caller: Caller, query: Record<string, string>) => {
    const reply = await caller(`/api/v1/triggers/explain?${new URLSearchParams({ community_id: "1", ...query })}`);
    expect(reply.status, reply.text).toBe(200);
    return reply.json.data;
  };
  const gate = (
    explanation: { candidates: { gates: { gate: string; verdict: string; detail: string }[] }[] },
    name: string,
  ) => explanation.candidates[0]?.gates.find((each) => each.gate === name);

  it("tells each gate's verdict now, with the roles that were last seen", async () => {
    await publish(
      ada,
      onCommand({ command_name: "why", permission_level: "vip", user_cooldown_seconds: 50, min_args: 1 }),
      { name: "Why" },
    );
    const joan = { user: { id: "77", name: "Joan", roles: ["vip"] } };
    expect(await ask(ada, { message: "!why x", user: "joan", platform: "twitch" })).toMatchObject({
      answer:
        '!why may start "Why": needs vip; the person\'s roles are not known; 50 s per person; the person is not known.',
    });
    expect(await outcome(command("!why x", joan))).toBe("started");
    const held = await ask(ada, { message: "!why x", user: "@JOAN", platform: "twitch" });
    expect(held.answer).toMatch(/^!why does not start "Why": cooldown, (50|49) s left for @Joan\.$/);
    expect(held.asked.user).toEqual({ name: "Joan", id: "77", roles: ["vip"], platform: "twitch" });
    expect(gate(held, "permission")).toMatchObject({ verdict: "pass" });
    expect(gate(held, "user_cooldown")).toMatchObject({ verdict: "stop" });
    expect(held.recent).toMatchObject([{ outcome: "started", user_name: "Joan" }]);
    const other = await ask(ada, { message: "!why", user: "eve", roles: "subscriber", platform: "twitch" });
    expect(other.candidates).toMatchObject([{ would_start: "no", workflow_name: "Why" }]);
    expect(gate(other, "permission")).toMatchObject({ verdict: "stop", detail: "needs vip" });
    expect(gate(other, "min_args")).toMatchObject({ verdict: "stop" });
  });

  it("is answered for events too: filters by their data, platforms, and that nothing listens", async () => {
    const raid = { event_type: "raid", platforms: ["twitch"], filters: { viewers: "{{ viewers > 9 }}" } };
    await publish(ada, onEvent(raid), { name: "Raiders" });
    const asked = { event_type: "raid", platform: "twitch" };
    const rows = async () =>
      (await app.test.database.primary.query("SELECT count(*)::int AS n FROM workflow_trigger_log")).rows[0].n;
    expect((await ask(ada, { ...asked, data: '{"viewers": 12}', user: "x" })).answer).toBe(
      'The event raid would start "Raiders" now.',
    );
    expect((await ask(ada, { ...asked, data: '{"viewers": 2}', user: "x" })).answer).toMatch(
      /^The event raid does not start "Raiders": filtered by data\.viewers: .+ does not hold\.$/,
    );
    const vague = await ask(ada, { event_type: "raid" });
    expect(vague.candidates[0]).toMatchObject({ would_start: "unknown", workflow_name: "Raiders" });
    expect(gate(vague, "platform")?.detail).toBe("only on twitch; the platform is not known");
    expect(gate(vague, "data.viewers")?.verdict).toBe("unknown");
    await results(happening("raid", { viewers: 3 }));
    expect((await ask(ada, asked)).recent).toMatchObject([{ outcome: "filtered", trigger: "raid" }]);

    const before = await rows();
    for (let turn = 0; turn < 20; turn += 1) expect(await results(happening(`nothing ${turn}`))).toEqual([]);
    const nothing = await ask(ada, { event_type: "raidd" });
    expect(nothing).toMatchObject({ candidates: [], recent: [], asked: { event_type: "raidd", command: "" } });
    expect(nothing.answer).toBe('No workflow here listens to the event raidd; did you mean "raid"?');
    expect(await rows()).toBe(before);
    const stranger = await app.as({ user_id: 99, community_ids: [9] });
    expect((await ask(stranger, asked)).answer).toBe("No workflow here listens to the event raid.");
  });

  it("needs one question, and data that are an object", async () => {
    const about = (query: string) => ada(`/api/v1/triggers/explain?community_id=1${query}`);
    for (const bad of ["", "&message=!a&event_type=b", "&event_type=b&data=[1]", "&event_type=b&data={"])
      expect((await about(bad)).status, bad).toBe(400);
    expect((await about("&event_type=b&data=[1]")).json.error.message).toContain("data");
  });

  it("knows drafts, what is switched off, and what is drawn but not published", async () => {
    await make(ada, onCommand({ command_name: "drafted" }), { name: "Draft" });
    expect((await ask(ada, { message: "!drafted" })).answer).toBe(
      '!drafted does not start "Draft": the workflow is a draft; publish it.',
    );
    const { workflow_id } = await publish(ada, onCommand({ command_name: "before" }), { name: "Moved" });
    await ada(`/api/v1/workflows/${workflow_id}`, {
      method: "PUT",
      body: { nodes: onCommand({ command_name: "after" }).nodes },
    });
    expect((await ask(ada, { message: "!after" })).answer).toContain("drawn, but not in the published version 1.0.0");
    await ada(`/api/v1/workflows/${workflow_id}`, { method: "PUT", body: { enabled: false } });
    expect((await ask(ada, { message: "!before" })).answer).toBe(
      '!before does not start "Moved": the workflow is switched off.',
    );
    await ada(`/api/v1/workflows/${workflow_id}`, { method: "DELETE" });
    expect((await ask(ada, { message: "!before" })).answer).toContain("the workflow is archived");
  });

  it("guesses what was meant, and tells nobody what they may not see", async () => {
    await publish(ada, onCommand({ command_name: "snuggle" }));
    expect((await ask(ada, { message: "!sungle" })).answer).toBe(
      'No workflow here has the command !sungle; did you mean "!snuggle"?',
    );
    expect((await ask(ada, { message: "hello" })).answer).toBe("That is no command: one begins with ! or /.");
    expect((await ask(ada, { message: "!snuggle" })).answer).toMatch(/^!snuggle would start/);
    const stranger = await app.as({ user_id: 99, community_ids: [9] });
    for (const message of ["!snuggle", "!sungle"])
      expect(await ask(stranger, { message, user: "ada" })).toMatchObject({
        answer: `No workflow here has the command ${message}.`,
        ...{ candidates: [], recent: [], asked: { user: { id: null, roles: null } } },
      });
  });
});
