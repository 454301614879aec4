// Reads over replicas. Two more databases stand for the replicas; what each holds tells who answered.
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../test/support/database.js";
import { until } from "../../test/support/until.js";
import { type Clock, systemClock } from "../clock.js";
import type { Queryable } from "./database.js";
import { openPool } from "./pool.js";
import type { Replica } from "./replica-standing.js";
import { replicatedDatabase } from "./replicas.js";

let primary: TestDatabase;
let first: TestDatabase;
let second: TestDatabase;
const open: { end(): Promise<void> }[] = [];
beforeAll(async () => {
  [primary, first, second] = await Promise.all([testDatabase(), testDatabase(), testDatabase()]);
  for (const [name, each] of Object.entries({ primary, first, second }))
    await each.database.primary.query(`CREATE TABLE whoami AS SELECT '${name}' AS name`);
});
afterEach(async () => {
  for (const each of [primary, first, second]) await each.database.primary.query("DELETE FROM workflow_workers");
  await Promise.all(open.splice(0).map((pool) => pool.end()));
});
afterAll(() => Promise.all([primary, first, second].map((each) => each.drop())));

/** A clock that stands still until it is put forward. */
function standing(): Clock & { forward(milliseconds: number): void } {
  let now = 1000;
  return {
    ...{ now: () => now, monotonic: () => now, setTimer: systemClock.setTimer },
    forward: (milliseconds) => {
      now += milliseconds;
    },
  };
}

const replicaAt = (uri: string, place: string): Replica => {
  const pool = openPool({ uri, max: 2, applicationName: "test-replica", readOnly: true, connectTimeoutMs: 1000 });
  open.push(pool);
  return { pool, place };
};
const nowhere = "postgresql://127.0.0.1:1/none";

async function bench(uris: readonly string[]) {
  const clock = standing();
  const warnings: string[] = [];
  const log = { info: () => undefined, warn: (message: string) => warnings.push(message) };
  const replicas = uris.map((uri, index) => replicaAt(uri, `replica-${index + 1}`));
  const database = replicatedDatabase({ primary: primary.database.primary, replicas, clock, log });
  await until(() => database.replicas().every(({ state }) => state !== "unknown"));
  return { database, clock, warnings };
}

const ask = async (queryable: Queryable): Promise<string> =>
  (await queryable.query<{ name: string }>("SELECT name FROM whoami")).rows[0]?.name ?? "";
const beat = (on: TestDatabase, at: string) =>
  on.database.primary.query(
    "INSERT INTO workflow_workers (worker_id, name, role, heartbeat_at) VALUES (gen_random_uuid(), 'w', 'all', $1)",
    [at],
  );

describe("reads", () => {
  it("go round the replicas, and everything else to the primary", async () => {
    const { database } = await bench([first.uri, second.uri]);
    const names = [];
    for (let round = 0; round < 6; round += 1) names.push(await ask(database.read()));
    expect(names.sort()).toEqual(["first", "first", "first", "second", "second", "second"]);
    expect(await ask(database.primary)).toBe("primary");
    expect(database.replicas()).toEqual([
      { place: "replica-1", state: "ready" },
      { place: "replica-2", state: "ready" },
    ]);
  });

  it("of one request stay with one replica", async () => {
    const { database } = await bench([first.uri, second.uri]);
    for (let round = 0; round < 4; round += 1) {
      const own = database.forCaller("user:1");
      expect(await ask(own.read())).toBe(await ask(own.read()));
    }
  });

  it("cannot write: a write is an error and is carried out nowhere", async () => {
    const { database } = await bench([first.uri]);
    const writing = database.read().query("INSERT INTO whoami VALUES ('written')");
    await expect(writing).rejects.toThrow(/a write was sent to database\.read\(\).*read-only transaction/);
    for (const each of [primary, first])
      expect((await each.database.primary.query("SELECT * FROM whoami")).rows).toHaveLength(1);
    const direct = replicaAt(first.uri, "x").pool.query("DELETE FROM whoami");
    await expect(direct).rejects.toMatchObject({ code: "25006" });
  });

  it("throw what is wrong with the query itself, once", async () => {
    const { database, warnings } = await bench([first.uri]);
    await expect(database.read().query("SELECT 1 / 0")).rejects.toMatchObject({ code: "22012" });
    expect([warnings, database.replicas()[0]?.state]).toEqual([[], "ready"]);
  });
});

describe("a replica that fails", () => {
  it("is left alone, and the next one or the primary answers", async () => {
    const { database, warnings } = await bench([nowhere, second.uri]);
    for (let round = 0; round < 4; round += 1) expect(await ask(database.read())).toBe("second");
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain("replica-1 fails");
    expect(database.replicas().map(({ state }) => state)).toEqual(["resting", "ready"]);
    const alone = await bench([nowhere]);
    expect(await ask(alone.database.read())).toBe("primary");
  });

  it("in the middle of things costs nobody an answer, and is read again when it is back", async () => {
    const { database, clock, warnings } = await bench([first.uri]);
    expect(await ask(database.read())).toBe("first");
    const { rows } = await first.database.primary.query<{ name: string }>("SELECT current_database() AS name");
    const name = rows[0]?.name ?? "";
    const admin = primary.database.primary;
    // Connections are cut and none can be made: the database has another name for a while.
    await admin.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", [name]);
    await until(() =>
      admin.query(`ALTER DATABASE "${name}" RENAME TO "${name}_gone"`).then(
        () => true,
        () => false,
      ),
    );
    const asked = await Promise.all(Array.from({ length: 5 }, () => ask(database.read())));
    expect(asked).toEqual(Array.from({ length: 5 }, () => "primary"));
    expect(database.replicas()[0]?.state).toBe("resting");
    await admin.query(`ALTER DATABASE "${name}_gone" RENAME TO "${name}"`);
    expect(await ask(database.read())).toBe("primary");
    clock.forward(60_000);
    await until(async () => (await ask(database.read())) === "first");
    expect(database.replicas()[0]?.state).toBe("ready");
    expect(warnings).toHaveLength(1);
  });

  it("because it lacks a table that the primary has is not asked, and the primary is", async () => {
    await primary.database.primary.query("CREATE TABLE IF NOT EXISTS brand_new AS SELECT 1 AS one");
    const { database, warnings } = await bench([first.uri]);
    expect((await database.read().query("SELECT one FROM brand_new")).rows).toEqual([{ one: 1 }]);
    expect(warnings).toHaveLength(1);
  });
});

describe("who has just written", () => {
  it("reads the primary for fifteen seconds, and nobody else does", async () => {
    const { database, clock } = await bench([first.uri]);
    database.wrote("user:1");
    expect(await ask(database.forCaller("user:1").read())).toBe("primary");
    expect(await ask(database.forCaller("user:2").read())).toBe("first");
    clock.forward(14_000);
    expect(await ask(database.forCaller("user:1").read())).toBe("primary");
    clock.forward(2_000);
    expect(await ask(database.forCaller("user:1").read())).toBe("first");
  });

  it("in another process reads the primary too, where the processes share something", async () => {
    const values = new Map<string, string>();
    const shared = {
      get: async (key: string) => values.get(key),
      set: async (key: string, value: string) => void values.set(key, value),
    };
    const [one, other] = [await bench([first.uri]), await bench([first.uri])];
    for (const { database } of [one, other]) database.shareWrites(shared);
    one.database.wrote("user:1");
    expect(await ask(other.database.forCaller("user:1").read())).toBe("primary");
    expect(await ask(other.database.forCaller("user:2").read())).toBe("first");
    other.database.shareWrites({ ...shared, get: () => Promise.reject(new Error("Redis is gone")) });
    expect(await ask(other.database.forCaller("user:2").read())).toBe("primary");
  });
});

describe("a replica that is behind", () => {
  it("is not read until it has caught up", async () => {
    await beat(primary, "2026-01-01T00:01:00Z");
    await beat(first, "2026-01-01T00:00:30Z");
    const { database, clock, warnings } = await bench([first.uri]);
    expect([await ask(database.read()), database.replicas()[0]?.state]).toEqual(["primary", "behind"]);
    expect(warnings[0]).toContain("8 s behind");
    await beat(first, "2026-01-01T00:00:59Z");
    clock.forward(6_000);
    await until(async () => (await ask(database.read())) === "first");
    expect(warnings).toHaveLength(1);
  });

  it("or has never seen a worker is not read either", async () => {
    await beat(primary, "2026-01-01T00:01:00Z");
    const { database } = await bench([first.uri]);
    expect(await ask(database.read())).toBe("primary");
  });
});
