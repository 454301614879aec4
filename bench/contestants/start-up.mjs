// Starting: from the program's start to its first good answer, and the memory of all its processes when it then rests.
// PROGRAM: `embedded` (ours with its own database; DIRECTORY `fresh` or `existing`), `database` (ours on a PostgreSQL
// that is there, which is not counted) or `node-red`.
import { lstatSync, rmSync } from "node:fs";
import { contest } from "../lib/contestant.mjs";
import { startNodeRed } from "../lib/node-red.mjs";
import { memoryOf, temporary } from "../lib/program.mjs";
import { startServer } from "../lib/server.mjs";

const { PROGRAM: program, DIRECTORY: state } = process.env;
const restMs = 2000;
const directory = temporary("start-up");
const flow = [
  { type: "http in", url: "/orders", method: "post" },
  { type: "http response", wires: [] },
];
const starts = {
  embedded: () => startServer({ embedded: true, directory }),
  database: () => startServer({ directory }),
  "node-red": () => startNodeRed(flow, directory),
};

const once = async (rest) => {
  if (state === "fresh") rmSync(`${directory}/data`, { recursive: true, force: true });
  const begun = performance.now();
  const started = await starts[program]();
  const ready = performance.now() - begun;
  await new Promise((resolve) => setTimeout(resolve, rest));
  if (program === "embedded" && !lstatSync(`${directory}/data/postgres`).isDirectory())
    throw new Error("the database is not where it was to be made");
  const memory = memoryOf(started.program.pid);
  await started.program.stop();
  return { ready, ...memory };
};
// What exists already was made by a start before, and files that have been read once are in the system's cache.
await once(0);
await contest(() => once(restMs));
