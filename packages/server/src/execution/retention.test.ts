// What is kept and what goes, by age and by number; alone, and without making anybody wait.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../test/support/database.js";
import { until } from "../../test/support/until.js";
import { type Clock, systemClock } from "../clock.js";
import { createWorkflow } from "../store/workflows.js";
import { type Kept, removeDue, startRetention } from "./retention.js";

let test: TestDatabase;
let workflow: string;
beforeAll(async () => {
  test = await testDatabase();
});
beforeEach(async () => {
  await query(
    "TRUNCATE workflow_execution_events, workflow_audit, workflow_sessions, workflows, workflow_executions CASCADE",
  );
  workflow = await newWorkflow();
});
afterAll(() => test.drop());

const query = (text: string, values: unknown[] = []) => test.database.primary.query(text, values);
const newWorkflow = async () =>
  (await createWorkflow(test.database, { name: "w", entity_id: 1, community_id: 1, author_id: 1 })).workflow_id;

/** Executions that started and ended so many days ago; with events each. Gives their ids. */
async function executions(count: number, daysAgo: number, { status = "completed", events = 2, of = workflow } = {}) {
  const ids = Array.from({ length: count }, () => randomUUID());
  const end = ["queued", "running", "waiting"].includes(status) ? "NULL" : "t.at";
  await query(
    `INSERT INTO workflow_executions (execution_id, workflow_id, status, start_time, end_time, community_id)
     SELECT id, $2, $3, t.at, ${end}, 1 FROM unnest($1::uuid[]) WITH ORDINALITY AS i(id, place),
       LATERAL (SELECT (now() AT TIME ZONE 'UTC') - make_interval(days => $4, secs => place) AS at) AS t`,
    [ids, of, status, daysAgo],
  );
  await query(
    `INSERT INTO workflow_execution_events (execution_id, sequence, at, type, data)
     SELECT id, n, now(), 'elapsed', '{}' FROM unnest($1::uuid[]) AS id, generate_series(1, $2) AS n`,
    [ids, events],
  );
  return ids;
}

const left = async () => {
  const { rows } = await query("SELECT execution_id FROM workflow_executions ORDER BY start_time DESC");
  return rows.map(({ execution_id }) => execution_id);
};
const eventsLeft = async (): Promise<number> =>
  (await query("SELECT count(DISTINCT execution_id) AS n FROM workflow_execution_events")).rows[0].n;

const kept = (more: Partial<Kept> = {}): Kept => ({
  ...{
    EXECUTION_RETENTION_DAYS: 0,
    EXECUTION_RETENTION_COUNT: 0,
    EXECUTION_EVENTS_RETENTION_DAYS: 0,
    AUDIT_RETENTION_DAYS: 0,
    ...more,
  },
});
const quick: Clock = { ...systemClock, setTimer: (_, fn) => systemClock.setTimer(0, fn) };
const due = (more: Partial<Kept>) => removeDue({ pool: test.database.primary, kept: kept(more), clock: quick });

describe("executions", () => {
  it("go with their events when they ended too long ago, and those that are not over never", async () => {
    await executions(120, 31);
    for (const status of ["failed", "cancelled", "timed_out"]) await executions(1, 40, { status });
    const young = await executions(3, 29);
    for (const status of ["queued", "running", "waiting"]) young.push(...(await executions(1, 400, { status })));
    expect(await due({ EXECUTION_RETENTION_DAYS: 30 })).toEqual({ executions: 123, events: 0, audit: 0, sessions: 0 });
    expect((await left()).sort()).toEqual(young.sort());
    expect(await eventsLeft()).toBe(young.length);
  });

  it("with thousands of events go whole", async () => {
    await executions(2, 31, { events: 1700 });
    await due({ EXECUTION_RETENTION_DAYS: 30 });
    expect([await left(), await eventsLeft()]).toEqual([[], 0]);
  });

  it("go when a workflow has more than it may keep, the oldest first, those that are not over not counted", async () => {
    const newest = await executions(3, 1);
    await executions(70, 2);
    const running = await executions(2, 9, { status: "running" });
    const other = await newWorkflow();
    const theirs = await executions(2, 5, { of: other });
    expect(await due({ EXECUTION_RETENTION_COUNT: 3 })).toMatchObject({ executions: 70 });
    expect((await left()).sort()).toEqual([...newest, ...running, ...theirs].sort());
  });

  it("that started at the same moment are told apart", async () => {
    await executions(5, 1);
    await query("UPDATE workflow_executions SET start_time = '2026-01-01'");
    expect(await due({ EXECUTION_RETENTION_COUNT: 2 })).toMatchObject({ executions: 3 });
    expect(await due({ EXECUTION_RETENTION_COUNT: 2 })).toMatchObject({ executions: 0 });
  });

  it("are kept for ever when nothing else is said", async () => {
    await executions(2, 4000);
    expect(await due({})).toEqual({ executions: 0, events: 0, audit: 0, sessions: 0 });
  });
});

describe("events", () => {
  it("go before their executions when that is asked for, and never those of what is not over", async () => {
    const old = await executions(60, 8, { events: 12 });
    const young = await executions(2, 3);
    const running = await executions(1, 9, { status: "running" });
    const compacted = { until: null };
    const compact = () =>
      removeDue(
        { pool: test.database.primary, kept: kept({ EXECUTION_EVENTS_RETENTION_DAYS: 7 }), clock: quick },
        () => false,
        compacted,
      );
    expect(await compact()).toMatchObject({ executions: 0, events: 60 * 12 });
    expect((await left()).length).toBe(old.length + young.length + running.length);
    expect(await eventsLeft()).toBe(3);
    await executions(1, 7);
    expect(await compact()).toMatchObject({ events: 2 });
  });
});

describe("the audit and the sessions", () => {
  it("lose what is too old", async () => {
    for (const days of [10, 400])
      await query(
        "INSERT INTO workflow_audit (at, action) SELECT now() - make_interval(days => $1), 'x' FROM generate_series(1, 600)",
        [days],
      );
    for (const seconds of [-60, 60])
      await query("INSERT INTO workflow_sessions VALUES ($1, '{}', now() + make_interval(secs => $2))", [
        `s${seconds}`,
        seconds,
      ]);
    expect(await due({ AUDIT_RETENTION_DAYS: 365 })).toEqual({ executions: 0, events: 0, audit: 600, sessions: 1 });
    expect((await query("SELECT session_key FROM workflow_sessions")).rows).toEqual([{ session_key: "s60" }]);
  });
});

describe("removing", () => {
  it("is done by one process at a time, and every row once", async () => {
    await executions(300, 31);
    const results = await Promise.all([1, 2, 3].map(() => due({ EXECUTION_RETENTION_DAYS: 30 })));
    expect(results.filter((result) => result !== "busy").length).toBeGreaterThan(0);
    await due({ EXECUTION_RETENTION_DAYS: 30 });
    expect([await left(), await eventsLeft()]).toEqual([[], 0]);
  });

  it("waits for nobody and makes nobody wait: rows that are in hand are left for the next time", async () => {
    const [held] = await executions(5, 31);
    const holder = await test.database.primary.connect();
    try {
      await holder.query("BEGIN");
      await holder.query("SELECT 1 FROM workflow_executions WHERE execution_id = $1 FOR UPDATE", [held]);
      expect(await due({ EXECUTION_RETENTION_DAYS: 30 })).toMatchObject({ executions: 4 });
      expect(await left()).toEqual([held]);
    } finally {
      await holder.query("ROLLBACK");
      holder.release();
    }
    expect(await due({ EXECUTION_RETENTION_DAYS: 30 })).toMatchObject({ executions: 1 });
  });

  it("happens by itself, and ends when it is told to", async () => {
    await executions(5, 31);
    const said: unknown[] = [];
    const log = {
      info: (...line: unknown[]) => said.push(line),
      warn: () => undefined,
      error: (_: string, error: unknown) => said.push(error),
    };
    const options = { pool: test.database.primary, kept: kept({ EXECUTION_RETENTION_DAYS: 30 }), clock: quick, log };
    const retention = startRetention(options);
    await until(async () => (await left()).length === 0);
    await retention.stop();
    expect(said).toEqual([["retention", expect.any(String), { executions: 5, events: 0, audit: 0, sessions: 0 }]]);
    await executions(1, 31);
    await new Promise((resolve) => setImmediate(resolve));
    expect(await left()).toHaveLength(1);
  });
});
