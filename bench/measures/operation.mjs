// The whole program as its operators meet it: among many workflows, at its start, with many executions asleep.
const chat = (label, workflows) => ({
  ...{ name: label, file: "commands", env: { WORKFLOWS: String(workflows) }, patience: 120 },
});
const program = (name, env, needs) => ({ name, file: "start-up", env, patience: 60, ...(needs ? { needs } : {}) });

export const operationMeasures = [
  {
    name: "commands",
    title: "A chat message among many workflows",
    about:
      "Messages a second; each is the command of one workflow. Over HTTP it starts that workflow, one of the same ten, at 16 in flight; alone " +
      "is the matcher itself, in thousands of messages. Goal: over HTTP among 10,000 workflows at most 1.5 times as dear as among 10.",
    figures: ["perSecond"],
    requests: [
      { inFlight: 16, count: 3000, quick: 200, label: "over HTTP" },
      { inFlight: 1, count: 1000, quick: 200, label: "the matcher alone, thousands" },
    ],
    contestants: [
      chat("10 workflows", 10),
      { ...chat("1,000 workflows", 1000), quick: false },
      chat("10,000 workflows", 10_000),
    ],
  },
  {
    name: "start-up",
    title: "Starting, and resting",
    about:
      "Milliseconds from the start to the first good answer (ours: of /ready); MiB of all processes two seconds later: " +
      "rss counts what processes share once for each, pss once.",
    figures: ["ready", "rss", "pss"],
    requests: [{ inFlight: 1, count: 1, label: "start" }],
    warm: 0,
    contestants: [
      program("Workflow Core, its own database, there already", { PROGRAM: "embedded", DIRECTORY: "existing" }),
      {
        ...program("Workflow Core, its own database, to be made", { PROGRAM: "embedded", DIRECTORY: "fresh" }),
        quick: false,
      },
      { ...program("Workflow Core on a PostgreSQL that runs", { PROGRAM: "database" }), quick: false },
      { ...program("Node-RED", { PROGRAM: "node-red" }, "bench/node_modules"), quick: false },
    ],
  },
  {
    name: "sleepers",
    title: "Executions asleep",
    about:
      "100,000 executions that sleep for a day: MiB that our process has grown by a minute later, in all (rss; goal: below 30) and in " +
      "what its values take (heap). Then 1,000 that are " +
      "due at the same moment: by how many milliseconds they are late (goal: p99 below 1,000).",
    figures: ["rss", "heap", "p50", "p99"],
    requests: [
      { inFlight: 1, count: 100_000, quick: 2000, label: "asleep" },
      { inFlight: 1, count: 1000, quick: 100, label: "due at once" },
    ],
    warm: 0,
    rounds: 1,
    contestants: [{ name: "Workflow Core", file: "sleepers", flags: ["--expose-gc"] }],
  },
];
