// The figures for operators: what is counted, and that it comes from indexes.
import type pg from "pg";
import { beforeEach, expect, it } from "vitest";
import { describeEachDatabase } from "../../test/support/database.js";
import { readFigures } from "./figures.js";
import { createWorkflow } from "./workflows.js";

describeEachDatabase("figures", (database) => {
  let pool: pg.Pool;
  let workflowId: string;
  beforeEach(async () => {
    pool = database().database.primary;
    await pool.query("DELETE FROM workflow_executions");
    const made = { name: "test", entity_id: 1, community_id: 1, author_id: 7, nodes: {}, connections: [] };
    workflowId = (await createWorkflow(database().database, made)).workflow_id;
  });

  const add = (status: string, { due = 0, held = false, queue = "", count = 1 } = {}) =>
    pool.query(
      `INSERT INTO workflow_executions (execution_id, workflow_id, status, start_time, community_id, available_at, claimed_by, queue_key)
       SELECT ('0' || lpad(row_number() OVER ()::text, 7, '0') || substr(gen_random_uuid()::text, 9))::uuid, $1, $2, now(), 1,
         now() - $3 * interval '1 second', $4, $5 FROM generate_series(1, $6)`,
      [workflowId, status, due === 0 ? null : due, held ? workflowId : null, queue === "" ? null : queue, count],
    );

  it("are zeros where nothing is", async () => {
    expect(await readFigures(pool, 2000)).toEqual({
      ...{ queued: 0, running: 0, waiting: 0, slot: 0, turn: 0, oldest: 0, workers: 0, slots: 0 },
    });
  });

  it("tell what waits for a slot and for how long, what waits for its turn, and what only rests", async () => {
    await add("queued", { due: 30 });
    await add("waiting", { due: 60 });
    await add("waiting", { due: -3600 });
    await add("running", { held: true });
    await add("queued", { due: 500, queue: workflowId, count: 3 }); // the first of them is in its turn
    await add("completed", { count: 5 });
    const { oldest, ...counts } = await readFigures(pool, 2000);
    expect(counts).toEqual({ queued: 4, running: 1, waiting: 2, slot: 3, turn: 2, workers: 0, slots: 0 });
    expect(oldest).toBeGreaterThanOrEqual(500);
    expect(oldest).toBeLessThan(510);
  });

  it("come from indexes, however many executions are over", async () => {
    await add("completed", { count: 20_000 });
    await pool.query("ANALYZE workflow_executions");
    const asked: string[] = [];
    const query = async ({ text }: pg.QueryConfig) => {
      asked.push(text);
      return { rows: [{}] };
    };
    await readFigures({ query } as unknown as pg.Pool, 1000); // only its text is wanted
    const { rows } = await pool.query<{ "QUERY PLAN": string }>(`EXPLAIN ${asked[0]}`);
    const plan = rows.map((row) => row["QUERY PLAN"]).join("\n");
    expect(plan).not.toContain("Seq Scan on workflow_executions");
    expect(plan).toContain("idx_executions_claimable");
  });
});
