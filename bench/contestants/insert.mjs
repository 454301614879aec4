// The limit: what Postgres itself takes. Each "workflow" is one row of a multi-row insert and two updates in statements
// of up to 250 rows, two under way: no engine that stores start, progress and end can be faster.
import { randomUUID } from "node:crypto";
import pg from "pg";
import { contest } from "../lib/contestant.mjs";

const pool = new pg.Pool({ connectionString: process.env.BENCH_DATABASE, max: 2 });
await pool.query("CREATE TABLE IF NOT EXISTS limit_runs (id uuid PRIMARY KEY, status text, output jsonb)");
const flight = async (size) => {
  const ids = Array.from({ length: size }, () => randomUUID());
  await pool.query({
    name: "insert",
    text: "INSERT INTO limit_runs (id, status) SELECT unnest($1::uuid[]), 'running'",
    values: [ids],
  });
  for (const status of ["half", "completed"])
    await pool.query({
      name: "update",
      text: "UPDATE limit_runs SET status = $2, output = '{\"success\":true}' WHERE id = ANY($1::uuid[])",
      values: [ids, status],
    });
};
await contest(
  async ({ count, inFlight }) => {
    const size = Math.max(1, Math.min(250, Math.ceil(inFlight / 2)));
    const begun = performance.now();
    let left = Math.ceil(count / size);
    const lane = async () => {
      while (left-- > 0) await flight(size);
    };
    await Promise.all([lane(), inFlight > 1 ? lane() : undefined]);
    return { perSecond: (Math.ceil(count / size) * size) / ((performance.now() - begun) / 1000) };
  },
  () => pool.end(),
);
