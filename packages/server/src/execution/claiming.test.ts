// Slots and the line behind them: what is next begins the moment a slot is free, and is nobody's prisoner when none is.
import { draw } from "@workflow-core/core/testing";
import { afterEach, expect, it } from "vitest";
import { countConcurrency } from "../../test/support/concurrency.js";
import { describeEachDatabase } from "../../test/support/database.js";
import { type TestEngine, type TestEngineOptions, testEngine } from "../../test/support/engine.js";
import { until } from "../../test/support/until.js";
import { requestCancel } from "../store/executions.js";

const graph = draw("start -> a -> end", {
  start: "trigger_webhook",
  a: ["action_module", { module_name: "m", action: "x" }],
  end: "flow_end",
});
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const fine = { ok: true, value: {} } as const;

describeEachDatabase("claiming", (database) => {
  const engines: TestEngine[] = [];
  const open = async (options: TestEngineOptions = {}) => {
    const engine = await testEngine(database(), options);
    engines.push(engine);
    return engine;
  };
  const rows = async () => {
    const { rows: found } = await database().database.primary.query<{
      execution_id: string;
      status: string;
      claimed_by: string | null;
      recoveries: number;
    }>("SELECT execution_id, status, claimed_by, recoveries FROM workflow_executions ORDER BY execution_id");
    return found;
  };
  /** Holds the locks that a statement takes, until what it gives is called. */
  const locked = async (statement: string, values?: string[]) => {
    const client = await database().database.primary.connect();
    await client.query("BEGIN");
    await client.query(statement, values);
    return async () => {
      await client.query("COMMIT");
      client.release();
    };
  };
  const waitingForLocks = async () => {
    const { rows: found } = await database().database.primary.query(
      "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    );
    return found.length;
  };
  const heldBy = async (engine: TestEngine) =>
    (await rows()).filter(({ claimed_by }) => claimed_by === engine.worker.id);
  afterEach(async () => {
    await Promise.all(engines.splice(0).map((engine) => engine.close()));
    await database().database.primary.query("TRUNCATE workflow_executions, workflow_execution_events CASCADE");
  });
  const accept = async (count: number) => {
    const accepting = await open({ slots: 0 });
    const workflow = await accepting.publish(graph);
    return Promise.all(Array.from({ length: count }, () => accepting.start({ workflow, source: "manual" })));
  };

  /** An engine of two slots whose first calls are quick, and whose later ones hang until `goOn`. */
  const slowAfter = async (quick: number) => {
    let goOn: () => void = () => undefined;
    const hung = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const engine = await open({
      slots: 2,
      answer: async () => {
        if (engine.calls.length > quick) await hung;
        else await pause(2);
        return fine;
      },
    });
    await until(() => engine.calls.length >= quick + 2, "the slow ones");
    return { engine, goOn };
  };

  it("runs no more at a time than there are slots, in the database too, however fast they turn over", async () => {
    await accept(300);
    const calls = countConcurrency();
    const engine = await open({
      slots: 3,
      answer: async () => {
        // Some take long enough to be told as running.
        await calls.during(() => pause(engine.calls.length % 50 === 0 ? 400 : 1));
        return fine;
      },
    });
    let told = 0;
    await until(async () => {
      const all = await rows();
      told = Math.max(told, all.filter(({ status }) => status === "running").length);
      return all.every(({ status }) => status === "completed");
    }, "all of them");
    expect(engine.calls.length).toBe(300);
    expect(calls.most).toBe(3);
    expect(told).toBeGreaterThan(0);
    expect(told).toBeLessThanOrEqual(3);
  });

  it("begins who is next while an end is being stored, and stores no more as running than there are slots", async () => {
    await accept(24);
    let release: (() => Promise<void>) | undefined;
    const behind = countConcurrency();
    const engine = await open({
      slots: 2,
      answer: async ({ key }) => {
        const number = engine.calls.length;
        // The end of the eleventh is kept from being stored; those behind it take long enough to be told as running.
        if (number === 11)
          release = await locked("SELECT FROM workflow_executions WHERE execution_id = $1 FOR UPDATE", [
            key.split(":")[0] ?? "",
          ]);
        await (number > 11 ? behind.during(() => pause(400)) : pause(2));
        return fine;
      },
    });
    let told = 0;
    try {
      await until(() => engine.calls.length >= 13, "two behind the eleventh", 5000);
      for (let look = 0; look < 16; look += 1) {
        told = Math.max(told, (await rows()).filter(({ status }) => status === "running").length);
        await pause(25);
      }
      expect(behind.most).toBe(2);
    } finally {
      await release?.();
    }
    expect(told).toBeGreaterThan(0);
    expect(told).toBeLessThanOrEqual(2);
    await until(async () => (await rows()).every(({ status }) => status === "completed"), "all of them");
    expect(new Set(engine.calls.map(({ key }) => key)).size).toBe(24);
  });

  it("runs no more than there are slots when one was taken while a claim was on its way", async () => {
    await accept(1);
    await database().database.primary.query("UPDATE workflow_executions SET available_at = now() + interval '1 hour'");
    const calls = countConcurrency();
    const engine = await open({ slots: 1, answer: () => calls.during(() => pause(20).then(() => fine)) });
    const workflow = await engine.publish(graph);
    // Until this is over nothing is written, so the claim and the start wait together.
    const release = await locked(`LOCK TABLE workflow_executions IN EXCLUSIVE MODE;
      UPDATE workflow_executions SET available_at = now()`);
    let started: Promise<unknown> | undefined;
    try {
      engine.worker.nudge();
      await until(async () => (await waitingForLocks()) === 1, "a claim on its way");
      started = engine.start({ workflow, source: "manual" });
      await until(async () => (await waitingForLocks()) === 2, "a start beside it");
    } finally {
      await release();
    }
    await started;
    await until(async () => (await rows()).every(({ status }) => status === "completed"), "both of them");
    expect(engine.calls).toHaveLength(2);
    expect(calls.most).toBe(1);
  });

  it("begins what is accepted here while all slots are taken without a claim, where nobody waits longer", async () => {
    const engine = await open({ slots: 2, answer: async () => pause(3).then(() => fine) });
    const workflow = await engine.publish(graph);
    const startOne = () => engine.start({ workflow, source: "manual" });
    const claimed = async (ids: readonly string[]) => {
      const { rows: found } = await database().database.primary.query(
        "SELECT execution_id FROM workflow_executions WHERE fence > 0 AND execution_id = ANY($1::uuid[])",
        [ids],
      );
      return found.length;
    };
    let count = 0;
    // There is a place in the line only while slots turn over fast, which a slow machine may not manage at once.
    await until(async () => {
      for (let round = 0; round < 10; round += 1) {
        await startOne();
        await until(() => engine.worker.status.taken === 0, "a free slot");
      }
      const started = await Promise.all(Array.from({ length: 5 }, startOne));
      count += 15;
      expect(started.map(({ status }) => status).sort()).toEqual(["queued", "queued", "queued", "running", "running"]);
      await until(async () => (await rows()).every(({ status }) => status === "completed"), "all of them");
      return (await claimed(started.map(({ execution_id }) => execution_id))) === 0;
    }, "five at once of which none was claimed");
    expect(new Set(engine.calls.map(({ key }) => key)).size).toBe(count);
  });

  it("lets others run what was accepted here for a slot that does not become free after all", async () => {
    await accept(10);
    const { engine, goOn } = await slowAfter(8);
    const workflow = await engine.publish(graph);
    const started = await Promise.all(Array.from({ length: 20 }, () => engine.start({ workflow, source: "manual" })));
    const other = await open({ slots: 2 });
    await until(() => other.calls.length === 20, "all of them elsewhere");
    expect(new Set(other.calls.map(({ key }) => key.split(":")[0]))).toEqual(
      new Set(started.map(({ execution_id }) => execution_id)),
    );
    goOn();
    await until(async () => (await rows()).every(({ status }) => status === "completed"), "all of them");
    expect((await rows()).every(({ recoveries }) => recoveries === 0)).toBe(true);
  });

  it("gives back at once who is next when no slot becomes free, and others run it", async () => {
    const started = await accept(30);
    const { engine, goOn } = await slowAfter(10);
    await until(async () => (await heldBy(engine)).length === 2, "nobody held but those in hand", 5000);
    const other = await open({ slots: 2 });
    await until(() => other.calls.length === started.length - 12, "the others");
    goOn();
    await until(async () => (await rows()).every(({ status }) => status === "completed"), "all of them");
    expect((await rows()).map(({ recoveries }) => recoveries)).toEqual(started.map(() => 0));
    expect(new Set([...engine.calls, ...other.calls].map(({ key }) => key)).size).toBe(30);
  });

  it("cancels who is next, and what hangs, without waiting for a slot", async () => {
    const started = await accept(24);
    const { engine } = await slowAfter(10);
    const hanging = new Set(engine.calls.slice(10).map(({ key }) => key.split(":")[0] ?? ""));
    // Those that hang go last, so that no slot becomes free before.
    const inOrder = [...started.map(({ execution_id }) => execution_id).filter((id) => !hanging.has(id)), ...hanging];
    for (const execution_id of inOrder) {
      await requestCancel(database().database.primary, execution_id, { by: "7" });
      await engine.worker.cancel(execution_id, { by: "7" });
    }
    await until(
      async () => (await rows()).every(({ status }) => status === "completed" || status === "cancelled"),
      "their end",
      5000,
    );
    expect((await rows()).filter(({ status }) => status === "completed")).toHaveLength(10);
    expect(engine.calls).toHaveLength(12);
  });

  it("hands over who is next when it drains, and burns no attempt", async () => {
    await accept(40);
    const { engine } = await slowAfter(20);
    await engine.worker.drain(0.05);
    const left = (await rows()).filter(({ status }) => status !== "completed");
    expect(left).toHaveLength(20);
    for (const row of left) expect(row).toMatchObject({ claimed_by: null, recoveries: 0 });
  });

  it("tells in time what runs that was next", async () => {
    await accept(14);
    const { engine, goOn } = await slowAfter(10);
    await until(async () => (await rows()).filter(({ status }) => status === "running").length === 2, "both told");
    expect(engine.worker.status.taken).toBe(2);
    goOn();
  });
});
