// The scheduler against a real database: fire times start one execution each, whoever dies or races.
import { randomUUID } from "node:crypto";
import type { Json } from "@workflow-core/core";
import { draw } from "@workflow-core/core/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../test/support/database.js";
import { type TestEngine, testEngine } from "../../test/support/engine.js";
import { memoryLog } from "../../test/support/memory-log.js";
import { until } from "../../test/support/until.js";
import type { License } from "../access/license.js";
import { systemClock } from "../clock.js";
import { appError } from "../errors.js";
import { Fenced } from "../execution/journal.js";
import type { StartRequest } from "../execution/start.js";
import { claimSchedules } from "../store/due-schedules.js";
import { addSchedule, type Schedule } from "../store/schedules.js";
import type { TriggerLine } from "../store/trigger-log.js";
import { createScheduleTimes } from "./schedule-times.js";
import { createScheduler, type Scheduler, type SchedulerOptions } from "./scheduler.js";

let test: TestDatabase;
let engine: TestEngine;
let workflow: StartRequest["workflow"];
const times = createScheduleTimes("UTC");
const { log, lines } = memoryLog();

beforeAll(async () => {
  test = await testDatabase();
  engine = await testEngine(test, { slots: 20 });
  workflow = await engine.publish(tick(), 1);
});
beforeEach(async () => {
  lines.length = 0;
  await test.database.primary.query("DELETE FROM workflow_schedules");
});
afterAll(async () => {
  await engine.close();
  await test.drop();
});

const tick = () =>
  draw("start -> end", { start: ["trigger_schedule", { cron_expression: "0 9 * * *" }], end: "flow_end" });
const slow = () =>
  draw("start -> pause -> end", {
    start: ["trigger_schedule", { cron_expression: "0 9 * * *" }],
    pause: ["action_delay", { delay_seconds: 600 }],
    end: "flow_end",
  });

const allowing: License = { require: async () => ({ workflowsMax: undefined }) };

function scheduler(
  more: Partial<SchedulerOptions> = {},
  settings: Partial<SchedulerOptions["settings"]> = {},
): Scheduler {
  return createScheduler({
    ...{ database: test.database, start: engine.start, license: allowing, clock: systemClock, log, times },
    settings: { SCHEDULER_JOB_DEFAULTS_COALESCE: true, SCHEDULER_JOB_DEFAULTS_MAX_INSTANCES: 3, ...settings },
    ...more,
  });
}

async function schedule(cron: string, due: string, of = workflow): Promise<Schedule> {
  const made = await addSchedule(
    test.database,
    of.workflow_id,
    { name: cron, cron_expression: cron, timezone: null, enabled: true },
    times.next,
  );
  if (made === undefined) throw new Error("not made");
  await test.database.primary.query(`UPDATE workflow_schedules SET next_run_at = ${due} WHERE schedule_id = $1`, [
    made.schedule_id,
  ]);
  return made;
}

interface Found {
  key: string;
  trigger: { scheduled_time: string; source: string; schedule_id: string; node_id: string };
  start_time: Date;
  end_time: Date | null;
}
async function executionsOf({ schedule_id }: Schedule): Promise<Found[]> {
  const { rows } = await test.database.primary.query<Found>(
    "SELECT dedupe_key AS key, trigger, start_time, end_time FROM workflow_executions WHERE dedupe_source = $1 ORDER BY dedupe_key",
    [`schedule:${schedule_id}`],
  );
  return rows;
}
async function rowOf({ schedule_id }: Schedule): Promise<Record<string, Json> & { next_run_at: Date; late: boolean }> {
  const { rows } = await test.database.primary.query(
    "SELECT *, next_run_at > (now() AT TIME ZONE 'UTC') AS future FROM workflow_schedules WHERE schedule_id = $1",
    [schedule_id],
  );
  return rows[0];
}
/** Not due again while a test runs, as every minute would be at the turn of one. */
const yearly = "0 0 1 1 *";
const utc = (text: string) => `(now() AT TIME ZONE 'UTC' ${text})`;

describe("a schedule that is due", () => {
  it("starts one execution from its trigger, with the time it was set for", async () => {
    const made = await schedule("*/5 * * * *", utc("").replace("(", "date_trunc('minute', "));
    expect(await scheduler().tick()).toBe(1);
    const [found, ...rest] = await executionsOf(made);
    expect(rest).toEqual([]);
    expect(found?.key).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:00Z$/);
    expect(found?.trigger).toMatchObject({ source: "schedule", node_id: "start", schedule_id: made.schedule_id });
    expect(found?.trigger.scheduled_time).toBe(found?.key);
    const row = await rowOf(made);
    expect(row).toMatchObject({ run_count: 1, future: true, claim: null, claimed_until: null, last_skip_at: null });
    expect(row.last_run_at).toEqual(found?.start_time);
    expect(lines).toContainEqual(
      expect.objectContaining({ event_type: "AUDIT", action: "workflow_execute_start", schedule_id: made.schedule_id }),
    );
    expect(await scheduler().tick()).toBe(0);
  });

  it("gives the workflow its time", async () => {
    const made = await schedule(yearly, utc("- interval '10 seconds'"));
    await scheduler().tick();
    const { last_execution_id } = await rowOf(made);
    const done = await engine.over(String(last_execution_id));
    expect(done.final_variables).toMatchObject({ scheduled_time: (await executionsOf(made))[0]?.key });
  });

  it("does not fire while it is paused or switched off, or its workflow is", async () => {
    const paused = await schedule("* * * * *", utc("- interval '1 second'"));
    const off = await schedule("* * * * *", utc("- interval '1 second'"));
    const draft = await engine.publish(tick(), 1);
    const unpublished = await schedule("* * * * *", utc("- interval '1 second'"), draft);
    await test.database.primary.query("UPDATE workflow_schedules SET paused = true WHERE schedule_id = $1", [
      paused.schedule_id,
    ]);
    await test.database.primary.query("UPDATE workflow_schedules SET enabled = false WHERE schedule_id = $1", [
      off.schedule_id,
    ]);
    await test.database.primary.query(
      "UPDATE workflows SET status = 'draft', published_version = NULL WHERE workflow_id = $1",
      [draft.workflow_id],
    );
    expect(await scheduler().tick()).toBe(1);
    for (const each of [paused, off, unpublished]) expect(await executionsOf(each)).toEqual([]);
    expect(await rowOf(unpublished)).toMatchObject({ next_run_at: null, run_count: 0 });
  });

  it("whose expression cannot be read is stopped, and says why", async () => {
    const made = await schedule(yearly, utc("- interval '1 second'"));
    const good = await schedule(yearly, utc("- interval '1 second'"));
    await test.database.primary.query(
      "UPDATE workflow_schedules SET cron_expression = 'never' WHERE schedule_id = $1",
      [made.schedule_id],
    );
    expect(await scheduler().tick()).toBe(2);
    const row = await rowOf(made);
    expect(row.next_run_at).toBeNull();
    expect(row.last_skip_reason).toMatch(/five fields/);
    expect(await executionsOf(good)).toHaveLength(1);
  });
});

describe("times that passed unnoticed", () => {
  it("are one execution with coalesce: the last of them", async () => {
    const made = await schedule("* * * * *", "date_trunc('minute', now() AT TIME ZONE 'UTC' - interval '2 days')");
    await scheduler().tick();
    const found = await executionsOf(made);
    expect(found).toHaveLength(1);
    const { rows } = await test.database.primary.query<{ age: number }>(
      "SELECT extract(epoch FROM now() - $1::timestamptz)::float8 AS age",
      [found[0]?.key],
    );
    expect(rows[0]?.age).toBeLessThan(61);
    expect(await rowOf(made)).toMatchObject({ run_count: 1, future: true });
    expect(lines).toContainEqual(
      expect.objectContaining({ action: "schedule_misfired", schedule_id: made.schedule_id }),
    );
  });

  it("are made up for without it: the oldest, up to the limit", async () => {
    const made = await schedule("* * * * *", "timestamp '2026-01-05 10:00'");
    await scheduler({}, { SCHEDULER_JOB_DEFAULTS_COALESCE: false }).tick();
    const found = await executionsOf(made);
    expect(found.map(({ key }) => key)).toEqual([
      "2026-01-05T10:00:00Z",
      "2026-01-05T10:01:00Z",
      "2026-01-05T10:02:00Z",
    ]);
    expect(await rowOf(made)).toMatchObject({ run_count: 3, future: true });
    expect(await scheduler().tick()).toBe(0);
  });

  it("without it, are as many as there were when they are fewer", async () => {
    const made = await schedule("0 0 1 * *", "date_trunc('month', now() AT TIME ZONE 'UTC') - interval '1 month'");
    await scheduler({}, { SCHEDULER_JOB_DEFAULTS_COALESCE: false }).tick();
    expect(await executionsOf(made)).toHaveLength(2);
  });
});

describe("unfinished executions", () => {
  it("keep further times from starting, up to MAX_INSTANCES", async () => {
    const waiting = await engine.publish(slow(), 1);
    const made = await schedule("* * * * *", "timestamp '2026-01-05 10:00'", waiting);
    const reported: TriggerLine[] = [];
    const one = scheduler({ note: (line) => reported.push(line) }, { SCHEDULER_JOB_DEFAULTS_MAX_INSTANCES: 2 });
    for (const due of ["10:00", "10:01", "10:02"]) {
      await test.database.primary.query(
        `UPDATE workflow_schedules SET next_run_at = timestamp '2026-01-05 ${due}', cron_expression = '${due.slice(3)} 10 5 1 *' WHERE schedule_id = $1`,
        [made.schedule_id],
      );
      expect(await one.tick()).toBe(1);
    }
    expect((await executionsOf(made)).map(({ key, end_time }) => [key, end_time])).toEqual([
      ["2026-01-05T10:00:00Z", null],
      ["2026-01-05T10:01:00Z", null],
    ]);
    const row = await rowOf(made);
    expect(row).toMatchObject({ run_count: 2, last_skip_at: new Date("2026-01-05T10:02:00Z") });
    expect(row.last_skip_reason).toMatch(/^2 executions .*MAX_INSTANCES/);
    expect(lines).toContainEqual(expect.objectContaining({ action: "schedule_skipped", level: "WARNING" }));
    expect(reported.map(({ outcome }) => outcome)).toEqual(["started", "started", "limit"]);
  });
});

describe("whoever dies", () => {
  it("between claim and start: the next one starts it, once", async () => {
    const made = await schedule(yearly, utc("- interval '1 second'"));
    expect(await claimSchedules(test.database, randomUUID(), 10, 0.2)).toHaveLength(1);
    const second = scheduler();
    expect(await second.tick()).toBe(0);
    await until(async () => (await second.tick()) === 1, "the claim to run out");
    expect(await executionsOf(made)).toHaveLength(1);
    expect(await rowOf(made)).toMatchObject({ run_count: 1, future: true });
  });

  it("between start and settling: the next one finds it, and counts it once", async () => {
    const made = await schedule(yearly, utc("- interval '1 second'"));
    let died = 0;
    const dying = scheduler({
      claimSeconds: 0.2,
      start: async (request) => {
        await engine.start(request);
        died += 1;
        throw new Fenced("killed here");
      },
    });
    expect(await dying.tick()).toBe(1);
    expect(died).toBe(1);
    expect(await rowOf(made)).toMatchObject({ run_count: 0 });
    const second = scheduler();
    await until(async () => (await second.tick()) === 1, "the claim to run out");
    const found = await executionsOf(made);
    expect(found).toHaveLength(1);
    expect(await rowOf(made)).toMatchObject({ run_count: 1, future: true, last_run_at: found[0]?.start_time });
  });

  it("is too slow: what it settles late counts nothing", async () => {
    const made = await schedule(yearly, utc("- interval '1 second'"));
    let go: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    const slowOne = scheduler({
      claimSeconds: 0.1,
      start: async (request) => {
        await gate;
        return engine.start(request);
      },
    });
    const late = slowOne.tick();
    const second = scheduler();
    await until(async () => (await second.tick()) === 1, "the claim to run out");
    go();
    await late;
    expect(await executionsOf(made)).toHaveLength(1);
    expect(await rowOf(made)).toMatchObject({ run_count: 1 });
  });
});

describe("several replicas", () => {
  it("start a thousand schedules that are due at once a thousand times", async () => {
    await test.database.primary.query(
      `INSERT INTO workflow_schedules (schedule_id, workflow_id, name, cron_expression, timezone, next_run_at)
       SELECT gen_random_uuid(), $1, 'many ' || n, '0 0 1 1 *', 'UTC', timestamp '2026-01-01 00:00' FROM generate_series(1, 1000) AS n`,
      [workflow.workflow_id],
    );
    const replicas = [engine, await testEngine(test, { slots: 20 }), await testEngine(test, { slots: 20 })];
    const rounds = await Promise.all(
      replicas.map(async ({ start }) => {
        const each = scheduler({ start });
        let claimed = 0;
        for (let count = await each.tick(); count > 0; count = await each.tick()) claimed += count;
        return claimed;
      }),
    );
    expect(rounds.reduce((sum, each) => sum + each, 0)).toBe(1000);
    const { rows } = await test.database.primary.query(
      `SELECT count(*)::int AS executions, count(DISTINCT dedupe_source)::int AS schedules,
         (SELECT count(*)::int FROM workflow_schedules WHERE name LIKE 'many %' AND run_count = 1 AND next_run_at > now()) AS settled
       FROM workflow_executions WHERE dedupe_key = '2026-01-01T00:00:00Z' AND dedupe_source LIKE 'schedule:%'`,
    );
    expect(rows[0]).toEqual({ executions: 1000, schedules: 1000, settled: 1000 });
    await Promise.all(replicas.slice(1).map((each) => each.close()));
  });

  it("racing for one schedule again and again start each of its times once", async () => {
    const made = await schedule("* * * * *", "timestamp '2026-01-05 10:00'");
    const many = Array.from({ length: 4 }, () => scheduler({}, { SCHEDULER_JOB_DEFAULTS_MAX_INSTANCES: 1000 }));
    for (let minute = 0; minute < 25; minute++) {
      await test.database.primary.query(
        "UPDATE workflow_schedules SET cron_expression = $2, next_run_at = timestamp '2026-01-05 10:00' + make_interval(mins => $3) WHERE schedule_id = $1",
        [made.schedule_id, `${minute} 10 5 1 *`, minute],
      );
      const claimed = await Promise.all(many.map((each) => each.tick()));
      expect(claimed.reduce((sum, each) => sum + each, 0)).toBe(1);
    }
    expect(await executionsOf(made)).toHaveLength(25);
    expect(await rowOf(made)).toMatchObject({ run_count: 25 });
  });
});

describe("running", () => {
  it("fires when it is time, and stops", async () => {
    const made = await schedule("* * * * *", utc("+ interval '1 hour'"));
    const running = scheduler();
    await running.start();
    const { rows } = await test.database.primary.query<{ due: Date }>(
      "UPDATE workflow_schedules SET next_run_at = now() AT TIME ZONE 'UTC' + interval '1.7 seconds' WHERE schedule_id = $1 RETURNING next_run_at AS due",
      [made.schedule_id],
    );
    await until(async () => (await executionsOf(made)).length === 1, "its execution");
    await running.stop();
    const [found] = await executionsOf(made);
    const late = (found?.start_time.getTime() ?? 0) - (rows[0]?.due.getTime() ?? 0);
    expect(late).toBeGreaterThanOrEqual(-20);
    expect(late).toBeLessThan(500);
  });

  it("starts nothing without a licence, and waits where nobody can say", async () => {
    const made = await schedule("0 9 * * *", utc("- interval '1 minute'"));
    const asked: string[] = [];
    const noted: TriggerLine[] = [];
    const tickWith = async (code: "PAYMENT_REQUIRED" | "SERVICE_UNAVAILABLE" | undefined) => {
      const require: License["require"] = async ({ communityId, feature }) => {
        asked.push(`${communityId} ${feature}`);
        if (code !== undefined) throw appError(code, "The licence does not include it.");
        return { workflowsMax: undefined };
      };
      const ticking = scheduler({ claimSeconds: 0.01, license: { require }, note: (line) => noted.push(line) });
      await until(async () => (await ticking.tick()) > 0, "its turn");
    };
    await tickWith("SERVICE_UNAVAILABLE");
    expect(asked.sort()).toEqual(["1 workflow_schedules", "1 workflows"]);
    expect(await rowOf(made)).toMatchObject({ future: false, last_skip_at: null });
    expect([noted, lines]).toEqual([[], []]);

    await tickWith("PAYMENT_REQUIRED");
    const reason = "limit licence: The licence does not include it.";
    expect(await rowOf(made)).toMatchObject({ future: true, run_count: 0, last_skip_reason: reason });
    expect(noted).toMatchObject([{ outcome: "limit", detail: reason, execution_id: null }]);
    expect(await executionsOf(made)).toEqual([]);

    await test.database.primary.query("UPDATE workflow_schedules SET next_run_at = now() AT TIME ZONE 'UTC'");
    await tickWith(undefined);
    expect(await executionsOf(made)).toHaveLength(1);
  });

  it("calculates anew what is to come, and leaves what is due", async () => {
    const wrong = await schedule("0 9 * * *", "timestamp '2999-01-01'");
    const lacking = await schedule("0 9 * * *", "NULL");
    const due = await schedule("0 9 * * *", "timestamp '2026-01-05 09:00'");
    const { next_run_at } = await rowOf(await schedule("0 9 * * *", "next_run_at"));
    const other = createScheduler({
      ...{ database: test.database, start: engine.start, license: allowing, clock: systemClock, log, times },
      settings: { SCHEDULER_JOB_DEFAULTS_COALESCE: true, SCHEDULER_JOB_DEFAULTS_MAX_INSTANCES: 3 },
    });
    await other.start();
    await other.stop();
    expect((await rowOf(wrong)).next_run_at).toEqual(next_run_at);
    expect((await rowOf(lacking)).next_run_at).toEqual(next_run_at);
    const { run_count, next_run_at: after } = await rowOf(due);
    expect(run_count === 0 ? after : new Date("2026-01-05T09:00:00Z")).toEqual(new Date("2026-01-05T09:00:00Z"));
  });
});
