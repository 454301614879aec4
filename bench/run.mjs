// `npm run bench`: the program against peers and against the limit, side by side in one run on this machine. Every
// measure lets its contestants take turns, several rounds, and reports medians and ratios; absolute figures say little
// about another machine. `--quick` is one short round; `--only NAME,NAME` some measures. Writes results.json and
// RESULTS.md, unless some are named; with `--keep` those replace what was kept of them. BENCH_VERBOSE=1 says why a
// contestant is not here; BENCH_CPU_PROFILE=DIRECTORY keeps CPU profiles of our servers there.
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { openDatabase } from "./lib/database.mjs";
import { carryOut } from "./lib/measure.mjs";
import { report } from "./lib/report.mjs";
import { measures } from "./measures/index.mjs";

const quick = process.argv.includes("--quick");
const place = process.argv.indexOf("--only");
const only = place < 0 ? undefined : (process.argv[place + 1] ?? "").split(",");
const unknown = only?.find((name) => !measures.some((measure) => measure.name === name));
if (unknown !== undefined) {
  console.error(`There is no measure "${unknown}"; there are ${measures.map(({ name }) => name).join(", ")}.`);
  process.exit(2);
}
const rounds = quick ? 1 : 3;
const here = fileURLToPath(new URL(".", import.meta.url));
const database = await openDatabase();
const kept = process.argv.includes("--keep") ? JSON.parse(readFileSync(`${here}results.json`, "utf8")).results : [];
const results = kept.filter(({ measure }) => !only?.includes(measure));
const machine = {
  cpus: cpus().length,
  model: cpus()[0]?.model,
  memory_gib: Math.round(totalmem() / 2 ** 30),
  kernel: release(),
  node: process.version,
  postgres: database.version,
  rounds,
};
/** Kept measure by measure: what is measured stays, whatever becomes of the rest. */
const keep = () => {
  const measured_at = new Date().toISOString().slice(0, 10);
  writeFileSync(`${here}results.json`, `${JSON.stringify({ measured_at, machine, results }, null, 2)}\n`);
  writeFileSync(`${here}RESULTS.md`, report(machine, measures, results));
};

for (const measure of measures.filter(({ name }) => only === undefined || only.includes(name))) {
  console.log(`\n${measure.title}`);
  const begun = performance.now();
  results.push(...(await carryOut(measure, { database, quick, rounds, say: (line) => console.log(line) })));
  console.log(`  (${((performance.now() - begun) / 1000).toFixed(1)} s)`);
  if (only === undefined || process.argv.includes("--keep")) keep();
}
await database.close();

if (results.some(({ failed }) => failed !== undefined)) process.exitCode = 1;
