// graphile-worker: one job per workflow, a checkpoint per step: its row moves on in a transaction. Jobs are fetched and
// completed in batches, as its manual advises for speed.
import { randomUUID } from "node:crypto";
import { Logger, makeWorkerUtils, run } from "graphile-worker";
import pg from "pg";
import { contest, keepInFlight } from "../lib/contestant.mjs";

const pool = new pg.Pool({ connectionString: process.env.BENCH_DATABASE, max: 20, idleTimeoutMillis: 1000 });
const logger = new Logger(() => () => undefined);
const utils = await makeWorkerUtils({ pgPool: pool, logger });
await utils.migrate();
await pool.query("CREATE TABLE IF NOT EXISTS checkpoints (id uuid PRIMARY KEY, step int NOT NULL, output jsonb)");
const ended = new Map();

const five = async ({ id }) => {
  for (let step = 1; step <= 5; step += 1) {
    const client = await pool.connect();
    try {
      await client.query("BEGIN");
      await client.query({
        name: "checkpoint",
        text: "INSERT INTO checkpoints VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET step = $2, output = $3",
        values: [id, step, '{"success":true}'],
      });
      await client.query("COMMIT");
    } finally {
      client.release();
    }
  }
  ended.get(id)?.();
};
const runner = await run({
  pgPool: pool,
  logger,
  noHandleSignals: true,
  taskList: { five },
  preset: { worker: { concurrentJobs: 64, localQueue: { size: 256 }, completeJobBatchDelay: 0 } },
});
const one = async () => {
  const id = randomUUID();
  const done = new Promise((resolve) => ended.set(id, resolve));
  await utils.addJob("five", { id });
  await done;
  ended.delete(id);
};
await contest(
  ({ count, inFlight }) => keepInFlight(count, inFlight, one),
  async () => {
    await runner.stop();
    await utils.release();
    await pool.end();
  },
);
