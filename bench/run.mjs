// `npm run bench`: the program against peers and against the limit, side by side in one run on this machine. Every
// measure lets its contestants take turns, several rounds, and reports medians and ratios; absolute figures say little
// about another machine. `--quick` is one short round; `--only NAME` one measure. Writes results.json and RESULTS.md.
import { writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { openDatabase } from "./lib/database.mjs";
import { median } from "./lib/figures.mjs";
import { enter } from "./lib/process.mjs";
import { measures } from "./measures.mjs";

const quick = process.argv.includes("--quick");
const only = process.argv[process.argv.indexOf("--only") + 1];
const chosen = process.argv.includes("--only") ? measures.filter(({ name }) => name === only) : measures;
const rounds = quick ? 1 : 3;
const here = fileURLToPath(new URL(".", import.meta.url));
const database = await openDatabase();
const results = [];

for (const measure of chosen) {
  console.log(`\n${measure.title}`);
  const contestants = [];
  for (const each of measure.contestants) {
    const entered = await enter(each, database);
    if (entered) contestants.push({ ...each, process: entered, figures: [] });
    else console.log(`  ${each.name}: not here (${each.needs ?? "it did not start"})`);
  }
  for (const request of measure.requests) {
    for (const each of contestants) each.figures = [];
    const count = (each) => Math.max(20, Math.round((request.count * (each.weight ?? 1)) / (quick ? 5 : 1)));
    for (const each of contestants) await each.process.ask({ ...request, count: Math.ceil(count(each) / 5) });
    for (let round = 0; round < rounds; round += 1)
      for (const each of contestants) each.figures.push(await each.process.ask({ ...request, count: count(each) }));
    const base = contestants[0];
    for (const each of contestants) {
      const value = median(each.figures.map((figure) => figure[measure.figure]));
      const first = median(base.figures.map((figure) => figure[measure.figure]));
      const row = {
        measure: measure.name,
        contestant: each.name,
        ...request,
        [measure.figure]: Number(value.toFixed(2)),
        ratio: Number((first / value).toFixed(3)),
      };
      results.push(row);
      console.log(
        `  ${each.name.padEnd(44)} ${JSON.stringify(request.label ?? request.inFlight)} ${value.toFixed(1).padStart(10)} ${measure.figure}   ${base.name === each.name ? "" : `we are at ${row.ratio} times`}`,
      );
    }
  }
  for (const each of contestants) await each.process.leave();
}
await database.close();

const machine = {
  cpus: cpus().length,
  model: cpus()[0]?.model,
  memory_gib: Math.round(totalmem() / 2 ** 30),
  kernel: release(),
  node: process.version,
  postgres: database.version,
  rounds,
};
if (!process.argv.includes("--only")) {
  writeFileSync(
    `${here}results.json`,
    `${JSON.stringify({ measured_at: new Date().toISOString().slice(0, 10), machine, results }, null, 2)}\n`,
  );
  writeFileSync(`${here}RESULTS.md`, report(machine));
}

function report(facts) {
  const lines = [
    "# Results",
    "",
    `Made by \`npm run bench\` on ${facts.cpus} × ${facts.model}, ${facts.memory_gib} GiB, Node ${facts.node}, ${facts.postgres}; medians of ${facts.rounds}. Read the ratios, not the absolute figures.`,
    "",
  ];
  for (const measure of chosen) {
    lines.push(
      `## ${measure.title}`,
      "",
      measure.about,
      "",
      `| | ${measure.requests.map(({ label, inFlight }) => label ?? `${inFlight} in flight`).join(" | ")} |`,
      `|---|${measure.requests.map(() => "---:|").join("")}`,
    );
    const names = [...new Set(results.filter((row) => row.measure === measure.name).map((row) => row.contestant))];
    for (const name of names) {
      const cells = measure.requests.map((request) => {
        const row = results.find(
          (each) =>
            each.measure === measure.name &&
            each.contestant === name &&
            each.inFlight === request.inFlight &&
            each.label === request.label,
        );
        return row ? `${row[measure.figure]}${name === names[0] ? "" : ` (÷${row.ratio})`}` : "";
      });
      lines.push(`| ${name} | ${cells.join(" | ")} |`);
    }
    lines.push("");
  }
  return `${lines.join("\n")}`;
}
