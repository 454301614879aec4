// Connections that die around a statement: what was stored is found, what was not is sent again, nothing is doubled.
import { randomUUID } from "node:crypto";
import { draw } from "@workflow-core/core/testing";
import { it as concurrently, expect, type TestContext } from "vitest";
import { systemClock } from "../../src/clock.js";
import { Fenced, Journal } from "../../src/execution/journal.js";
import { databaseOn } from "../../src/store/database.js";
import { openPool } from "../../src/store/pool.js";
import { registerWorker } from "../../src/store/workers.js";
import { type TestDatabase, testDatabase } from "../support/database.js";
import { type TestEngine, type TestEngineOptions, testEngine } from "../support/engine.js";
import { type PostgresProxy, postgresProxy } from "../support/postgres-proxy.js";
import { behind, callDelayCall, line, loop } from "../support/scene.js";
import { until } from "../support/until.js";

// Mostly they wait: they do so side by side.
const it = concurrently.concurrent;

const coded = draw("start -> work -> a -> end", {
  start: "trigger_webhook",
  work: ["data_transform", { transform_code: "return 1" }],
  a: ["action_module", { module_name: "m", action: "x" }],
  end: "flow_end",
});

interface Bench {
  test: TestDatabase;
  proxy: PostgresProxy;
  /** The database's address through the proxy. */
  uri: string;
  engine: TestEngine;
  direct<T>(text: string, values?: unknown[]): Promise<T[]>;
  executions(): Promise<{ execution_id: string; status: string; recoveries: number; events: number }[]>;
  keys(): string[];
}

/** An engine that reaches its database through a proxy, and a way past it. */
async function benchOf(
  { onTestFinished }: Pick<TestContext, "onTestFinished">,
  options: TestEngineOptions = {},
): Promise<Bench> {
  const test = await testDatabase();
  const { target, through } = behind(test.uri);
  const proxy = await postgresProxy(target);
  const uri = through(proxy.port);
  const pool = openPool({ uri, max: 10, applicationName: "behind-the-proxy" });
  const engine = await testEngine({ uri, database: databaseOn(pool), drop: () => pool.end() }, options);
  onTestFinished(async () => {
    proxy.set({ mode: "pass" });
    await engine.close();
    await pool.end();
    await proxy.close();
    await test.drop();
  });
  const direct = async <T>(text: string, values: unknown[] = []): Promise<T[]> =>
    (await test.database.primary.query(text, values)).rows;
  const executions = () =>
    direct<{ execution_id: string; status: string; recoveries: number; events: number }>(
      `SELECT execution_id, status, recoveries,
         (SELECT count(*)::integer FROM workflow_execution_events AS v WHERE v.execution_id = e.execution_id) AS events
       FROM workflow_executions AS e`,
    );
  return { test, proxy, uri, engine, direct, executions, keys: () => engine.calls.map(({ key }) => key) };
}

for (const mode of ["cut-before", "cut-after"] as const)
  it(`stores each step once when the connection breaks (${mode}) at every second flight`, async (context) => {
    const { proxy, engine, executions, keys } = await benchOf(context);
    const workflow = await engine.publish(loop);
    proxy.set({ mode, statement: "journal-flight", times: 4, everySecond: true });
    const { execution_id } = await engine.start({ workflow, source: "manual" });
    expect(await engine.over(execution_id)).toMatchObject({ status: "completed", recoveries: 0 });
    expect(proxy.faults[mode === "cut-before" ? "cutBefore" : "cutAfter"]).toBe(4);
    expect(keys()).toEqual(["a:0.0", "a:0.1", "b:0"].map((name) => `${execution_id}:${name}`));
    // started, and for both rounds call and delay, and the last call
    expect(await executions()).toEqual([{ execution_id, status: "completed", recoveries: 0, events: 6 }]);
  });

it("finds the execution of a key after the answer was lost", async (context) => {
  const { proxy, engine, executions } = await benchOf(context);
  const workflow = await engine.publish(line);
  const dedupe = { source: "test", key: randomUUID() };
  proxy.set({ mode: "cut-after", statement: "journal-flight", times: 1 });
  const first = await engine.start({ workflow, source: "manual", dedupe });
  const again = await engine.start({ workflow, source: "manual", dedupe });
  expect(proxy.faults.cutAfter).toBe(1);
  expect([first.duplicate, again.duplicate]).toEqual([false, true]);
  expect(again.execution_id).toBe(first.execution_id);
  await engine.over(first.execution_id);
  expect(await executions()).toHaveLength(1);
  expect(engine.calls).toHaveLength(2);
});

it("knows its own entry when it arrives after it was sent again", async (context) => {
  const { test, proxy, engine, direct, keys } = await benchOf(context);
  const workflow = await engine.publish(line);
  const warm = await engine.start({ workflow, source: "manual" });
  await engine.over(warm.execution_id);
  // The server cannot write for a while; the statement waits there, though its connection is dead.
  const client = await test.database.primary.connect();
  await client.query("BEGIN; LOCK TABLE workflow_execution_events IN SHARE ROW EXCLUSIVE MODE");
  const started = engine.start({ workflow, source: "manual" });
  const waiting = async () =>
    (
      await direct<{ count: number }>(
        "SELECT count(*)::integer FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%accepted%'",
      )
    )[0]?.count ?? 0;
  await until(async () => (await waiting()) === 1, "the statement waits");
  proxy.reset();
  await until(async () => (await waiting()) === 2, "it was sent again");
  await client.query("COMMIT");
  client.release();
  const { execution_id, duplicate } = await started;
  expect(duplicate).toBe(false);
  expect(await engine.over(execution_id)).toMatchObject({ status: "completed", recoveries: 0 });
  expect(keys().filter((key) => key.startsWith(execution_id))).toHaveLength(2);
});

it("gives back what was claimed by a claim whose answer was lost", async (context) => {
  const { proxy, engine, direct, keys } = await benchOf(context);
  const workflow = await engine.publish(loop);
  const { execution_id } = await engine.start({ workflow, source: "manual" });
  await until(async () => (await engine.read(execution_id)).status === "waiting");
  proxy.set({ mode: "cut-after", statement: "executions-claim-due", times: 100 });
  const claimed = () => direct<{ claimed_by: string | null }>("SELECT claimed_by FROM workflow_executions");
  await until(async () => (await claimed())[0]?.claimed_by !== null, "a claim of which nobody knows");
  proxy.set({ mode: "pass" });
  expect(proxy.faults.cutAfter).toBeGreaterThan(0);
  expect(await engine.over(execution_id)).toMatchObject({ status: "completed", recoveries: 0 });
  expect(keys()).toHaveLength(3);
});

it("takes back what was refused for lack of an answer, and keeps what has a key", async (context) => {
  const { proxy, engine, direct, executions, keys } = await benchOf(context);
  const workflow = await engine.publish(line);
  const dedupe = { source: "test", key: randomUUID() };
  const refused = async (more: object) => {
    const lost = proxy.faults.cutAfter;
    proxy.set({ mode: "cut-after", statement: "journal-flight", times: 1 });
    const starting = engine.start({ workflow, source: "manual", ...more });
    starting.catch(() => undefined);
    await until(() => proxy.faults.cutAfter > lost, "the lost answer");
    proxy.set({ mode: "refuse" });
    proxy.reset();
    await expect(starting).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
    proxy.set({ mode: "pass" });
  };
  await refused({});
  expect(await executions()).toHaveLength(1); // it is there, and nobody was told
  await until(async () => (await executions()).length === 0, "its removal");
  await refused({ workflow: await engine.publish(coded) });
  expect(await executions()).toMatchObject([{ events: 2 }]); // with what was worked out at once
  await until(async () => (await executions()).length === 0, "its removal");
  await refused({ dedupe });
  const again = await engine.start({ workflow, source: "manual", dedupe });
  expect(again.duplicate).toBe(true);
  expect(await engine.over(again.execution_id)).toMatchObject({ status: "completed", recoveries: 0 });
  expect(keys()).toEqual([`${again.execution_id}:a:0`, `${again.execution_id}:b:0`]);
  expect(await executions()).toHaveLength(1);
  expect(
    await direct("SELECT 1 FROM workflow_execution_events WHERE execution_id <> $1", [again.execution_id]),
  ).toEqual([]);
});

it("refuses callers in time though the database swallows everything", async (context) => {
  const { proxy, engine } = await benchOf(context);
  const workflow = await engine.publish(line);
  await engine.over((await engine.start({ workflow, source: "manual" })).execution_id);
  proxy.set({ mode: "blackhole" });
  const begun = performance.now();
  await expect(engine.start({ workflow, source: "manual" })).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
  expect(performance.now() - begun).toBeLessThan(8000);
  expect(proxy.faults.swallowed).toBeGreaterThan(0);
  proxy.set({ mode: "pass" });
  await until(() => engine.worker.reachesDatabase, "the database's return", 10_000);
  await engine.over((await engine.start({ workflow, source: "manual" })).execution_id);
}, 60_000);

it("writes nothing of one life in the next", async (context) => {
  const { test, proxy, uri, direct } = await benchOf(context);
  const pool = openPool({ uri, max: 2, applicationName: "journal" });
  const [before, after] = [randomUUID(), randomUUID()];
  const worker = { name: "test", role: "all", slots: 0 };
  for (const worker_id of [before, after]) await registerWorker(test.database.primary, { worker_id, ...worker });
  const journal = new Journal({
    ...{ pool, workerId: before, clock: systemClock },
    onFenced: () => undefined,
    warn: () => undefined,
  });
  const execution_id = randomUUID();
  const event = { execution_id, sequence: 1, at: new Date().toISOString(), type: "elapsed", data: "{}" };
  proxy.set({ mode: "refuse" });
  const underWay = journal.append({ lease: before, fence: 0 }, { events: [event] });
  underWay.catch(() => undefined);
  await until(() => proxy.faults.refused > 0, "a flight that does not land");
  await direct("DELETE FROM workflow_workers WHERE worker_id = $1", [before]);
  journal.renew(after);
  proxy.set({ mode: "pass" });
  await expect(underWay).rejects.toThrow(Fenced);
  await expect(journal.append({ lease: before, fence: 0 }, { events: [event] })).rejects.toThrow(Fenced);
  await journal.append({ lease: after, fence: 0 }, { events: [{ ...event, sequence: 2 }] });
  expect(await direct("SELECT sequence FROM workflow_execution_events")).toEqual([{ sequence: 2 }]);
  await pool.end();
});

/** An engine whose second calls wait for the test. */
async function slowB(context: TestContext) {
  const waiting: (() => void)[] = [];
  const answer: TestEngineOptions["answer"] = async ({ node }) => {
    if (node === "b") await new Promise<void>((resolve) => void waiting.push(resolve));
    return { ok: true, value: { success: true } };
  };
  return { ...(await benchOf(context, { answer })), waiting };
}
const claims = "SELECT claimed_by, fence::integer FROM workflow_executions";

it("puts nothing down twice when it does not know whether it has", async (context) => {
  const { proxy, engine, direct, executions, keys, waiting } = await slowB(context);
  const workflow = await engine.publish(callDelayCall(0.4));
  // It goes to rest, the answer is lost, and for a while so are the answers to what became of it.
  proxy.set({ mode: "cut-after", statement: "journal-flight-parks", times: 1 });
  const { execution_id } = await engine.start({ workflow, source: "manual" });
  await until(() => proxy.faults.cutAfter === 1, "the lost answer");
  proxy.set({ mode: "cut-before", statement: "r(execution_id, sequence, at, data)", times: 5 });
  await until(() => proxy.faults.cutBefore === 5, "the questions without an answer");
  await until(() => engine.journal.depth.flights === 0 && waiting.length > 0, "the second call under way");
  for (const answer of waiting) answer();
  expect(await engine.over(execution_id)).toMatchObject({ status: "completed", recoveries: 0 });
  expect(keys()).toEqual([`${execution_id}:a:0`, `${execution_id}:b:0`]);
  expect(await executions()).toMatchObject([{ events: 4 }]);
  expect(await direct(claims)).toEqual([{ claimed_by: null, fence: 1 }]);
});

it("ends no later claim with a statement that arrives late", async (context) => {
  const { proxy, engine, direct, keys, waiting } = await slowB(context);
  const workflow = await engine.publish(callDelayCall(0.4));
  proxy.set({ mode: "deliver-late", statement: "journal-flight-parks", times: 1 });
  const { execution_id } = await engine.start({ workflow, source: "manual" });
  // It was put down by a second try, and taken up again when it was due.
  await until(() => proxy.faults.late === 1 && waiting.length === 1, "the second call under way");
  proxy.release();
  await until(() => proxy.faults.arrived === 1, "the late statement");
  expect(await direct(claims)).toEqual([{ claimed_by: engine.worker.id, fence: 1 }]);
  waiting[0]?.();
  expect(await engine.over(execution_id)).toMatchObject({ status: "completed", recoveries: 0 });
  expect(keys()).toEqual([`${execution_id}:a:0`, `${execution_id}:b:0`]);
  expect(await direct(claims)).toEqual([{ claimed_by: null, fence: 1 }]);
});

it("ends alone what the database refuses", async (context) => {
  const { engine, direct } = await benchOf(context);
  const workflow = await engine.publish(line);
  await direct(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.status = 'completed' AND NEW.dedupe_key = 'poison' THEN RAISE EXCEPTION 'not this one'; END IF; RETURN NEW; END $$`);
  await direct("CREATE TRIGGER refuse BEFORE UPDATE ON workflow_executions FOR EACH ROW EXECUTE FUNCTION refuse()");
  const start = (key: string) => engine.start({ workflow, source: "manual", dedupe: { source: "test", key } });
  const [poison, good] = await Promise.all([start("poison"), start("good")]);
  expect(await engine.over(good.execution_id)).toMatchObject({ status: "completed" });
  const row = await engine.over(poison.execution_id);
  expect(row).toMatchObject({ status: "failed", error_type: "INTERNAL_ERROR", execution_path: ["start", "a", "b"] });
  expect(row.error_message).toContain("not this one");
  await until(() => engine.worker.status.taken === 0, "free slots");
});

it("stores what others say though their words could not be stored as they are", async (context) => {
  const test = await testDatabase();
  context.onTestFinished(() => test.drop());
  const failure = { code: "SAID_NO", message: "no\u0000way \ud800", retryable: false, details: { why: "\u0000" } };
  const engine = await testEngine(test, { answer: () => ({ ok: false, failure }) });
  context.onTestFinished(() => engine.close());
  const row = await engine.over((await engine.run(line)).execution_id);
  expect(row).toMatchObject({ status: "failed", error_type: "SAID_NO", error_message: "no\ufffdway \ufffd" });
});
