// Workflow Core's engine: five-node workflows, stored as its journal stores them. MODE: `local` (run where accepted),
// `queue` (every execution waits in the database and is claimed) or `split` (this process accepts, a worker process of
// its own claims; the worker is this file with MODE=worker). GRAPH: `five` outside answers, or `two` of five.
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { contest, keepInFlight } from "../lib/contestant.mjs";
import { draw, endings, openEngine } from "../lib/engine.mjs";
import { quantile } from "../lib/figures.mjs";

const { GRAPH: graphName, MEASURE: measure, MODE: mode } = process.env;
let called = () => undefined;
const router = async () => {
  called();
  return { ok: true, value: { success: true } };
};
const roles = {
  split: { role: "api", slots: 0 },
  worker: { role: "worker", slots: 2048 },
  queue: { localFirst: false },
  local: {},
};
const { engine, publish, close } = await openEngine({ router, ...roles[mode] });
const over = endings();
const tell = mode === "worker" ? together((ids) => process.send(ids)) : over.ended;
engine.live.onAny(({ executionId, state }) => {
  if (state.finishedAt !== undefined) tell(executionId);
});

if (mode === "worker") {
  process.on("disconnect", () => close().then(() => process.exit(0)));
  process.send([]);
} else {
  const worker = mode === "split" ? await startWorker() : undefined;
  const workflow = await publish(graph());
  const one = async () => {
    const { execution_id: id } = await engine.start({ workflow, source: "manual" });
    await over.of(id);
  };
  const answer = ({ count, inFlight }) =>
    measure === "latency" ? latency(count, one) : keepInFlight(count, inFlight, one);
  await contest(answer, async () => {
    worker?.disconnect();
    if (worker) await new Promise((resolve) => worker.on("exit", resolve));
    await close();
  });
}

function graph() {
  const call = ["action_module", { module_name: "m", action: "x" }];
  const set = ["data_variable_set", { variable_name: "x", value: "{{ 1 + 1 }}" }];
  const [other, steps] = graphName === "two" ? [set, "bd"] : [call, ""];
  const nodes = Object.fromEntries([..."abcde"].map((id) => [id, steps.includes(id) ? call : other]));
  return draw("start -> a -> b -> c -> d -> e", { start: "trigger_webhook", ...nodes });
}

/** The worker's process; it tells the ends of executions, those of one moment together. */
async function startWorker() {
  const child = fork(fileURLToPath(import.meta.url), { env: { ...process.env, MODE: "worker" } });
  await new Promise((resolve, reject) => {
    child.once("message", resolve);
    child.once("exit", () => reject(new Error("the worker did not start")));
  });
  child.on("message", (ids) => ids.forEach(over.ended));
  return child;
}

function together(send) {
  let waiting = [];
  return (id) => {
    if (waiting.push(id) > 1) return;
    setImmediate(() => {
      send(waiting);
      waiting = [];
    });
  };
}

async function latency(count, one) {
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
  return { p50: quantile(times, 0.5), p99: quantile(times, 0.99) };
}
