// The index of live triggers: true within a second at every process, whatever breaks meanwhile, and quick however much
// is published.
import type { WorkflowGraph } from "@workflow-core/core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { publishWorkflow, unpublishWorkflow } from "../../src/store/versions.js";
import { createWorkflow } from "../../src/store/workflows.js";
import { type TestDatabase, testDatabase } from "../support/database.js";
import { command, happening, onCommand, openReplica, type Replica } from "../support/replica.js";
import { until } from "../support/until.js";

let test: TestDatabase;
const open: Replica[] = [];
beforeAll(async () => {
  test = await testDatabase();
});
afterEach(() => Promise.all(open.splice(0).map((replica) => replica.close())));
afterAll(() => test.drop());

const replica = async (index?: Parameters<typeof openReplica>[1]): Promise<Replica> => {
  const opened = await openReplica(test.uri, index);
  open.push(opened);
  return opened;
};

const publish = async (
  graph: WorkflowGraph,
  more: { community_id?: number; entity_id?: number } = {},
): Promise<string> => {
  const { database } = test;
  const place = { entity_id: 1, community_id: 1, author_id: 1, ...more };
  const { workflow_id } = await createWorkflow(database, { name: "test", ...place, ...graph });
  await publishWorkflow(database, workflow_id, { authorId: 1 });
  return workflow_id;
};

describe("the index", () => {
  it("of one process knows within a second what was published at another", async () => {
    const b = await replica({ checkMs: 600_000 });
    await until(async () => {
      const { rows } = await test.database.primary.query(
        "SELECT 1 FROM pg_stat_activity WHERE application_name = 'workflow-core-listen' AND datname = current_database()",
      );
      return rows.length > 0;
    });
    expect(await b.deliver(command("!quick"))).toEqual([]);
    const workflowId = await publish(onCommand({ command_name: "quick" }));
    await until(async () => (await b.deliver(command("!quick"))).length === 1, "the new command", 1000);
    await unpublishWorkflow(test.database, workflowId);
    await until(async () => (await b.deliver(command("!quick"))).length === 0, "its end", 1000);
  });

  it("heals by itself when notifications are lost", async () => {
    const deaf = await replica({ checkMs: 50, listening: false });
    await publish(onCommand({ command_name: "unheard" }));
    await until(async () => (await deaf.deliver(command("!unheard"))).length === 1, "the new command", 2000);
  });

  it("sees a change whose transaction was open for a while, and no change that was rolled back", async () => {
    const a = await replica({ listening: false, checkMs: 600_000 });
    const { workflow_id } = await createWorkflow(test.database, {
      ...{ name: "slow", entity_id: 1, community_id: 1, author_id: 1 },
      ...onCommand({ command_name: "slow" }),
    });
    let commit: () => void = () => undefined;
    let inside: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (commit = resolve));
    const reached = new Promise<void>((resolve) => (inside = resolve));
    const slow = publishWorkflow(test.database, workflow_id, {
      authorId: 1,
      also: async () => {
        inside();
        await held;
      },
    });
    await reached;
    await publish(onCommand({ command_name: "meanwhile" }));
    await a.triggers.refresh();
    await a.triggers.refresh();
    expect(await a.deliver(command("!meanwhile"))).toHaveLength(1);
    expect(await a.deliver(command("!slow"))).toEqual([]);
    commit();
    await slow;
    await a.triggers.refresh();
    expect(await a.deliver(command("!slow"))).toHaveLength(1);
    await expect(
      unpublishWorkflow(test.database, workflow_id, { also: () => Promise.reject(new Error("no")) }),
    ).rejects.toThrow("no");
    await a.triggers.refresh();
    expect(await a.deliver(command("!slow"))).toHaveLength(1);
  });

  it("listens again after its connection was cut", async () => {
    const a = await replica({ checkMs: 600_000 });
    const listening =
      "application_name = 'workflow-core-listen' AND datname = current_database() AND query LIKE 'LISTEN%triggers%'";
    const pids = async () =>
      (await test.database.primary.query<{ pid: number }>(`SELECT pid FROM pg_stat_activity WHERE ${listening}`)).rows;
    await until(async () => (await pids()).length === 1);
    const [before] = await pids();
    await test.database.primary.query("SELECT pg_terminate_backend($1)", [before?.pid]);
    await publish(onCommand({ command_name: "back" }));
    await until(async () => (await a.deliver(command("!back"))).length === 1, "the new command", 3000);
    expect((await pids()).map(({ pid }) => pid)).not.toContain(before?.pid);
    expect(a.warnings.join()).toContain("workflow_core_triggers broke");
  });

  it("examines only what could be meant, among ten thousand published workflows", async () => {
    await test.database.primary.query(`WITH w AS (
        INSERT INTO workflows (workflow_id, name, entity_id, community_id, author_id, nodes, connections, status)
        SELECT gen_random_uuid(), 'bulk ' || n, 1, 5, 1, jsonb_build_object('start', jsonb_build_object('node_type', CASE WHEN n % 2 = 0 THEN 'trigger_command' ELSE 'trigger_event' END,
          'config', CASE WHEN n % 2 = 0 THEN jsonb_build_object('command_name', '!Bulk' || n) ELSE jsonb_build_object('event_type', 'bulk' || n) END)), '[]', 'draft'
        FROM generate_series(1, 10000) AS n RETURNING workflow_id, nodes)
      INSERT INTO workflow_versions (workflow_id, version, number, nodes, connections, global_variables, metadata)
        SELECT workflow_id, '1.0.0', 1, nodes, '[]', '{}', '{}' FROM w`);
    await test.database.primary.query(
      "UPDATE workflows SET status = 'published', published_version = '1.0.0' WHERE community_id = 5",
    );
    const a = await replica();
    expect(a.triggers.index.workflows).toBeGreaterThanOrEqual(10_000);
    const examinedBy = async (...events: Parameters<Replica["deliver"]>) => {
      const before = a.triggers.index.examined;
      const results = await a.deliver(...events);
      return [a.triggers.index.examined - before, results.map(({ outcome }) => outcome)];
    };
    const there = { community_id: 5 };
    expect(await examinedBy(command("!bulk4444", there))).toEqual([1, ["started"]]);
    expect(await examinedBy(happening("bulk5555", {}, there))).toEqual([1, ["started"]]);
    expect(await examinedBy(command("!bulk5555", there), happening("bulk4444", {}, there))).toEqual([0, []]);
    expect(await examinedBy(command("!bulk4444", { community_id: 6 }), command("just talk", there))).toEqual([0, []]);
    await test.database.primary.query("UPDATE workflows SET enabled = false WHERE community_id = 5");
    await a.triggers.refresh();
    expect(await examinedBy(command("!bulk4444", there))).toEqual([0, []]);
    expect((await test.database.primary.query("SELECT 1 FROM workflow_triggers WHERE community_id = 5")).rows).toEqual(
      [],
    );
  });
});
