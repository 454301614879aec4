// Executions that sleep: what they take of our process's memory, and how late they wake when they are due all at once.
import { contest, keepInFlight } from "../lib/contestant.mjs";
import { draw, openEngine } from "../lib/engine.mjs";
import { quantile } from "../lib/figures.mjs";

let woke = () => undefined;
const router = async () => {
  woke();
  return { ok: true, value: { success: true } };
};
const { engine, publish, close } = await openEngine({ router });
const workflow = await publish(
  draw(
    "start -> sleep -> call",
    {
      start: "trigger_webhook",
      sleep: ["action_delay", { delay_seconds: "{{ sleep_seconds }}" }],
      call: ["action_module", { module_name: "m", action: "x" }],
    },
    { global_variables: { sleep_seconds: 1 }, metadata: { max_execution_time_seconds: 31_536_000 } },
  ),
);
const start = (sleepSeconds) =>
  engine.start({ workflow, source: "manual", variables: { sleep_seconds: sleepSeconds } });

const memory = () => {
  for (let time = 0; time < 3; time += 1) globalThis.gc();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rss: rss / 2 ** 20, heap: (heapUsed + external) / 2 ** 20 };
};
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
/** Node gives the room of short-lived values back when nothing has happened for a while, half a minute or so. */
const calmMs = 60_000;

const asleep = async ({ count }) => {
  const settled = () => pause(count >= 50_000 ? calmMs : 1500);
  // Code, plans, connections and the room for short-lived values are there before it is measured.
  await keepInFlight(Math.max(2000, count / 10), 256, () => start(86_400));
  await settled();
  const before = memory();
  await keepInFlight(count, 256, () => start(86_400));
  await settled();
  const after = memory();
  return { rss: Math.max(0, after.rss - before.rss), heap: Math.max(0, after.heap - before.heap) };
};

const due = async ({ count }) => {
  const at = Date.now() + 3000 + count * 4;
  const late = [];
  const all = new Promise((resolve) => {
    woke = () => late.push(Date.now() - at) === count && resolve();
  });
  await keepInFlight(count, 64, () => start((at - Date.now()) / 1000));
  if (Date.now() > at - 2000) throw new Error("they were not asleep in time");
  await all;
  return { p50: quantile(late, 0.5), p99: quantile(late, 0.99) };
};
await contest((request) => (request.label === "asleep" ? asleep(request) : due(request)), close);
