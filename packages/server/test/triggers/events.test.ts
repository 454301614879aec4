// Commands and events over HTTP: what each outcome is, what executions are given, what the log says.
import { draw } from "@workflow-core/core/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { IncomingEvent } from "../../src/triggers/incoming.js";
import { type Caller, publish, type TestApp, testApp } from "../support/app.js";
import { command, happening, onCommand, onEvent } from "../support/replica.js";
import { until } from "../support/until.js";

let app: TestApp;
let ada: Caller;
let service: Caller;
beforeAll(async () => {
  app = await testApp();
  ada = await app.as({ user_id: 7, username: "ada", community_ids: [1] });
  service = app.service();
});
afterAll(() => app.close());

const send = (body: unknown) => service("/api/v1/events", { method: "POST", body });
const results = async (event: IncomingEvent) => {
  const reply = await send(event);
  expect(reply.status, reply.text).toBe(202);
  return reply.json.data.results;
};
const outcome = async (event: IncomingEvent) => {
  const [result] = await results(event);
  return result === undefined ? "nothing" : [result.outcome, result.detail].filter(Boolean).join(": ");
};
const over = async (id: string) => {
  let execution: Record<string, unknown> = {};
  await until(async () => {
    execution = (await ada(`/api/v1/workflows/executions/${id}`)).json.data;
    return execution.end_time !== null;
  }, `the end of ${id}`);
  return execution;
};

describe("a command", () => {
  it("starts the workflow at once after publishing, and is given what the node says", async () => {
    const { workflow_id } = await publish(ada, onCommand({ command_name: "!hug", aliases: ["cuddle", "!embrace"] }));
    const event = command('!HUG @grace "two words"', { user: { id: "1001", name: "ada", roles: ["viewer"] } });
    const [result, ...others] = await results(event);
    expect(others).toEqual([]);
    expect(result).toEqual({ workflow_id, outcome: "started", execution_id: expect.any(String) });
    const execution = await over(result.execution_id);
    expect(execution).toMatchObject({
      status: "completed",
      final_output: { args: ["@grace", "two words"] },
      final_variables: {
        ...{ username: "ada", user_id: "1001", platform: "twitch", channel_id: "5001" },
        ...{ message: '!HUG @grace "two words"', args: ["@grace", "two words"] },
      },
      trigger: { source: "command", node_id: "start", delivery_id: event.delivery_id, command: "!HUG" },
    });
    for (const alias of ["!cuddle", "/embrace x", "!Embrace"])
      expect(await outcome(command(alias)), alias).toBe("started");
    for (const other of ["!hugs", "hug", "!!hug", "! hug"])
      expect(await outcome(command(other)), other).toBe("nothing");
  });

  it("follows unpublishing, switching off, rolling back and archiving", async () => {
    const { workflow_id } = await publish(ada, onCommand({ command_name: "first" }));
    const path = `/api/v1/workflows/${workflow_id}`;
    const change = async (method: "PUT" | "POST" | "DELETE", where = "", body: unknown = {}) => {
      const reply = await ada(`${path}${where}`, { method, ...(method === "DELETE" ? {} : { body }) });
      expect(reply.status, reply.text).toBe(200);
    };
    const both = async () => [await outcome(command("!first")), await outcome(command("!second"))];
    expect(await both()).toEqual(["started", "nothing"]);
    await change("PUT", "", { nodes: onCommand({ command_name: "second" }).nodes });
    expect(await both()).toEqual(["started", "nothing"]);
    await change("POST", "/publish");
    expect(await both()).toEqual(["nothing", "started"]);
    await change("POST", "/rollback", { version: "1.0.0" });
    expect(await both()).toEqual(["started", "nothing"]);
    await change("PUT", "", { enabled: false });
    expect(await both()).toEqual(["nothing", "nothing"]);
    await change("PUT", "", { enabled: true });
    expect(await both()).toEqual(["started", "nothing"]);
    await change("POST", "/unpublish");
    expect(await both()).toEqual(["nothing", "nothing"]);
    await change("POST", "/publish");
    expect(await both()).toEqual(["started", "nothing"]);
    await change("DELETE");
    expect(await both()).toEqual(["nothing", "nothing"]);
  });

  it("minds capital letters where they matter", async () => {
    await publish(ada, onCommand({ command_name: "Loud", case_sensitive: true }));
    expect(await outcome(command("!Loud"))).toBe("started");
    expect(await outcome(command("!loud"))).toBe(
      "filtered: filtered by case_sensitive: capital letters matter, it is !Loud",
    );
  });

  it("is taken from who has as many roles as Discord gives, and as long as Slack lets it be", async () => {
    await publish(ada, onCommand({ command_name: "long" }));
    const roles = Array.from({ length: 250 }, (_, number) => `role ${number}`.padEnd(100, "x"));
    const long = { user: { id: "1", name: "ada", roles }, message: "!long ".padEnd(40_000, "x") };
    expect(await outcome({ ...command("!long"), ...long })).toBe("started");
  });

  it("says why it starts nothing", async () => {
    await publish(
      ada,
      onCommand({ command_name: "ban", permission_level: "moderator", platforms: ["Twitch"], min_args: 2 }),
    );
    const by = (roles: string[], more: Partial<IncomingEvent> = {}) =>
      command("!ban @eve now", { user: { id: "1", name: "ada", roles }, ...more });
    expect(await outcome(by(["sub", "vip"]))).toBe("not_permitted: needs moderator");
    expect(await outcome(by(["mod"], { platform: "discord" }))).toBe(
      "filtered: filtered by platform: discord is none of twitch",
    );
    expect(await outcome(by(["mod"], { message: "!ban @eve" }))).toBe(
      "filtered: filtered by min_args: needs 2 words behind the command, got 1",
    );
    expect(await outcome(by(["mod"], { platform: "TWITCH" }))).toBe("started");
    expect(await outcome(by(["broadcaster"]))).toBe("started");
  });

  it("cools down for everybody, and for a person", async () => {
    await publish(ada, onCommand({ command_name: "all", cooldown_seconds: 60 }));
    await publish(ada, onCommand({ command_name: "each", user_cooldown_seconds: 30 }));
    const eve = { user: { id: "2", name: "@eve", roles: [] } };
    const first = command("!all");
    expect(await outcome(first)).toBe("started");
    expect(await outcome(first)).toBe("duplicate");
    expect(await outcome(command("!all", eve))).toBe("cooldown: cooldown, 60 s left");
    expect(await outcome(command("!each"))).toBe("started");
    expect(await outcome(command("!each"))).toBe("cooldown: cooldown, 30 s left for @ada");
    expect(await outcome(command("!each", eve))).toBe("started");
    expect(await outcome(command("!each", eve))).toBe("cooldown: cooldown, 30 s left for @eve");
  });

  it("takes no cooldown when it is refused", async () => {
    const shy = onCommand({ command_name: "shy", cooldown_seconds: 60 }, { on_overlap: "skip" }, 60);
    const { workflow_id } = await publish(ada, shy);
    const started = await ada(`/api/v1/workflows/${workflow_id}/execute`, {
      method: "POST",
      body: { community_id: 1 },
    });
    expect(started.status).toBe(202);
    const { execution_id } = started.json.data;
    expect(await outcome(command("!shy"))).toBe(
      `limit: on_overlap skip: execution ${execution_id} of this workflow is not over yet`,
    );
    expect(
      (await ada(`/api/v1/workflows/${workflow_id}/execute`, { method: "POST", body: { community_id: 1 } })).json.error,
    ).toMatchObject({
      code: "EXECUTION_ERROR",
      details: { limit: "on_overlap", value: "skip", execution_id },
    });
    await ada(`/api/v1/workflows/executions/${execution_id}/cancel`, { method: "POST", body: {} });
    const again = command("!shy");
    expect(await outcome(again)).toBe("started");
    expect(await outcome(again)).toBe("duplicate");
  });

  it("cancels the execution before where the workflow says so", async () => {
    await publish(ada, onCommand({ command_name: "newest" }, { on_overlap: "cancel_previous" }, 60));
    const event = command("!newest");
    const [first] = await results(event);
    expect(await outcome(event)).toBe("duplicate");
    expect((await ada(`/api/v1/workflows/executions/${first.execution_id}`)).json.data.end_time).toBeNull();
    const [second] = await results(command("!newest"));
    expect(await over(first.execution_id)).toMatchObject({
      status: "cancelled",
      cancel_requested: { by: "on_overlap" },
    });
    expect((await ada(`/api/v1/workflows/executions/${second.execution_id}`)).json.data.end_time).toBeNull();
  });

  it("starts a workflow with several fitting triggers once", async () => {
    const graph = draw("one -> end; two -> end", {
      one: ["trigger_command", { command_name: "twice", permission_level: "owner" }],
      two: ["trigger_command", { command_name: "other", aliases: ["twice"] }],
      end: "flow_end",
    });
    await publish(ada, graph);
    const found = await results(command("!twice"));
    expect(found).toMatchObject([{ outcome: "started" }]);
    expect(await over(found[0].execution_id)).toMatchObject({ trigger: { node_id: "two" } });
    expect(await results(command("!twice", { user: { id: "1", name: "a", roles: ["owner"] } }))).toHaveLength(1);
  });
});

describe("an event", () => {
  it("passes filters or says which one it did not pass", async () => {
    await publish(
      ada,
      onEvent({ event_type: "raid", filters: { viewers: "{{ viewers >= 10 }}", "from.name": "grace" } }),
    );
    const data = { viewers: 42, from: { name: "grace" } };
    const [started] = await results(happening("raid", data));
    expect(started.outcome).toBe("started");
    expect(await over(started.execution_id)).toMatchObject({
      final_output: { event: data },
      final_variables: { viewers: 42, event_type: "raid", username: "ada", user_id: "1001", platform: "twitch" },
    });
    expect(await outcome(happening("raid", { ...data, viewers: 3 }))).toBe(
      "filtered: filtered by data.viewers: {{ viewers >= 10 }} does not hold",
    );
    expect(await outcome(happening("raid", { ...data, from: { name: "eve" } }))).toBe(
      'filtered: filtered by data.from.name: it is "eve", not "grace"',
    );
    expect(await outcome(happening("Raid", data))).toBe("nothing");
    expect(await outcome(happening("follow", data))).toBe("nothing");
  });

  it("of any type meets the trigger for all", async () => {
    await publish(ada, onEvent({ event_type: "*", platforms: ["kick"] }), { entity_id: 77 });
    expect(await outcome(happening("anything", {}, { platform: "kick", entity_id: 77 }))).toBe("started");
  });
});

describe("where it happened", () => {
  it("is all that it reaches", async () => {
    await publish(ada, onCommand({ command_name: "ours" }));
    const theirs = await app.as({ user_id: 8, community_ids: [2] });
    const { workflow_id } = await publish(theirs, onCommand({ command_name: "ours" }), { community_id: 2 });
    expect(await results(command("!ours", { community_id: 2 }))).toMatchObject([{ workflow_id, outcome: "started" }]);
    expect(await results(command("!ours", { community_id: 3 }))).toEqual([]);
    expect(await results(command("!ours", { entity_id: 2 }))).toEqual([]);
    const [mine] = await results(command("!ours"));
    expect(mine.workflow_id).not.toBe(workflow_id);
    const seen = (await theirs("/api/v1/triggers/log?per_page=100")).json.data;
    expect(seen.map((line: { workflow_id: string }) => line.workflow_id)).toEqual([workflow_id]);
  });
});
