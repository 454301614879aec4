// A rolling update under load, and back: the version before and this one work on the same database side by side and
// finish each other's executions, while the newer one changes the tables under the older one's hands.
// PREVIOUS_REVISION names another version before.
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { WorkflowGraph } from "@workflow-core/core";
import { afterAll, beforeAll, describe, expect, type TestContext, test } from "vitest";
import { emptyDatabase } from "./support/database.js";
import { startLoad } from "./support/load.js";
import { temporaryDirectory } from "./support/processes.js";
import { type Replica, startReplica } from "./support/replicas.js";
import { callDelayCall, effects, executeMany, line, type Scene, scene } from "./support/scene.js";
import { until } from "./support/until.js";
import { buildNext, buildRevision, previousRevision } from "./support/versions.js";

/** What a later release may well do to the busiest table. */
const migration = {
  name: "9001-next",
  sql: `ALTER TABLE workflow_executions ADD COLUMN next_release TEXT NOT NULL DEFAULT 'not known to the version before';
    CREATE INDEX idx_executions_next_release ON workflow_executions(next_release, start_time);
    CREATE TABLE workflow_next_release (execution_id UUID PRIMARY KEY REFERENCES workflow_executions(execution_id));`,
};
type Version = "old" | "new";
const previous = previousRevision();
const missing = previous === undefined ? " (skipped: the history lacks the version before)" : "";

describe.skipIf(previous === undefined)(`the version before and this one${missing}`, () => {
  let home = "";
  let programs: Record<Version, string>;
  beforeAll(() => {
    home = temporaryDirectory("workflow-core-versions-");
    programs = {
      old: buildRevision(previous ?? "", join(home, "old")),
      new: buildNext(join(home, "new"), migration),
    };
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  /** A scene on an empty database, and what starts a version there; its calls are told apart by the Router's address. */
  const setUp = async ({ onTestFinished }: TestContext) => {
    const stage = await scene(await emptyDatabase());
    onTestFinished(() => stage.close());
    const start = async (version: Version): Promise<Replica> => {
      const own = { ROUTER_URL: `${stage.router.url}/${version}`, WFCORE_LEASE_SECONDS: "2" };
      const env = { ...own, MAX_CONCURRENT_WORKFLOWS: "20" };
      const given = { databaseUri: stage.uri, routerUrl: stage.router.url, env, program: programs[version] };
      const replica = await startReplica(given);
      stage.replicas.push(replica);
      return replica;
    };
    return { stage, start };
  };

  test("lose and double nothing in a rolling update under load, and back", async (context) => {
    const { stage, start } = await setUp(context);
    const seats: (Replica | undefined)[] = [await start("old"), await start("old")];
    /** As an orchestrator does it: no new requests, the signal, the end, the successor. */
    const replace = async (seat: number, version: Version) => {
      const leaving = seats[seat];
      seats[seat] = undefined;
      leaving?.signal("SIGTERM");
      expect(await leaving?.ended).toBe(0);
      seats[seat] = await start(version);
    };
    const parked = callDelayCall(1.5);
    // Its calls are announced in the journal by an event of their own.
    const once = { ...parked, nodes: { ...parked.nodes, a: { ...parked.nodes.a, retry: "never" } } } as WorkflowGraph;
    const shapes = [parked, once, callDelayCall(0.1), line];
    const workflows = await Promise.all(shapes.map((shape) => publish(seats[0] as Replica, shape)));
    let turn = 0;
    const next = () => {
      const open = seats.filter((seat) => seat !== undefined);
      return open[turn++ % open.length];
    };
    const begun = Date.now();
    const load = startLoad({ workflows, perSecond: 15, replica: next });
    await until(() => stage.router.ledger.length > 40, "calls of the version before");
    await replace(0, "new");
    await until(() => crossed(stage, "old", "new") > 5, "executions that the new version took over", 20_000);
    await until(() => crossed(stage, "new", "old") > 5, "executions that the old version took over", 20_000);
    await replace(1, "new");
    const updated = Date.now();
    await until(() => callsOf(stage, "new", updated) > 20, "work of the new version alone", 20_000);
    await replace(1, "old");
    const returned = Date.now();
    await until(
      () => callsOf(stage, "old", returned) > 10,
      "work of the version before, on the newer database",
      20_000,
    );
    await load.end();
    const over = await stage.over();

    const migrated = await migratedAt(stage);
    console.info(
      `${previous?.slice(0, 9)} and this: ${over.length} executions in ${Date.now() - begun} ms, ` +
        `${crossed(stage, "old", "new")} went from old to new, ${crossed(stage, "new", "old")} from new to old; ` +
        `migrated after ${migrated - begun} ms; told ${JSON.stringify(Object.fromEntries(load.told))}`,
    );
    expect(migrated).toBeGreaterThan(begun);
    expect(stage.router.ledger.some(({ path, at }) => path.startsWith("/old/") && at > migrated && at < updated)).toBe(
      true,
    );
    // Nobody was told no; each acknowledged start is one execution, and there are no others.
    expect([...load.told.keys()]).toEqual([202]);
    expect(load.changed).toEqual([]);
    expect(over).toHaveLength(load.accepted.size + load.once.size);
    for (const { dedupe_key, execution_id } of over)
      if (dedupe_key !== null) expect(load.accepted.get(dedupe_key)).toBe(execution_id);
    expect(over.filter(({ status, recoveries }) => status !== "completed" || recoveries > 0)).toEqual([]);
    expect(effects(stage.router)).toEqual({ total: over.length * 2, worst: 1, conflicts: 0, withoutKey: 0 });
    expect(stage.router.stats().duplicates).toBe(0); // nor was any call sent twice
    expect(complaints(stage)).toEqual([]);
  }, 90_000);

  test.concurrent.for<[Version, Version]>([
    ["old", "new"],
    ["new", "old"],
  ])("finish what the other had in hand: the %s one dies, the %s one goes on", async ([first, second], context) => {
    const { stage, start } = await setUp(context);
    stage.router.plan([{ match: { node_id: "b", nth: 1 }, behaviour: { do: "hang-after" } }]);
    const dying = await start(first);
    const ids = await executeMany(dying, await publish(dying, line), 10);
    await until(() => stage.router.ledger.filter(({ node_id }) => node_id === "b").length === 10, "ten in hand");
    await start(second);
    await dying.kill();
    const over = await stage.over(ids);
    expect(over.map(({ status, recoveries }) => [status, recoveries])).toEqual(Array(10).fill(["completed", 1]));
    expect(effects(stage.router)).toEqual({ total: 20, worst: 1, conflicts: 0, withoutKey: 0 });
    expect(await migratedAt(stage)).toBeGreaterThan(0);
  });
});

async function publish(replica: Replica, graph: WorkflowGraph): Promise<string> {
  const about = { name: "rolling", entity_id: 1, community_id: 1, ...graph };
  const created = await replica.call("POST", "/api/v1/workflows", about);
  const id = String(created.body.data?.workflow_id);
  const published = await replica.call("POST", `/api/v1/workflows/${id}/publish`);
  expect([created.status, published.status]).toEqual([201, 200]);
  return id;
}

/** When the newer version's own migration was applied, ms since 1970; 0: never. */
async function migratedAt({ database }: Scene): Promise<number> {
  const text = "SELECT applied_at AS at FROM workflow_migrations WHERE name = $1";
  const { rows } = await database.primary.query<{ at: Date }>(text, [migration.name]);
  return rows[0]?.at.getTime() ?? 0;
}

/** Executions whose first call one version made, and whose second the other. */
function crossed({ router }: Scene, first: Version, second: Version): number {
  const by = (version: Version, node: string) => {
    const calls = router.ledger.filter(({ path, node_id }) => path.startsWith(`/${version}/`) && node_id === node);
    return new Set(calls.map(({ execution_id }) => execution_id));
  };
  const after = by(second, "b");
  return [...by(first, "a")].filter((id) => after.has(id)).length;
}

const callsOf = ({ router }: Scene, version: Version, since: number): number =>
  router.ledger.filter(({ path, at }) => path.startsWith(`/${version}/`) && at > since).length;

const complaints = ({ replicas }: Scene): string[] =>
  replicas.flatMap((replica) => replica.said().match(/.*"level":"(?:ERROR|CRITICAL)".*/g) ?? []);
