// What workers tell of what they have claimed, and which statements wait for the disk, on real databases.
import { randomUUID } from "node:crypto";
import type pg from "pg";
import { afterEach, expect, it } from "vitest";
import { describeEachDatabase } from "../../test/support/database.js";
import { tellRunning } from "./claims.js";
import { databaseOn } from "./database.js";
import { writeFlight } from "./flight.js";
import type { AcceptRecord } from "./flight-records.js";
import { rateHits } from "./rate-limits.js";
import { addTriggerLines } from "./trigger-log.js";
import { recordDeliveries, trimDeliveries } from "./webhook-deliveries.js";
import { registerWorker } from "./workers.js";
import { createWorkflow } from "./workflows.js";

describeEachDatabase("what is told of claims", (database) => {
  const workflow = async () => {
    const about = { name: "test", description: null, entity_id: 1, community_id: 1, author_id: 1 };
    const empty = { nodes: {}, connections: [], global_variables: {}, metadata: {} };
    return (await createWorkflow(database().database, { ...about, ...empty })).workflow_id;
  };
  const worker = async () => {
    const worker_id = randomUUID();
    await registerWorker(database().database.primary, { worker_id, name: "test", role: "all", slots: 1 });
    return worker_id;
  };
  const accept = (workflow_id: string, claimed_by: string): AcceptRecord => {
    const [execution_id, at] = [randomUUID(), new Date().toISOString()];
    return {
      ...{ execution_id, workflow_id, status: "queued", start_time: at, community_id: 1, entity_id: 1 },
      ...{ workflow_version: null, trigger: "{}", principal: "{}", dedupe_source: null, dedupe_key: null },
      ...{ available_at: null, claimed_by, deadline_at: at, retried_from: null, queue_key: null, finish: null },
      events: [{ execution_id, sequence: 1, at, type: "started", data: "{}" }],
    };
  };
  const flightOf = (accepts: AcceptRecord[]) => ({ accepts, events: [], parks: [], finishes: [] });
  const statusOf = async (executionId: string) => {
    const text = "SELECT status FROM workflow_executions WHERE execution_id = $1";
    return (await database().database.primary.query<{ status: string }>(text, [executionId])).rows[0]?.status;
  };
  const clients: pg.PoolClient[] = [];
  /** A connection in the middle of a transaction; what is done on it is undone. */
  const within = async () => {
    const client = await database().database.primary.connect();
    clients.push(client);
    await client.query("BEGIN");
    return client;
  };
  afterEach(async () => {
    for (const client of clients.splice(0)) {
      await client.query("ROLLBACK");
      client.release();
    }
  });

  it("waits for no row that a flight is writing, so that the two never wait for each other", async () => {
    const { primary } = database().database;
    const [holder, workflow_id] = [await worker(), await workflow()];
    const [ending, open] = [accept(workflow_id, holder), accept(workflow_id, holder)];
    await writeFlight(primary, holder, flightOf([ending, open]));
    const flight = await within();
    await flight.query("UPDATE workflow_executions SET nodes_executed = 1 WHERE execution_id = $1", [
      ending.execution_id,
    ]);
    await tellRunning(primary, holder, [ending.execution_id, open.execution_id]);
    expect(await statusOf(open.execution_id)).toBe("running");
    expect(await statusOf(ending.execution_id)).toBe("queued");
  });

  it("does not wait for the disk with what is only looked up, and always with what must be kept", async () => {
    const [holder, workflow_id] = [await worker(), await workflow()];
    const setting = async (statement: (pool: pg.Pool) => Promise<unknown>) => {
      const client = await within();
      // What asks for a pool is handed this one connection.
      await statement(client as unknown as pg.Pool);
      const { rows } = await client.query<{ synchronous_commit: string }>("SHOW synchronous_commit");
      return rows[0]?.synchronous_commit;
    };
    const { primary } = database().database;
    const webhook_id = randomUUID();
    await primary.query(
      "INSERT INTO workflow_webhooks (webhook_id, workflow_id, token, secret, name) VALUES ($1, $2, $3, 'x', 'x')",
      [webhook_id, workflow_id, randomUUID()],
    );
    const delivery = { outcome: "accepted", code: null, detail: null, calls: 1, delivery_id: null } as const;
    const record = () => ({ webhook_id, entry: randomUUID(), at: Date.now(), execution_id: null, ...delivery });
    await recordDeliveries(database().database, Array.from({ length: 101 }, record));
    const line = { community_id: 1, workflow_id, node_id: "", trigger: "x", platform: "webhook", user_id: "1" };
    const told = { user_name: "", roles: [], outcome: "started", detail: null, delivery_id: "" } as const;
    const at = new Date().toISOString();
    const hit = { key: "test", max: 1, seconds: 1, id: "1", known: [] };
    const claimed = accept(workflow_id, holder);

    expect(await setting((pool) => writeFlight(pool, holder, flightOf([accept(workflow_id, holder)])))).toBe("on");
    await writeFlight(primary, holder, flightOf([claimed]));
    expect(await setting((pool) => tellRunning(pool, holder, [claimed.execution_id]))).toBe("off");
    expect(await setting((pool) => trimDeliveries(databaseOn(pool), [webhook_id]))).toBe("off");
    expect(await setting((pool) => recordDeliveries(databaseOn(pool), [record()]))).toBe("off");
    expect(await setting((pool) => addTriggerLines(pool, [{ ...line, ...told, at, execution_id: null }]))).toBe("off");
    expect(await setting((pool) => rateHits(databaseOn(pool))(hit))).toBe("off");
  });
});
