// Schedules outlive the processes that fire them: each fire time is one execution, wherever its process dies.
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { draw } from "@workflow-core/core/testing";
import { afterEach, beforeEach, expect, it } from "vitest";
import { testDatabase } from "../support/database.js";
import { temporaryDirectory } from "../support/processes.js";
import { type Scene, scene } from "../support/scene.js";
import { until } from "../support/until.js";

let open: Scene | undefined;
let home = "";
beforeEach(() => {
  home = temporaryDirectory("workflow-core-schedules-");
});
afterEach(async () => {
  await open?.close();
  open = undefined;
  rmSync(home, { recursive: true, force: true });
});

/** So many schedules of a workflow that are due now, and then not before next year. */
async function schedules(stage: Scene, count: number): Promise<void> {
  const workflow = await stage.publish(
    draw("start -> end", { start: ["trigger_command", { command_name: "x" }], end: "flow_end" }),
  );
  await stage.database.primary.query(
    `INSERT INTO workflow_schedules (schedule_id, workflow_id, name, cron_expression, timezone, next_run_at)
     SELECT gen_random_uuid(), $1, 'due', '0 0 1 1 *', 'UTC', date_trunc('year', now() AT TIME ZONE 'UTC') FROM generate_series(1, $2)`,
    [workflow, count],
  );
}

it.each(["B12", "B18"])("that died at %s start once, and are counted once", async (point) => {
  const stage = await scene(await testDatabase());
  open = stage;
  const file = join(home, point);
  await schedules(stage, 30);
  const victim = await stage.replica({ WFCORE_CRASH_AT: point, WFCORE_CRASH_FILE: file }).catch(() => undefined);
  if (victim !== undefined) await victim.ended;
  expect(readFileSync(file, "utf8")).toBe(`${point}\n`);
  const before = (await stage.facts()).length;
  expect(before).toBe(point === "B12" ? 0 : 30);
  await stage.replica();
  const settled = async () => {
    const { rows } = await stage.database.primary.query<{ settled: number }>(
      "SELECT count(*)::int AS settled FROM workflow_schedules WHERE run_count = 1 AND next_run_at > now()",
    );
    return rows[0]?.settled === 30;
  };
  await until(settled, "all schedules to be settled", 20_000);
  const over = await stage.over();
  expect(over).toHaveLength(30);
  expect(over.every(({ status }) => status === "completed")).toBe(true);
});
