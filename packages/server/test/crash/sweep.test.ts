// The crash-point sweep: a process dies at each point where it hurts, for each shape of workflow; another goes on.
// SWEEP_ROUNDS repeats it, with all the shapes that have a point; without it, two of each.
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { draw } from "@workflow-core/core/testing";
import { afterAll, describe, expect, it } from "vitest";
import { temporaryDirectory } from "../support/processes.js";
import type { Answer, Replica } from "../support/replicas.js";
import { callsOf, diamond, effects, execute, line, loop, type Scene, sceneOf } from "../support/scene.js";
import { until } from "../support/until.js";

/** Guest code that takes a good part of a second, between two calls. */
const guest = draw("start -> a -> think -> b -> end", {
  start: "trigger_webhook",
  a: ["action_module", { module_name: "a", action: "run" }],
  think: [
    "data_transform",
    {
      language: "javascript",
      transform_code: "let x = 0; for (let i = 0; i < 2e6; i++) x += i % 7; output = x",
      timeout_ms: 5000,
    },
  ],
  b: ["action_module", { module_name: "b", action: "run" }],
  end: ["flow_end", { output_data: { done: true } }],
});
const shapes = { line, diamond, loop, guest };
const calls = { ...callsOf, guest: 2 };
type Shape = keyof typeof shapes;

/** The points, and of which shapes an execution passes them. `:n` is the n-th time that the process does. */
const points: readonly [point: string, shapes: readonly Shape[]][] = [
  ["B0:2", ["line", "loop"]],
  ["B1:2", ["line", "diamond"]],
  ["B2", ["line", "loop", "diamond"]],
  ["B4:3", ["diamond", "loop", "line"]],
  ["B5", ["line", "diamond", "loop"]],
  ["B6:2", ["line", "loop", "diamond"]],
  ["B7:3", ["diamond", "loop", "line"]],
  ["B8:2", ["diamond"]],
  ["B9", ["diamond"]],
  ["B10:2", ["line", "diamond", "loop"]],
  ["B11:2", ["loop", "line", "diamond"]],
  ["B13", ["loop"]],
  ["B14", ["line", "diamond", "loop"]],
  ["B15", ["guest"]],
  ["B16:2", ["line", "loop"]],
  ["B17", ["line", "diamond"]],
];

const count = 4;
const settings = { WFCORE_LEASE_SECONDS: "2", MAX_CONCURRENT_WORKFLOWS: "2" };
const takeOvers: number[] = [];

/** What dies from outside dies when this is true. */
const moments: Readonly<Record<string, (stage: Scene, victim: Replica) => boolean>> = {
  B5: ({ router }) => router.stats().inFlight > 0,
  B15: (_, { pid }) =>
    spawnSync("ps", ["-o", "stat=", "--ppid", String(pid)], { encoding: "utf8" }).stdout.includes("R"),
};

async function death(stage: Scene, victim: Replica, point: string): Promise<void> {
  const moment = moments[point];
  if (point === "B15") await until(() => stage.router.ledger.some(({ answered }) => answered), "the first answer");
  if (moment !== undefined) {
    await until(() => moment(stage, victim), `the moment of ${point}`);
    await victim.kill();
  }
  if (point === "B17") victim.signal("SIGTERM");
  await victim.ended;
}

/** Asks again, with the same keys: what was acknowledged once is the same execution for ever. */
async function askAgain(heir: Replica, workflow: string, told: ReadonlyMap<string, Answer | undefined>) {
  const ids: string[] = [];
  for (const [key, first] of told) {
    const again = await execute(heir, workflow, key);
    expect(again.status).toBe(202);
    const id = String(again.body.data?.execution_id);
    if (first?.status === 202) expect(first.body.data?.execution_id).toBe(id);
    ids.push(id);
  }
  return ids;
}

async function crashAt(stage: Scene, home: string, point: string, shape: Shape): Promise<void> {
  const file = join(home, "crash-file");
  // Calls take a moment, so that executions are in hand when the process dies between them.
  const slow = { behaviour: { do: "slow", milliseconds: 150 } } as const;
  const fails = { match: { node_id: "a", nth: 1 }, behaviour: { do: "status", status: 503 } } as const;
  stage.router.plan(point === "B14" ? [fails, slow] : [slow]);
  const workflow = await stage.publish({ ...shapes[shape], metadata: { retry_failed_nodes: true } });
  const inside = moments[point] === undefined ? { WFCORE_CRASH_AT: point, WFCORE_CRASH_FILE: file } : {};
  const victim = await stage.replica({ ...settings, ...inside });
  const told = new Map<string, Answer | undefined>();
  const ask = async (key: string) => void told.set(key, await execute(victim, workflow, key).catch(() => undefined));
  await Promise.all(Array.from({ length: count }, (_, index) => ask(`key-${index}`)));
  await death(stage, victim, point);
  const died = Date.now();
  const heir = await stage.replica(settings);
  const up = Date.now();
  const ids = await askAgain(heir, workflow, told);
  const over = await stage.over(ids, 40_000);

  // It died there, and once.
  if (moments[point] === undefined) expect(readFileSync(file, "utf8")).toBe(`${point.split(":")[0]}\n`);
  else expect(over.map(({ recoveries }) => recoveries)).toContain(1);
  expect(over.map(({ status }) => status)).toEqual(Array.from({ length: count }, () => "completed"));
  expect(await stage.facts()).toHaveLength(count);
  expect(effects(stage.router)).toEqual({ total: count * calls[shape], worst: 1, conflicts: 0, withoutKey: 0 });
  // How long it took the heir to go on; where nothing was left to send, nothing was sent.
  const next = Math.min(...stage.router.ledger.map(({ at }) => at).filter((at) => at > died));
  if (!Number.isFinite(next)) return;
  takeOvers.push(Math.max(0, next - up));
  expect(next - up).toBeLessThan(10_000);
}

describe.concurrent("a process that dies", () => {
  const rounds = Number(process.env.SWEEP_ROUNDS ?? 0);
  for (let round = 1; round <= Math.max(1, rounds); round += 1)
    for (const [point, possible] of points)
      for (const shape of rounds > 0 ? possible : possible.slice(0, 2))
        it(`at ${point} of a ${shape} loses and doubles nothing (${round})`, { timeout: 90_000 }, async (context) => {
          const home = temporaryDirectory("workflow-core-sweep-");
          context.onTestFinished(() => rmSync(home, { recursive: true, force: true }));
          await crashAt(await sceneOf(context), home, point, shape);
        });
});

afterAll(() => {
  takeOvers.sort((left, right) => left - right);
  const at = (share: number) => takeOvers[Math.floor((takeOvers.length - 1) * share)];
  console.info(`take-over after the restart: ${takeOvers.length} times, p50 ${at(0.5)} ms, at most ${at(1)} ms`);
});
