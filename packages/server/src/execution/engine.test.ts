// The engine against real databases: start, journal, drive, worker, recovery.
import { randomUUID } from "node:crypto";
import { draw } from "@workflow-core/core/testing";
import { afterEach, expect, it } from "vitest";
import { countConcurrency } from "../../test/support/concurrency.js";
import { describeEachDatabase } from "../../test/support/database.js";
import { type TestEngine, type TestEngineOptions, testEngine } from "../../test/support/engine.js";
import { until } from "../../test/support/until.js";
import { readEvents } from "../store/claims.js";
import { requestCancel } from "../store/executions.js";

const call = (name: string) => ["action_module", { module_name: name, action: "run", output_variable: name }] as const;
const chain = draw("start -> a -> b -> end", {
  start: "trigger_webhook",
  a: call("a"),
  b: call("b"),
  end: ["flow_end", { output_data: { done: true } }],
});
const slow = draw("start -> a -> wait -> b -> end", {
  start: "trigger_webhook",
  a: call("a"),
  wait: ["action_delay", { delay_seconds: 30 }],
  b: call("b"),
  end: ["flow_end", {}],
});
const never = new Promise<never>(() => undefined);

describeEachDatabase("engine", (database) => {
  const engines: TestEngine[] = [];
  const open = async (options: TestEngineOptions = {}) => {
    const engine = await testEngine(database(), options);
    engines.push(engine);
    return engine;
  };
  /** Whether it is down, and not for a moment only. */
  const rests = async (executionId: string) => {
    const { rows } = await database().database.primary.query(
      "SELECT 1 FROM workflow_executions WHERE execution_id = $1 AND claimed_by IS NULL AND available_at > now() + interval '5 s'",
      [executionId],
    );
    return rows.length === 1;
  };
  afterEach(async () => {
    await Promise.all(engines.splice(0).map((engine) => engine.close()));
  });

  it("runs a workflow to its end and fills the guide's columns", async () => {
    const engine = await open();
    const { execution_id, status } = await engine.run(chain, { data: { payload: 1 } });
    expect(status).toBe("running");
    const row = await engine.over(execution_id);
    expect(row).toMatchObject({
      status: "completed",
      nodes_executed: 4,
      execution_path: ["start", "a", "b", "end"],
      final_output: { done: true },
      error_message: null,
    });
    expect(row.final_variables).toMatchObject({ payload: 1, a: { success: true } });
    expect(row.node_states).toMatchObject({ a: { status: "completed", retry_count: 0 }, end: { status: "completed" } });
    expect(engine.calls.map(({ key }) => key)).toEqual([`${execution_id}:a:0`, `${execution_id}:b:0`]);
    const events = await readEvents(database().database.primary, [execution_id]);
    expect(events.get(execution_id)?.map(({ sequence, type }) => `${sequence} ${type}`)).toEqual([
      "1 started",
      "2 performed",
      "3 performed",
    ]);
  });

  it("stores what is decided at once as over, in one flight", async () => {
    const engine = await open();
    const started = await engine.run(
      draw("start -> set -> end", {
        start: "trigger_webhook",
        set: ["data_variable_set", { variable_name: "x", value: "{{ 1 + 1 }}" }],
        end: ["flow_end", { output_data: { x: "{{ x }}" } }],
      }),
    );
    expect(started.status).toBe("completed");
    expect(await engine.read(started.execution_id)).toMatchObject({ status: "completed", final_output: { x: 2 } });
  });

  it("starts one execution per key, however often and however simultaneously it is asked", async () => {
    const engine = await open();
    const workflow = await engine.publish(chain);
    const dedupe = { source: "test", key: randomUUID() };
    const results = await Promise.all(
      Array.from({ length: 20 }, () => engine.start({ workflow, source: "manual", dedupe })),
    );
    expect(new Set(results.map(({ execution_id }) => execution_id)).size).toBe(1);
    expect(results.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
    expect(await engine.start({ workflow, source: "manual", dedupe })).toMatchObject({
      duplicate: true,
      execution_id: results[0]?.execution_id,
    });
    await engine.over(results[0]?.execution_id ?? "");
    expect(engine.calls).toHaveLength(2);
  });

  it("holds at most its slots and runs the rest in order", async () => {
    const calls = countConcurrency();
    const engine = await open({
      slots: 2,
      answer: async () => {
        await calls.during(() => new Promise((resolve) => setTimeout(resolve, 5)));
        return { ok: true, value: {} };
      },
    });
    const workflow = await engine.publish(chain);
    const started = await Promise.all(Array.from({ length: 12 }, () => engine.start({ workflow, source: "manual" })));
    for (const { execution_id } of started)
      expect(await engine.over(execution_id)).toMatchObject({ status: "completed" });
    expect(calls.most).toBe(2);
    expect(engine.worker.status.taken).toBe(0);
  });

  it("runs one after the other, in order, what is to queue, and lets others pass", async () => {
    const order: string[] = [];
    const engine = await open({
      answer: async ({ key, node }) => {
        if (node === "a") order.push(key.slice(0, 36));
        await new Promise((resolve) => setTimeout(resolve, 20));
        if (node === "b") order.push(key.slice(0, 36));
        return { ok: true, value: {} };
      },
    });
    const workflow = await engine.publish({ ...chain, metadata: { on_overlap: "queue" } });
    const queued = [];
    for (let index = 0; index < 4; index += 1) queued.push(await engine.start({ workflow, source: "manual" }));
    const other = await engine.run(draw("start -> end", { start: "trigger_webhook", end: ["flow_end", {}] }));
    expect(other.status).toBe("completed");
    for (const { execution_id } of queued)
      expect(await engine.over(execution_id)).toMatchObject({ status: "completed" });
    expect(order).toEqual(queued.flatMap(({ execution_id }) => [execution_id, execution_id]));
  });

  it("lets a waiting execution leave its slot and comes back when it is due", async () => {
    const engine = await open({ slots: 1 });
    const graph = draw("start -> wait -> a", {
      start: "trigger_webhook",
      wait: ["action_delay", { delay_seconds: 1 }],
      a: call("a"),
    });
    const waiting = await engine.run(graph);
    await until(async () => (await engine.read(waiting.execution_id)).status === "waiting");
    const other = await engine.run(chain);
    expect(await engine.over(other.execution_id)).toMatchObject({ status: "completed" });
    const row = await engine.over(waiting.execution_id);
    expect(row.status).toBe("completed");
    expect(row.execution_time_seconds).toBeGreaterThanOrEqual(1);
    expect(row.execution_time_seconds).toBeLessThan(3);
  });

  it("cancels what runs, what waits and what is queued, for good", async () => {
    const engine = await open({ slots: 1, answer: ({ node }) => (node === "hang" ? never : { ok: true, value: {} }) });
    const waiting = await engine.run(slow);
    await until(async () => (await engine.read(waiting.execution_id)).status === "waiting");
    const running = await engine.run(draw("start -> hang", { start: "trigger_webhook", hang: call("x") }));
    await until(() => engine.calls.some(({ node }) => node === "hang"));
    const queued = await engine.run(chain);
    expect(queued.status).toBe("queued");
    for (const { execution_id } of [waiting, queued, running]) {
      expect(await requestCancel(database().database.primary, execution_id, { by: "7" })).not.toBe("over");
      await engine.worker.cancel(execution_id, { by: "7" });
      expect(await engine.over(execution_id)).toMatchObject({ status: "cancelled", error_type: "CANCELLED" });
      expect(await requestCancel(database().database.primary, execution_id, { by: "7" })).toBe("over");
    }
    expect(engine.calls.find(({ node }) => node === "hang")?.signal.aborted).toBe(true);
    expect(engine.calls.filter(({ node }) => node === "b")).toEqual([]);
  });

  it("ends a delay at the workflow's own time limit", async () => {
    const engine = await open();
    const { execution_id } = await engine.run({ ...slow, metadata: { max_execution_time_seconds: 1 } });
    const row = await engine.over(execution_id);
    expect(row).toMatchObject({ status: "timed_out", error_type: "TIMED_OUT" });
    expect(row.execution_time_seconds).toBeLessThan(3);
  });

  it("goes on where a dead worker stopped, with the same keys", async () => {
    let hung = false;
    const lost = await open({
      answer: ({ node }) => {
        if (node !== "b" || hung) return { ok: true, value: {} };
        hung = true;
        return never;
      },
    });
    const { execution_id } = await lost.run(chain);
    await until(() => lost.calls.length === 2);
    // The worker falls silent: its lease is taken away as if its heartbeat had been too old.
    await database().database.primary.query("DELETE FROM workflow_workers WHERE worker_id = $1", [lost.worker.id]);
    const heir = await open();
    expect(await heir.over(execution_id)).toMatchObject({
      status: "completed",
      execution_path: ["start", "a", "b", "end"],
    });
    // Whoever took it over (the heir, or the first worker under its new lease) sent b again, and only b.
    const keys = [...lost.calls, ...heir.calls].map(({ key }) => key);
    expect(keys.sort()).toEqual([`${execution_id}:a:0`, `${execution_id}:b:0`, `${execution_id}:b:0`]);
    expect(lost.calls[1]?.signal.aborted).toBe(true);
  });

  it("fails what killed its worker three times, and lets the others be", async () => {
    const engine = await open();
    const workflow = await engine.publish(slow);
    const { execution_id } = await engine.start({ workflow, source: "manual" });
    await until(() => rests(execution_id));
    await database().database.primary.query(
      "UPDATE workflow_executions SET recoveries = 3, available_at = now() WHERE execution_id = $1",
      [execution_id],
    );
    engine.worker.nudge();
    expect(await engine.over(execution_id)).toMatchObject({ status: "failed", error_type: "RECOVERY_LIMIT" });
  });

  it("fails alone what cannot be read any more", async () => {
    const engine = await open();
    const { execution_id } = await engine.run(slow);
    await until(() => rests(execution_id));
    await database().database.primary.query(
      "UPDATE workflow_execution_events SET data = '{' WHERE execution_id = $1 AND sequence = 2",
      [execution_id],
    );
    await database().database.primary.query(
      "UPDATE workflow_executions SET available_at = now() WHERE execution_id = $1",
      [execution_id],
    );
    engine.worker.nudge();
    expect(await engine.over(execution_id)).toMatchObject({ status: "failed", error_type: "UNREADABLE" });
    expect(await engine.over((await engine.run(chain)).execution_id)).toMatchObject({ status: "completed" });
  });

  it("refuses a flight whose record the database cannot take, alone", async () => {
    const engine = await open();
    const workflow = await engine.publish(chain);
    const bad = engine.start({ workflow: { ...workflow, community_id: 2 ** 40 }, source: "manual" });
    const good = engine.start({ workflow, source: "manual" });
    await expect(bad).rejects.toThrow();
    expect(await engine.over((await good).execution_id)).toMatchObject({ status: "completed" });
    expect(engine.worker.status.taken).toBe(0);
  });
});
