// What one would write by hand: a row per workflow, a transaction per step that stores its result and moves the row on.
import { randomUUID } from "node:crypto";
import pg from "pg";
import { contest, keepInFlight } from "../lib/contestant.mjs";

const pool = new pg.Pool({ connectionString: process.env.BENCH_DATABASE, max: 20, idleTimeoutMillis: 1000 });
await pool.query(`CREATE TABLE IF NOT EXISTS hand_runs (id uuid PRIMARY KEY, status text, step int, output jsonb, at timestamptz DEFAULT now());
  CREATE TABLE IF NOT EXISTS hand_steps (id uuid, step int, output jsonb, at timestamptz DEFAULT now(), PRIMARY KEY (id, step))`);
const one = async () => {
  const id = randomUUID();
  await pool.query({
    name: "begin",
    text: "INSERT INTO hand_runs (id, status, step) VALUES ($1, 'running', 0)",
    values: [id],
  });
  for (let step = 1; step <= 5; step += 1) {
    const client = await pool.connect();
    await client.query("BEGIN");
    await client.query({
      name: "step",
      text: "INSERT INTO hand_steps (id, step, output) VALUES ($1, $2, $3)",
      values: [id, step, '{"success":true}'],
    });
    await client.query({ name: "move", text: "UPDATE hand_runs SET step = $2 WHERE id = $1", values: [id, step] });
    await client.query("COMMIT");
    client.release();
  }
  await pool.query({
    name: "end",
    text: "UPDATE hand_runs SET status = 'completed', output = $2 WHERE id = $1",
    values: [id, '{"done":true}'],
  });
};
await contest(
  ({ count, inFlight }) => keepInFlight(count, inFlight, one),
  () => pool.end(),
);
