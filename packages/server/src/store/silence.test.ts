// What is taken for a dead connection and what is not; the whole program: test/crash/half-open.test.ts.
import { expect, it as one, type TestContext } from "vitest";
import { testDatabase } from "../../test/support/database.js";
import { type PostgresProxy, postgresProxy } from "../../test/support/postgres-proxy.js";
import { behind } from "../../test/support/scene.js";
import { until } from "../../test/support/until.js";
import { inTransaction, queryWithin } from "./database.js";
import { databaseFailure } from "./database-failure.js";
import { openPool } from "./pool.js";

// They wait for the most part, so they do it side by side.
const it = one.concurrent;

/** A pool that reaches its database through a proxy, and what it says. */
async function setUp({ onTestFinished }: TestContext) {
  const test = await testDatabase();
  const { target, through } = behind(test.uri);
  const proxy: PostgresProxy = await postgresProxy(target);
  const said: string[] = [];
  const log = { info: (text: string) => void said.push(text), warn: (text: string) => void said.push(text) };
  const pool = openPool({ uri: through(proxy.port), max: 3, applicationName: "silence", log });
  onTestFinished(async () => {
    proxy.set({ mode: "pass" });
    await pool.end();
    await proxy.close();
    await test.drop();
  });
  const direct = <T>(text: string): Promise<T[]> => test.database.primary.query(text).then(({ rows }) => rows as T[]);
  return { pool, proxy, said, direct };
}

/** What a call comes to, and after how many seconds. */
const ended = async (call: Promise<unknown>) => {
  const begun = performance.now();
  const as = await call.then(
    () => "done",
    (error: unknown) => databaseFailure(error),
  );
  return { as, seconds: (performance.now() - begun) / 1000 };
};

it("leaves a statement alone that the server works on, and one that waits for a lock", async (context) => {
  const { pool, direct } = await setUp(context);
  await direct("CREATE TABLE t (x int)");
  await inTransaction(pool, async (client) => {
    await client.query("LOCK TABLE t");
    const waits = ended(pool.query("SELECT * FROM t"));
    expect((await ended(pool.query("SELECT pg_sleep(5)"))).as).toBe("done");
    await client.query("COMMIT; BEGIN");
    expect(await waits).toMatchObject({ as: "done", seconds: expect.closeTo(5, 0) });
  });
}, 30_000);

it("breaks a connection whose question got lost, and one whose answer did", async (context) => {
  const { pool, proxy, direct, said } = await setUp(context);
  await direct("CREATE TABLE t (x int)");
  await Promise.all([pool.query("SELECT pg_sleep(0.1)"), pool.query("SELECT pg_sleep(0.1)")]);
  proxy.set({ mode: "hold-answer", statement: "INSERT", times: 1 });
  const answer = ended(pool.query("INSERT INTO t VALUES (1)"));
  await until(() => proxy.faults.held === 1, "the answer that is kept back");
  proxy.set({ mode: "pass" });
  proxy.lose();
  const question = ended(pool.query("INSERT INTO t VALUES (2)"));
  for (const { as, seconds } of [await answer, await question]) {
    expect(as).toBe("unavailable");
    expect(seconds).toBeLessThan(5);
  }
  expect(await direct("SELECT x FROM t")).toEqual([{ x: 1 }]);
  expect((await ended(pool.query("SELECT 1"))).as).toBe("done");
  expect(said).not.toContainEqual(expect.stringContaining("has not answered"));
}, 30_000);

it("breaks a transaction whose COMMIT got lost, without a second wait for the rollback", async (context) => {
  const { pool, proxy } = await setUp(context);
  const over = ended(
    inTransaction(pool, async (client) => {
      await client.query("SELECT 1");
      proxy.lose();
    }),
  );
  expect((await over).as).toBe("unavailable");
  expect((await over).seconds).toBeLessThan(5);
}, 30_000);

it("gives nobody a connection while the server is silent, and says when it answers again", async (context) => {
  const { pool, proxy, said } = await setUp(context);
  await pool.query("SELECT 1");
  proxy.set({ mode: "blackhole" });
  const first = await ended(pool.query("SELECT 1"));
  expect(first.as).toBe("unavailable");
  expect(first.seconds).toBeLessThan(5.5);
  for (const call of [pool.query("SELECT 1"), pool.connect()])
    expect(await ended(call)).toEqual({ as: "unavailable", seconds: expect.closeTo(0, 0) });
  proxy.set({ mode: "pass" });
  await until(async () => (await ended(pool.query("SELECT 1"))).as === "done", "the end of the silence", 5_000);
  expect(said).toEqual(["the database has not answered for 4 s", "the database answers again"]);
}, 30_000);

it("does not take a server for silent that refuses connections beside the one that works", async (context) => {
  const { pool, said } = await setUp(context);
  const other = await testDatabase();
  context.onTestFinished(() => other.drop());
  const allow = (name: string | undefined, allowed: boolean) =>
    other.database.primary.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS ${allowed}`);
  const { rows } = await pool.query<{ name: string }>("SELECT current_database() AS name");
  const works = ended(pool.query("SELECT pg_sleep(4)"));
  await allow(rows[0]?.name, false);
  expect(await works).toMatchObject({ as: "done" });
  await allow(rows[0]?.name, true);
  expect(said).toEqual([]);
}, 30_000);

it("goes on looking when the last connection went while the server was asked", async (context) => {
  const { pool, proxy, said } = await setUp(context);
  await pool.query("SELECT 1");
  proxy.set({ mode: "blackhole" });
  // Its patience ends between the question, after 2 s, and what is taken for the answer, after 4.
  await ended(queryWithin(pool, 2800, { text: "SELECT 1" }));
  expect(pool.totalCount).toBe(0);
  await until(() => said.some((text) => text.includes("has not answered")), "silence", 5000);
  proxy.set({ mode: "pass" });
  await until(async () => (await ended(pool.query("SELECT 1"))).as === "done", "an answer", 5000);
}, 30_000);
