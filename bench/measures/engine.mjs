// The engine alone: how fast workflows go through it, and how soon they begin.
const flights = [
  { inFlight: 1, count: 300, quick: false },
  { inFlight: 16, count: 2000, quick: 60 },
  { inFlight: 256, count: 6000, quick: 250 },
  { inFlight: 1024, count: 8000, quick: false },
];
const postgres = "bench/node_modules and PostgreSQL on TCP";
const engine = (name, env) => ({ name, file: "workflow-core", env: { GRAPH: "five", MODE: "local", ...env } });

export const engineMeasures = [
  {
    name: "durable-five",
    title: "Five steps, each stored before the next",
    about:
      "Workflows a second. Each of five steps is an outside answer that is durable before the next step begins. The " +
      "last two are limits, not engines: a row for each workflow and two updates of it, without any step.",
    figures: ["perSecond"],
    requests: flights,
    contestants: [
      engine("Workflow Core"),
      engine("Workflow Core, everything through the queue", { MODE: "queue" }),
      {
        ...engine("Workflow Core, split roles: one process accepts, one works", { MODE: "split" }),
        quick: false,
      },
      { name: "by hand: a transaction per step", file: "transaction-per-step", weight: 0.5 },
      {
        ...{ name: "graphile-worker, a checkpoint per step", file: "graphile-worker", weight: 0.3, needs: postgres },
        quick: false,
      },
      { name: "DBOS Transact", file: "dbos", weight: 0.05, needs: postgres },
      { name: "BullMQ, updateData per step", file: "bullmq", weight: 0.3, needs: "bench/node_modules, Redis on 6379" },
      { name: "the limit by pgbench, a transaction per workflow", file: "pgbench", needs: "PostgreSQL's pgbench" },
      { name: "the limit: batched insert and two updates", file: "insert" },
    ],
  },
  {
    name: "durable-two",
    title: "Two of five steps touch the outside",
    about: "Workflows a second, when three of the five nodes are decisions: those are recomputed, not stored.",
    figures: ["perSecond"],
    requests: flights,
    contestants: [engine("Workflow Core", { GRAPH: "two" })],
  },
  {
    name: "latency",
    title: "From trigger to the first outside call, idle",
    about:
      "Milliseconds from `start` to the router's call, one at a time; 99 of 100 are below p99. Goal: p50 below 3, p99 below 12.",
    figures: ["p50", "p99"],
    requests: [{ inFlight: 1, count: 500, quick: 150, label: "idle" }],
    contestants: [engine("Workflow Core", { GRAPH: "two", MEASURE: "latency" })],
  },
];
