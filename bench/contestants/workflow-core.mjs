// Workflow Core's engine: five-node workflows, stored as its journal stores them. MODE: `local` (run where accepted),
// `queue` (every execution waits in the database and is claimed). GRAPH: `five` outside answers, or `two` of five.
import { contest, keepInFlight } from "../lib/contestant.mjs";

process.env.TZ = "UTC";
const server = (file) => import(new URL(`../../packages/server/dist/${file}`, import.meta.url).href);
const { openPool } = await server("store/pool.js");
const { migrate } = await server("store/migrate.js");
const { databaseOn } = await server("store/database.js");
const { createEngine } = await server("execution/engine.js");
const { systemClock } = await server("clock.js");
const { createWorkflow } = await server("store/workflows.js");
const { publishWorkflow } = await server("store/versions.js");
const { defaultLimits } = await import(new URL("../../packages/core/dist/index.js", import.meta.url).href);
const { draw } = await import(new URL("../../packages/core/dist/testing/index.js", import.meta.url).href);

const uri = process.env.BENCH_DATABASE;
const primary = openPool({ uri, max: 10, applicationName: "bench" });
const journalPool = openPool({ uri, max: 3, applicationName: "bench-journal" });
await migrate(primary);
const database = databaseOn(primary);
let called = () => undefined;
const fine = async () => {
  called();
  return { ok: true, value: { success: true } };
};
const engine = createEngine({
  database,
  journalPool,
  outside: { router: fine, http: fine, sandbox: fine },
  limits: defaultLimits,
  clock: systemClock,
  name: "bench",
  role: "all",
  slots: 2048,
  localFirst: process.env.MODE !== "queue",
  log: { info: () => undefined, warn: (...said) => console.error(...said), error: (...said) => console.error(...said) },
});
await engine.worker.start();
const call = ["action_module", { module_name: "m", action: "x" }];
const set = ["data_variable_set", { variable_name: "x", value: "{{ 1 + 1 }}" }];
const step =
  process.env.GRAPH === "two"
    ? { a: set, b: call, c: set, d: call, e: set }
    : { a: call, b: call, c: call, d: call, e: call };
const graph = draw("start -> a -> b -> c -> d -> e", { start: "trigger_webhook", ...step });
const created = await createWorkflow(database, {
  name: "bench",
  description: null,
  entity_id: 1,
  community_id: 1,
  author_id: 1,
  ...graph,
});
const published = await publishWorkflow(database, created.workflow_id, { authorId: 1 });
const workflow = {
  workflow_id: created.workflow_id,
  community_id: 1,
  entity_id: 1,
  version: published.published_version,
};

const ended = new Map();
engine.live.onAny(({ executionId, state }) => {
  if (state.finishedAt === undefined) return;
  const resolve = ended.get(executionId);
  ended.delete(executionId);
  if (resolve) resolve();
  else ended.set(executionId, undefined);
});
const one = async () => {
  const { execution_id: id } = await engine.start({ workflow, source: "manual" });
  if (ended.has(id)) ended.delete(id);
  else await new Promise((resolve) => ended.set(id, resolve));
};
const latency = async (count) => {
  const times = [];
  for (let index = 0; index < count; index += 1) {
    const begun = performance.now();
    const first = new Promise((resolve) => {
      called = () => resolve(performance.now() - begun);
    });
    await one();
    times.push(await first);
    called = () => undefined;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  times.sort((left, right) => left - right);
  return { p50: times[Math.floor(count / 2)], p99: times[Math.floor(count * 0.99)] };
};
const answer = ({ count, inFlight }) =>
  process.env.MEASURE === "latency" ? latency(count) : keepInFlight(count, inFlight, one);
await contest(answer, async () => {
  await engine.worker.drain(1);
  await primary.end();
  await journalPool.end();
});
