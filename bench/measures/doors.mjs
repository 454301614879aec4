// Through the doors of the whole server: what comes in over HTTP.
const clients = [
  { inFlight: 1, count: 300, quick: false, label: "1 client" },
  { inFlight: 16, count: 2000, quick: false, label: "16 clients" },
  { inFlight: 64, count: 4000, quick: 200, label: "64 clients" },
];
const modules = "bench/node_modules";

export const doorMeasures = [
  {
    name: "everyday",
    title: "The everyday job over HTTP",
    about:
      "Requests a second: a webhook, a variable, a decision, code, an HTTP call, the end. Ours are finished and stored, " +
      "each step of them; with signed webhooks the answer comes when the execution is accepted, and the clock stops when " +
      "the last one is finished. Node-RED stores nothing; Fastify makes one insert and the same call. Goal: 2 times " +
      "Node-RED, half of Fastify.",
    figures: ["perSecond"],
    warm: 1,
    requests: clients,
    contestants: [
      {
        name: "Workflow Core, signed webhook",
        file: "http-workflow-core",
        env: { GRAPH: "everyday", ANSWER: "stored" },
      },
      {
        name: "Workflow Core, signed webhook, WORKERS=2",
        file: "http-workflow-core",
        env: { GRAPH: "everyday", ANSWER: "stored", WORKERS: "2" },
        quick: false,
      },
      {
        name: "Workflow Core, signed webhook, 10 at a time as it comes",
        file: "http-workflow-core",
        env: { GRAPH: "everyday", ANSWER: "stored", SLOTS: "10" },
        quick: false,
      },
      {
        name: "Workflow Core, answered at its end (?wait)",
        file: "http-workflow-core",
        env: { GRAPH: "everyday", ANSWER: "finished" },
        quick: false,
      },
      { name: "Node-RED", file: "http-node-red", needs: modules },
      { name: "Fastify, one insert, the same call", file: "http-fastify", env: { JOB: "everyday" }, needs: modules },
    ],
  },
  {
    name: "webhook",
    title: "From signed webhook to stored",
    about: "Requests a second; each answer says that the execution is stored. Goal: 0.4 of Fastify with one insert.",
    figures: ["perSecond"],
    requests: [{ inFlight: 64, count: 8000, quick: 400, label: "64 clients" }],
    contestants: [
      { name: "Workflow Core", file: "http-workflow-core", env: { GRAPH: "stored", ANSWER: "stored" } },
      { name: "Fastify, one insert", file: "http-fastify", env: { JOB: "stored" }, needs: modules },
    ],
  },
];
