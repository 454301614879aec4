// What people learn of triggers: the log, and the answer to "why did !hug not answer @ada?".
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { IncomingEvent } from "../../src/triggers/incoming.js";
import { type Caller, make, publish, type TestApp, testApp } from "../support/app.js";
import { command, onCommand } from "../support/replica.js";

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
