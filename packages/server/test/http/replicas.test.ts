// Read replicas behind the door: lists come from there, but never without what the caller has just written.
import { afterAll, beforeAll, expect, it } from "vitest";
import { systemClock } from "../../src/clock.js";
import { openPool, type PoolOptions } from "../../src/store/pool.js";
import { replicatedDatabase } from "../../src/store/replicas.js";
import { make, type TestApp, testApp } from "../support/app.js";
import { type TestDatabase, testDatabase } from "../support/database.js";
import { until } from "../support/until.js";

let app: TestApp;
let stale: TestDatabase;
let pool: ReturnType<typeof openPool>;
beforeAll(async () => {
  stale = await testDatabase();
  // It looks as if it were up to date, but it has none of the rows.
  await stale.database.primary.query(
    "INSERT INTO workflow_workers (worker_id, name, role, heartbeat_at) VALUES (gen_random_uuid(), 'w', 'all', now() + interval '1 hour')",
  );
  const options: PoolOptions = { uri: stale.uri, max: 2, applicationName: "test-replica", readOnly: true };
  pool = openPool(options);
  const replicas = [{ pool, place: "replica" }];
  app = await testApp({
    database: ({ primary }) => replicatedDatabase({ primary, replicas, clock: systemClock }),
  });
});
afterAll(async () => {
  await app.close();
  await pool.end();
  await stale.drop();
});

it("shows callers what they have written at once, and others what the replica has", async () => {
  const author = await app.as({ user_id: 1, community_ids: [1] });
  const reader = app.service();
  await until(async () => (await reader("/api/v1/status")).json.data.read_replicas.ready === 1);
  const { workflow_id } = await make(author);
  expect((await author("/api/v1/workflows")).json.data).toMatchObject([{ workflow_id }]);
  expect((await reader("/api/v1/workflows")).json.data).toEqual([]);
  // One workflow decides what may be done, so it always comes from the primary.
  expect((await reader(`/api/v1/workflows/${workflow_id}`)).status).toBe(200);
  const published = await author(`/api/v1/workflows/${workflow_id}/publish`, { method: "POST" });
  expect(published.status).toBe(200);
  expect((await author(`/api/v1/workflows/${workflow_id}/versions`)).json.data).toHaveLength(1);
});

it("serves every list from the primary when the replica is gone", async () => {
  await pool.end();
  const reader = app.service();
  expect((await reader("/api/v1/workflows")).json.data).toHaveLength(1);
  expect((await reader("/api/v1/status")).json.data.read_replicas).toEqual({ configured: 1, ready: 0 });
  pool = openPool({ uri: stale.uri, max: 1, applicationName: "test-replica" });
});
