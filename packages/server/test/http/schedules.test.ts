// Schedules over HTTP, and how publishing keeps those that are drawn in step.
import { draw } from "@workflow-core/core/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { appError } from "../../src/errors.js";
import type { Schedule } from "../../src/store/schedules.js";
import { type Caller, greeting, make, publish, type TestApp, testApp } from "../support/app.js";
import { until } from "../support/until.js";

let app: TestApp;
let ada: Caller;
beforeAll(async () => {
  app = await testApp({ environment: { SCHEDULER_TIMEZONE: "America/New_York" } });
  ada = await app.as({ user_id: 7, username: "ada", community_ids: [1] });
});
afterAll(() => app.close());

const clock = (config: object) =>
  draw("start -> end", { start: ["trigger_schedule", { cron_expression: "0 9 * * *", ...config }], end: "flow_end" });
const at = (id: string, rest = "") => `/api/v1/workflows/${id}/schedules${rest}`;
const add = async (id: string, body: object): Promise<Schedule> => {
  const made = await ada(at(id), { method: "POST", body });
  expect(made.status, made.text).toBe(201);
  return made.json.data;
};
const list = async (id: string): Promise<Schedule[]> => (await ada(at(id))).json.data;

describe("the schedules of all workflows", () => {
  it("are listed with their times, those that fire next first, and why one does not fire", async () => {
    const eve = await app.as({ user_id: 8, community_ids: [8] });
    const drawn = { name: "Eve's", entity_id: 1, community_id: 8, ...greeting() };
    const { workflow_id } = (await eve("/api/v1/workflows", { method: "POST", body: drawn })).json.data;
    const add = async (body: object) =>
      (await eve(at(workflow_id), { method: "POST", body })).json.data as { schedule_id: string };
    await add({ name: "often", cron_expression: "* * * * *" });
    const daily = await add({ name: "daily", cron_expression: "30 9 * * *", timezone: "Europe/Berlin" });
    const list = async (query = "") => (await eve(`/api/v1/schedules${query}`)).json;
    expect((await list()).data).toEqual([
      expect.objectContaining({ name: "daily", obstacle: "not_published", upcoming: [], more: false }),
      expect.objectContaining({ name: "often", obstacle: "not_published", zone: "America/New_York" }),
    ]);
    expect((await eve(`/api/v1/workflows/${workflow_id}/publish`, { method: "POST" })).status).toBe(200);
    const { data, meta } = await list("?days=3");
    expect(meta.pagination.total).toBe(2);
    expect(data[0]).toMatchObject({
      name: "often",
      workflow_name: "Eve's",
      community_id: 8,
      obstacle: null,
      more: true,
    });
    expect(data[0].upcoming).toHaveLength(200);
    expect(data[1]).toMatchObject({ name: "daily", zone: "Europe/Berlin", more: false });
    expect(data[1].upcoming).toHaveLength(3);
    expect(Date.parse(data[1].upcoming[0])).toBe(Date.parse(data[1].next_run_at));

    await eve(at(workflow_id, `/${daily.schedule_id}`), { method: "PUT", body: { paused: true } });
    expect((await list("?per_page=1&page=2")).data).toEqual([
      expect.objectContaining({ name: "daily", obstacle: "paused", upcoming: [] }),
    ]);
    expect((await list("?community_id=9")).data).toEqual([]);
    expect((await list("?days=32")).error.message).toContain("days");
    const names = (await ada("/api/v1/schedules")).json.data.map(({ name }: Schedule) => name);
    expect(names).not.toContain("daily");
  });
});

describe("a schedule made by hand", () => {
  it("is made, read, listed, changed and removed", async () => {
    const { workflow_id } = await publish(ada, greeting());
    const made = await add(workflow_id, {
      name: " Morning ",
      cron_expression: "0 9 * * mon-fri",
      timezone: "europe/berlin",
    });
    expect(made).toMatchObject({
      name: "Morning",
      timezone: "Europe/Berlin",
      enabled: true,
      paused: false,
      run_count: 0,
      node_id: null,
    });
    expect(Date.parse(made.next_run_at ?? "")).toBeGreaterThan(Date.now());
    const { schedule_id } = made;
    expect((await ada(at(workflow_id, `/${schedule_id}`))).json.data).toEqual(made);
    await add(workflow_id, { cron_expression: "*/5 * * * *" });
    const page = await ada(at(workflow_id, "?per_page=1"));
    expect(page.json.data.map((each: Schedule) => each.schedule_id)).toEqual([schedule_id]);
    expect(page.json.meta.pagination).toMatchObject({ total: 2, has_next: true });

    const changed = await ada(at(workflow_id, `/${schedule_id}`), {
      method: "PUT",
      body: { cron_expression: "0 0 1 1 *", timezone: null },
    });
    // New Year in New York, because SCHEDULER_TIMEZONE says so.
    expect(changed.json.data.next_run_at).toMatch(/^\d{4}-01-01T05:00:00.000Z$/);
    const off = await ada(at(workflow_id, `/${schedule_id}`), { method: "PUT", body: { enabled: false } });
    expect(off.json.data).toMatchObject({ enabled: false, next_run_at: null, cron_expression: "0 0 1 1 *" });

    expect((await ada(at(workflow_id, `/${schedule_id}`), { method: "DELETE" })).status).toBe(200);
    expect((await ada(at(workflow_id, `/${schedule_id}`))).json.error.code).toBe("NOT_FOUND");
    expect((await ada(at(workflow_id, `/${schedule_id}`), { method: "DELETE" })).status).toBe(404);
    for (const action of ["workflow_schedule_create", "workflow_schedule_update", "workflow_schedule_delete"])
      expect(app.lines).toContainEqual(expect.objectContaining({ event_type: "AUDIT", action, workflow_id }));
  });

  it("waits until its workflow is published, and while it is switched off or archived", async () => {
    const { workflow_id } = await make(ada, greeting());
    const { schedule_id } = await add(workflow_id, { cron_expression: "* * * * *" });
    const next = async () => (await ada(at(workflow_id, `/${schedule_id}`))).json.data.next_run_at;
    expect(await next()).toBeNull();
    await ada(`/api/v1/workflows/${workflow_id}/publish`, { method: "POST" });
    expect(await next()).not.toBeNull();
    await ada(`/api/v1/workflows/${workflow_id}`, { method: "PUT", body: { enabled: false } });
    expect(await next()).toBeNull();
    await ada(`/api/v1/workflows/${workflow_id}`, { method: "PUT", body: { enabled: true } });
    expect(Date.parse(await next())).toBeGreaterThan(Date.now() - 1000);
    await ada(`/api/v1/workflows/${workflow_id}/unpublish`, { method: "POST" });
    expect(await next()).toBeNull();
    await ada(`/api/v1/workflows/${workflow_id}/publish`, { method: "POST" });
    await ada(`/api/v1/workflows/${workflow_id}`, { method: "DELETE" });
    expect(await next()).toBeNull();
    expect((await ada(at(workflow_id), { method: "POST", body: { cron_expression: "* * * * *" } })).status).toBe(404);
  });

  it.each([
    [{ cron_expression: "0 0 31 2 *" }, "cron_expression", /never fires/],
    [{ cron_expression: "* * * *" }, "cron_expression", /five fields/],
    [{ cron_expression: "61 * * * *" }, "cron_expression", /minute/],
    [{}, "cron_expression", /./],
    [{ cron_expression: "* * * * *", timezone: "Mars/Olympus" }, "timezone", /not a time zone/],
    [{ cron_expression: "* * * * *", timezone: "+02:00" }, "timezone", /not a time zone/],
    [{ cron_expression: "* * * * *", name: " " }, "name", /./],
    [{ cron_expression: "* * * * *", enabled: "yes" }, "enabled", /./],
  ])("is refused by its field: %j", async (body, field, message) => {
    const { workflow_id } = await make(ada, greeting());
    const refused = await ada(at(workflow_id), { method: "POST", body });
    expect(refused.status).toBe(400);
    expect(refused.json.error.message).toMatch(message);
    expect(refused.json.error.details[0].path).toBe(field);
  });

  it("belongs to its workflow, and to those who may", async () => {
    const first = await publish(ada, greeting());
    const second = await publish(ada, greeting());
    const { schedule_id } = await add(first.workflow_id, { cron_expression: "* * * * *" });
    expect((await ada(at(second.workflow_id, `/${schedule_id}`))).status).toBe(404);
    expect(
      (await ada(at(second.workflow_id, `/${schedule_id}`), { method: "PUT", body: { paused: true } })).status,
    ).toBe(404);
    expect((await ada(at(second.workflow_id, `/${schedule_id}/run`), { method: "POST" })).status).toBe(404);
    expect((await ada(at(first.workflow_id, "/nonsense"))).status).toBe(404);
    const member = await app.as({ user_id: 8, community_ids: [1] });
    const stranger = await app.as({ user_id: 9, community_ids: [2] });
    expect((await member(at(first.workflow_id))).status).toBe(403);
    expect(
      (await stranger(at(first.workflow_id), { method: "POST", body: { cron_expression: "* * * * *" } })).status,
    ).toBe(404);
  });
});

describe("a schedule that a node draws", () => {
  it("is in step with publish, rollback and unpublish", async () => {
    const { workflow_id } = await publish(ada, clock({ timezone: "Europe/London" }));
    const [first, ...rest] = await list(workflow_id);
    expect(rest).toEqual([]);
    expect(first).toMatchObject({
      node_id: "start",
      name: "start",
      cron_expression: "0 9 * * *",
      timezone: "Europe/London",
      enabled: true,
    });
    expect(first?.next_run_at).not.toBeNull();

    const edited = { ...clock({ cron_expression: "30 18 * * *", enabled: false }) };
    await ada(`/api/v1/workflows/${workflow_id}`, { method: "PUT", body: { nodes: edited.nodes } });
    expect(await list(workflow_id)).toEqual([first]);
    await ada(`/api/v1/workflows/${workflow_id}/publish`, { method: "POST" });
    const [second] = await list(workflow_id);
    expect(second).toMatchObject({
      schedule_id: first?.schedule_id,
      cron_expression: "30 18 * * *",
      timezone: null,
      enabled: false,
      next_run_at: null,
    });

    await ada(`/api/v1/workflows/${workflow_id}/rollback`, { method: "POST", body: { version: "1.0.0" } });
    expect((await list(workflow_id))[0]).toMatchObject({
      schedule_id: first?.schedule_id,
      cron_expression: "0 9 * * *",
      enabled: true,
      next_run_at: first?.next_run_at,
    });

    await ada(`/api/v1/workflows/${workflow_id}/unpublish`, { method: "POST" });
    expect((await list(workflow_id))[0]?.next_run_at).toBeNull();

    await ada(`/api/v1/workflows/${workflow_id}`, { method: "PUT", body: { ...greeting() } });
    await ada(`/api/v1/workflows/${workflow_id}/publish`, { method: "POST" });
    expect(await list(workflow_id)).toEqual([]);
  });

  it("keeps what is due and what was counted when it is published again", async () => {
    const { workflow_id } = await publish(ada, clock({}));
    const [{ schedule_id } = { schedule_id: "" }] = await list(workflow_id);
    await app.test.database.primary.query(
      "UPDATE workflow_schedules SET next_run_at = '2026-01-05 14:00:00.123456', run_count = 4 WHERE schedule_id = $1",
      [schedule_id],
    );
    await ada(`/api/v1/workflows/${workflow_id}/publish`, { method: "POST" });
    expect((await list(workflow_id))[0]).toMatchObject({
      schedule_id,
      run_count: 4,
      next_run_at: "2026-01-05T14:00:00.123Z",
    });
    const { rows } = await app.test.database.primary.query(
      "SELECT next_run_at::text AS exact FROM workflow_schedules WHERE schedule_id = $1",
      [schedule_id],
    );
    expect(rows[0].exact).toBe("2026-01-05 14:00:00.123456");
  });

  it("is changed at its node, but may be paused by hand", async () => {
    const { workflow_id } = await publish(ada, clock({}));
    const [{ schedule_id } = { schedule_id: "" }] = await list(workflow_id);
    const refused = await ada(at(workflow_id, `/${schedule_id}`), {
      method: "PUT",
      body: { cron_expression: "* * * * *" },
    });
    expect(refused.json.error).toMatchObject({
      code: "BAD_REQUEST",
      message: 'cron_expression: belongs to the node "start"; change it there and publish',
    });
    expect((await ada(at(workflow_id, `/${schedule_id}`), { method: "DELETE" })).status).toBe(400);
    const paused = await ada(at(workflow_id, `/${schedule_id}`), { method: "PUT", body: { paused: true } });
    expect(paused.json.data).toMatchObject({ paused: true, enabled: true, next_run_at: null });
    await ada(`/api/v1/workflows/${workflow_id}/publish`, { method: "POST" });
    expect((await list(workflow_id))[0]).toMatchObject({ paused: true, next_run_at: null });
    const resumed = await ada(at(workflow_id, `/${schedule_id}`), { method: "PUT", body: { paused: false } });
    expect(resumed.json.data.next_run_at).not.toBeNull();
  });

  it("that could never fire is not published", async () => {
    const { workflow_id } = await make(ada, clock({ cron_expression: "0 0 30 2 *" }));
    const refused = await ada(`/api/v1/workflows/${workflow_id}/publish`, { method: "POST" });
    expect(refused.json.error).toMatchObject({ code: "VALIDATION_FAILED" });
    expect(refused.json.error.details.errors[0]).toMatchObject({
      node_id: "start",
      path: expect.stringContaining("cron_expression"),
    });
    expect(await list(workflow_id)).toEqual([]);
  });
});

describe("running one by hand", () => {
  it("starts its trigger now and counts", async () => {
    const { workflow_id } = await publish(ada, clock({}));
    const [before = {} as Schedule] = await list(workflow_id);
    const path = at(workflow_id, `/${before.schedule_id}/run`);
    const ran = await ada(path, { method: "POST", headers: { "idempotency-key": "now" } });
    expect(ran.status, ran.text).toBe(202);
    const again = await ada(path, { method: "POST", headers: { "idempotency-key": "now" } });
    const { execution_id } = ran.json.data;
    expect(again.json.data.execution_id).toBe(execution_id);
    await until(
      async () => (await ada(`/api/v1/workflows/executions/${execution_id}`)).json.data.status === "completed",
      "its end",
    );
    const { json } = await ada(`/api/v1/workflows/executions/${execution_id}`);
    expect(json.data).toMatchObject({
      execution_path: ["start", "end"],
      trigger: { source: "schedule", schedule_id: before.schedule_id, by_hand: true },
    });
    const [after] = await list(workflow_id);
    expect(after).toMatchObject({ run_count: 1, last_execution_id: execution_id, next_run_at: before.next_run_at });
    expect(after?.last_run_at).not.toBeNull();
  });

  it("needs a published workflow", async () => {
    const { workflow_id } = await make(ada, greeting());
    const { schedule_id } = await add(workflow_id, { cron_expression: "* * * * *" });
    expect((await ada(at(workflow_id, `/${schedule_id}/run`), { method: "POST" })).json.error.code).toBe(
      "EXECUTION_ERROR",
    );
  });
});

describe("a look ahead", () => {
  const preview = (body: object) => ada("/api/v1/schedules/preview", { method: "POST", body });

  it("tells times in UTC and in the zone, over a change of clocks", async () => {
    const { json } = await preview({
      cron_expression: "30 1 * * *",
      timezone: "America/New_York",
      count: 2,
      from: "2026-10-31T12:00:00Z",
    });
    expect(json.data).toEqual({
      cron_expression: "30 1 * * *",
      timezone: "America/New_York",
      runs: [
        { at: "2026-11-01T05:30:00Z", local: "2026-11-01T01:30:00-04:00" },
        { at: "2026-11-02T06:30:00Z", local: "2026-11-02T01:30:00-05:00" },
      ],
    });
  });

  it("is five times from now in SCHEDULER_TIMEZONE unless told otherwise", async () => {
    const { json } = await preview({ cron_expression: "*/10 * * * *" });
    expect(json.data).toMatchObject({ timezone: "America/New_York" });
    expect(json.data.runs).toHaveLength(5);
    expect(Date.parse(json.data.runs[0].at)).toBeGreaterThan(Date.now());
    expect((await preview({ cron_expression: "0 0 29 2 *", count: 50 })).json.data.runs).toHaveLength(50);
  });

  it.each([
    [{ cron_expression: "0 0 31 2 *" }, "cron_expression"],
    [{ cron_expression: "* * * * *", count: 0 }, "count"],
    [{ cron_expression: "* * * * *", count: 51 }, "count"],
    [{ cron_expression: "* * * * *", from: "tomorrow" }, "from"],
  ])("names what is wrong: %j", async (body, field) => {
    const refused = await preview(body);
    expect([refused.status, refused.json.error.details[0].path]).toEqual([400, field]);
  });

  it("is for those who are signed in", async () => {
    const nobody = await app.as(undefined);
    expect(
      (await nobody("/api/v1/schedules/preview", { method: "POST", body: { cron_expression: "* * * * *" } })).status,
    ).toBe(401);
  });
});

describe("the licence", () => {
  it("must include workflow_schedules, by hand, by publishing a drawn one and by going back to one", async () => {
    const asked: string[] = [];
    let rich = true;
    const poor = await testApp({
      license: {
        require: async ({ feature }) => {
          asked.push(feature);
          if (feature === "workflow_schedules" && !rich) throw appError("PAYMENT_REQUIRED");
          return { workflowsMax: undefined };
        },
      },
    });
    const grace = await poor.as({ user_id: 7, community_ids: [1] });
    const { workflow_id } = await publish(grace, clock({}));
    await grace(`/api/v1/workflows/${workflow_id}`, { method: "PUT", body: { nodes: greeting().nodes } });
    await grace(`/api/v1/workflows/${workflow_id}/publish`, { method: "POST" });
    rich = false;
    const back = { method: "POST", body: { version: "1.0.0" } } as const;
    expect((await grace(`/api/v1/workflows/${workflow_id}/rollback`, back)).status).toBe(402);
    expect((await grace(`/api/v1/workflows/${workflow_id}`)).json.data.published_version).toBe("1.0.1");
    await grace(`/api/v1/workflows/${workflow_id}`, { method: "PUT", body: clock({}) });
    expect((await grace(at(workflow_id), { method: "POST", body: { cron_expression: "* * * * *" } })).status).toBe(402);
    expect((await grace(`/api/v1/workflows/${workflow_id}/publish`, { method: "POST" })).status).toBe(402);
    expect(asked).toContain("workflow_schedules");
    await poor.close();
  });
});
