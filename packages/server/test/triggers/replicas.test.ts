// Triggers over several processes: one cooldown, one start for each delivery, one execution where none may overlap.
import type { WorkflowGraph } from "@workflow-core/core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { getExecution, requestCancel } from "../../src/store/executions.js";
import { listTriggerLog } from "../../src/store/trigger-log.js";
import { publishWorkflow } from "../../src/store/versions.js";
import { createWorkflow } from "../../src/store/workflows.js";
import { type TestDatabase, testDatabase } from "../support/database.js";
import { command, onCommand, openReplica, type Replica } from "../support/replica.js";
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

const count = <T>(list: readonly T[], wanted: T): number => list.filter((each) => each === wanted).length;
const executionsOf = async (workflowId: string): Promise<number> => {
  const { rows } = await test.database.primary.query<{ total: number }>(
    "SELECT count(*) AS total FROM workflow_executions WHERE workflow_id = $1",
    [workflowId],
  );
  return rows[0]?.total ?? -1;
};

describe("cooldowns", () => {
  it.each([
    ["for everybody", { cooldown_seconds: 600 }],
    ["for a person", { user_cooldown_seconds: 600 }],
    ["for both", { cooldown_seconds: 600, user_cooldown_seconds: 1200 }],
  ])("%s let one of a hundred pass, over two processes", async (name, config) => {
    const word = name.replaceAll(" ", "-");
    const workflowId = await publish(onCommand({ command_name: word, ...config }));
    const [a, b] = [await replica(), await replica()];
    const events = Array.from({ length: 100 }, () => command(`!${word}`));
    const results = (await Promise.all(events.map((event, n) => (n % 2 ? a : b).deliver(event)))).flat();
    const outcomes = results.map(({ outcome }) => outcome);
    expect([count(outcomes, "started"), count(outcomes, "cooldown")]).toEqual([1, 99]);
    expect(await executionsOf(workflowId)).toBe(1);
  });

  it("are all taken or none", async () => {
    const workflowId = await publish(
      onCommand({ command_name: "both", cooldown_seconds: 600, user_cooldown_seconds: 600 }),
    );
    const a = await replica();
    const person = (id: string) => ({ user: { id, name: id, roles: [] } });
    expect(await a.deliver(command("!both", person("first")))).toMatchObject([{ outcome: "started" }]);
    await Promise.all(Array.from({ length: 20 }, (_, n) => a.deliver(command("!both", person(`p${n}`)))));
    const { rows } = await test.database.primary.query<{ key: string }>(
      "SELECT key FROM workflow_cooldowns WHERE key LIKE '%' || $1 || '%' ORDER BY key",
      [workflowId],
    );
    expect(rows.map(({ key }) => key)).toEqual([`workflow ${workflowId}`, `workflow ${workflowId} user twitch first`]);
  });

  it("survive the end of every process, and end in time", async () => {
    const workflowId = await publish(onCommand({ command_name: "lasting", cooldown_seconds: 600 }));
    const before = await replica();
    expect(await before.deliver(command("!lasting"))).toMatchObject([{ outcome: "started" }]);
    await before.close();
    open.splice(open.indexOf(before), 1);
    const after = await replica();
    expect(await after.deliver(command("!lasting"))).toMatchObject([
      { outcome: "cooldown", detail: expect.stringMatching(/^cooldown, (600|59\d) s left$/) },
    ]);
    await test.database.primary.query("UPDATE workflow_cooldowns SET until = clock_timestamp() WHERE key = $1", [
      `workflow ${workflowId}`,
    ]);
    expect(await after.deliver(command("!lasting"))).toMatchObject([{ outcome: "started" }]);
  });

  it("are not taken by a start that is refused", async () => {
    const workflowId = await publish(
      onCommand({ command_name: "busy", cooldown_seconds: 600 }, { on_overlap: "skip" }, 600),
    );
    const a = await replica();
    const [first] = await a.deliver(command("!busy"));
    await test.database.primary.query("DELETE FROM workflow_cooldowns");
    expect(await a.deliver(command("!busy"))).toMatchObject([{ outcome: "limit" }]);
    const { rows } = await test.database.primary.query("SELECT 1 FROM workflow_cooldowns");
    expect(rows).toEqual([]);
    expect(first).toMatchObject({ workflow_id: workflowId, outcome: "started" });
  });
});

describe("a delivery", () => {
  it.each([
    ["plain", {}],
    ["cooling", { cooldown_seconds: 600, user_cooldown_seconds: 600 }],
  ])("of a %s command that arrives ten times at once, at two processes, starts one execution", async (word, config) => {
    const workflowId = await publish(onCommand({ command_name: word, ...config }));
    const [a, b] = [await replica(), await replica()];
    const event = command(`!${word}`);
    const results = (await Promise.all(Array.from({ length: 10 }, (_, n) => (n % 2 ? a : b).deliver(event)))).flat();
    const outcomes = results.map(({ outcome }) => outcome);
    expect([count(outcomes, "started"), count(outcomes, "duplicate")]).toEqual([1, 9]);
    expect(new Set(results.map(({ execution_id }) => execution_id)).size).toBe(1);
    expect(await executionsOf(workflowId)).toBe(1);
  });
});

describe("on_overlap", () => {
  it("skip lets one of fifty begin, and the next when that is over", async () => {
    const workflowId = await publish(onCommand({ command_name: "single" }, { on_overlap: "skip" }, 600));
    const [a, b] = [await replica(), await replica()];
    const race = async () => {
      const events = Array.from({ length: 50 }, () => command("!single"));
      const results = (await Promise.all(events.map((event, n) => (n % 2 ? a : b).deliver(event)))).flat();
      expect(
        count(
          results.map(({ outcome }) => outcome),
          "limit",
        ),
      ).toBe(49);
      return results.find(({ outcome }) => outcome === "started")?.execution_id ?? "";
    };
    const first = await race();
    await requestCancel(test.database.primary, first, { by: "test" });
    await until(async () => (await getExecution(test.database, first))?.end_time != null, "the end of the first");
    expect(await race()).not.toBe(first);
    expect(await executionsOf(workflowId)).toBe(2);
  });

  it("cancel_previous leaves exactly one of many that start at once", async () => {
    const workflowId = await publish(onCommand({ command_name: "last" }, { on_overlap: "cancel_previous" }, 600));
    const [a, b] = [await replica(), await replica()];
    const events = Array.from({ length: 12 }, () => command("!last"));
    const results = (await Promise.all(events.map((event, n) => (n % 2 ? a : b).deliver(event)))).flat();
    expect(
      count(
        results.map(({ outcome }) => outcome),
        "started",
      ),
    ).toBe(12);
    const unfinished = async () => {
      const { rows } = await test.database.primary.query<{ execution_id: string }>(
        "SELECT execution_id FROM workflow_executions WHERE workflow_id = $1 AND end_time IS NULL",
        [workflowId],
      );
      return rows.map(({ execution_id }) => execution_id);
    };
    await until(async () => (await unfinished()).length === 1, "one that is left");
    expect(await unfinished()).toEqual([
      results
        .map(({ execution_id = "" }) => execution_id)
        .sort()
        .at(-1),
    ]);
  });
});

describe("the log", () => {
  it("is written before a process ends, in order, and in pages", async () => {
    const workflowId = await publish(onCommand({ command_name: "many", permission_level: "owner" }));
    const a = await replica();
    const events = Array.from({ length: 450 }, (_, n) => command("!many", { delivery_id: `many-${n}` }));
    await a.deliver(...events);
    await a.close();
    open.splice(open.indexOf(a), 1);
    const query = { viewer: { all: true as const }, workflowId, perPage: 100 };
    const pages = await Promise.all([1, 5].map((page) => listTriggerLog(test.database, { ...query, page })));
    expect(pages.map(({ rows, total }) => [rows.length, total])).toEqual([
      [100, 450],
      [50, 450],
    ]);
    expect([pages[0]?.rows[0]?.delivery_id, pages[1]?.rows[49]?.delivery_id]).toEqual(["many-449", "many-0"]);
  });
});
