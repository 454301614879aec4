// The crash-point sweep: a process dies at each point where it hurts, for each shape of workflow; another goes on.
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryDirectory } from "../support/processes.js";
import { callsOf, diamond, effects, execute, line, loop, type Scene, sceneOf } from "../support/scene.js";

const shapes = { line, diamond, loop };
type Shape = keyof typeof shapes;

/** The points, and of which shapes an execution passes them. `:n` is the n-th time that the process does. */
const points: readonly [point: string, shapes: readonly Shape[]][] = [
  ["B0:2", ["line", "diamond", "loop"]],
  ["B1:2", ["line", "diamond", "loop"]],
  ["B2", ["line", "diamond", "loop"]],
  ["B4:3", ["line", "diamond", "loop"]],
  ["B6:2", ["line", "diamond", "loop"]],
  ["B7:3", ["line", "diamond", "loop"]],
  ["B8:2", ["diamond"]],
  ["B9", ["diamond"]],
  ["B10:2", ["line", "diamond", "loop"]],
  ["B11:2", ["line", "diamond", "loop"]],
  ["B13", ["loop"]],
  ["B14", ["line", "diamond", "loop"]],
  ["B16:2", ["line", "diamond", "loop"]],
  ["B17", ["line", "diamond", "loop"]],
];

const leaseSeconds = 2;
const count = 4;
const settings = { WFCORE_LEASE_SECONDS: String(leaseSeconds), MAX_CONCURRENT_WORKFLOWS: "2" };

/** Starts the executions; each is asked for again, with its key, where the first answer did not come. */
async function startAll(stage: Scene, workflow: string, heir: () => Promise<Parameters<typeof execute>[0]>) {
  const [victim] = stage.replicas;
  const keys = Array.from({ length: count }, (_, index) => `key-${index}`);
  const told = await Promise.allSettled(keys.map((key) => execute(victim as Scene["replicas"][number], workflow, key)));
  const next = await heir();
  return Promise.all(
    keys.map(async (key, index) => {
      const first = told[index];
      const again = await execute(next, workflow, key);
      expect(again.status).toBe(202);
      const id = String(again.body.data?.execution_id);
      // What was acknowledged once is the same execution for ever.
      if (first?.status === "fulfilled" && first.value.status === 202)
        expect(first.value.body.data?.execution_id).toBe(id);
      return id;
    }),
  );
}

async function crashAt(stage: Scene, home: string, point: string, shape: Shape): Promise<number> {
  const file = join(home, `${point.replace(":", "-")}-${shape}`);
  // Calls take a moment, so that executions are in hand when the process dies between them.
  const slow = { behaviour: { do: "slow", milliseconds: 150 } } as const;
  const fails = { match: { node_id: "a", nth: 1 }, behaviour: { do: "status", status: 503 } } as const;
  stage.router.plan(point === "B14" ? [fails, slow] : [slow]);
  const workflow = await stage.publish({ ...shapes[shape], metadata: { retry_failed_nodes: true } });
  const victim = await stage.replica({ ...settings, WFCORE_CRASH_AT: point, WFCORE_CRASH_FILE: file });
  let died = 0;
  const ids = await startAll(stage, workflow, async () => {
    if (point === "B17") victim.signal("SIGTERM");
    await victim.ended;
    died = Date.now();
    return stage.replica(settings);
  });
  const over = await stage.over(ids, 40_000);

  expect(readFileSync(file, "utf8")).toBe(`${point.split(":")[0]}\n`); // it died there, and once
  expect(over.map(({ status }) => status)).toEqual(Array.from({ length: count }, () => "completed"));
  expect(await stage.facts()).toHaveLength(count);
  expect(effects(stage.router)).toEqual({ total: count * callsOf[shape], worst: 1, conflicts: 0, withoutKey: 0 });
  const after = stage.router.ledger.filter(({ at }) => at > died).map(({ at }) => at - died);
  return Math.min(...after, Number.POSITIVE_INFINITY);
}

describe.concurrent("a process that dies", () => {
  for (const [point, possible] of points)
    for (const shape of possible)
      it(`at ${point} of a ${shape} loses and doubles nothing`, { timeout: 90_000 }, async (context) => {
        const home = temporaryDirectory("workflow-core-sweep-");
        context.onTestFinished(() => rmSync(home, { recursive: true, force: true }));
        const stage = await sceneOf(context);
        const takeOver = await crashAt(stage, home, point, shape);
        // Where nothing was left to send, nothing was sent.
        if (Number.isFinite(takeOver)) expect(takeOver).toBeLessThan(10_000);
      });
});
