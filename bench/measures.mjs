// What is measured. The first contestant of a measure is ours and the base of its ratios.
const flights = [
  { inFlight: 1, count: 300 },
  { inFlight: 16, count: 2000 },
  { inFlight: 64, count: 4000 },
  { inFlight: 256, count: 6000 },
];

export const measures = [
  {
    name: "durable-five",
    title: "Five steps, each stored before the next",
    about: "Workflows a second. Each of five steps is an outside answer that is durable before the next step begins.",
    figure: "perSecond",
    requests: flights,
    contestants: [
      { name: "Workflow Core", file: "workflow-core", env: { GRAPH: "five", MODE: "local" } },
      {
        name: "Workflow Core, everything through the queue",
        file: "workflow-core",
        env: { GRAPH: "five", MODE: "queue" },
      },
      { name: "by hand: a transaction per step", file: "transaction-per-step", weight: 0.5 },
      { name: "DBOS Transact", file: "dbos", weight: 0.05, needs: "bench/node_modules and PostgreSQL on TCP" },
      {
        name: "BullMQ, updateData per step",
        file: "bullmq",
        weight: 0.3,
        needs: "bench/node_modules and Redis on 6379",
      },
      { name: "the limit: batched insert and two updates", file: "insert" },
    ],
  },
  {
    name: "durable-two",
    title: "Two of five steps touch the outside",
    about: "Workflows a second, when three of the five nodes are decisions: those are recomputed, not stored.",
    figure: "perSecond",
    requests: flights,
    contestants: [{ name: "Workflow Core", file: "workflow-core", env: { GRAPH: "two", MODE: "local" } }],
  },
  {
    name: "latency",
    title: "From trigger to the first outside call, idle",
    about: "Milliseconds from `start` to the router's call, one at a time; 99 of 100 are below p99.",
    figure: "p50",
    requests: [{ inFlight: 1, count: 300, label: "p50" }],
    contestants: [
      { name: "Workflow Core", file: "workflow-core", env: { GRAPH: "two", MODE: "local", MEASURE: "latency" } },
    ],
  },
  {
    name: "validate",
    title: "Validation",
    about:
      "Milliseconds to compile a chain of so many nodes, templates and all; and forty diamonds in a row (2^40 paths).",
    figure: "milliseconds",
    requests: [
      { inFlight: 10, count: 200, label: "10 nodes" },
      { inFlight: 100, count: 100, label: "100 nodes" },
      { inFlight: 1000, count: 50, label: "1,000 nodes" },
      { inFlight: 10000, count: 25, label: "10,000 nodes" },
      { inFlight: 40, count: 200, label: "40 diamonds" },
    ],
    contestants: [{ name: "Workflow Core", file: "validate" }],
  },
  {
    name: "expressions",
    title: "Expressions",
    about: "Million evaluations per CPU second.",
    figure: "millionPerCpuSecond",
    requests: [
      { inFlight: 1, count: 2_000_000, label: "score * 2 + 1" },
      { inFlight: 2, count: 2_000_000, label: "{{ username }}" },
      { inFlight: 3, count: 300_000, label: "filter and map, 10 items" },
    ],
    contestants: [{ name: "Workflow Core", file: "expressions" }],
  },
];
