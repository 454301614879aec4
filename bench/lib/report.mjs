// RESULTS.md, made from the rows of all measures.
import { columnOf } from "./measure.mjs";

const table = (measure, rows) => {
  const columns = measure.requests.flatMap((request) =>
    measure.figures.map((figure) => columnOf(request, figure, measure)),
  );
  const names = [...new Set(rows.filter(({ column }) => column !== undefined).map(({ contestant }) => contestant))];
  const cell = (name, column) => {
    const row = rows.find((each) => each.contestant === name && each.column === column);
    if (row === undefined) return "";
    return `${row[row.figure]}${name === measure.contestants[0].name || row.ratio === undefined ? "" : ` (÷${row.ratio})`}`;
  };
  const left = rows.filter(({ missing, failed }) => missing !== undefined || failed !== undefined);
  return [
    `## ${measure.title}`,
    "",
    measure.about,
    "",
    `| | ${columns.join(" | ")} |`,
    `|---|${columns.map(() => "---:|").join("")}`,
    ...names.map((name) => `| ${name} | ${columns.map((column) => cell(name, column)).join(" | ")} |`),
    "",
    ...left.flatMap(({ contestant, missing, failed }) => [
      `${contestant}: ${missing === undefined ? `failed (${failed.split("\n")[0]})` : `not here (${missing})`}.`,
      "",
    ]),
  ];
};

export const report = (machine, measures, results) =>
  [
    "# Results",
    "",
    `Made by \`npm run bench\` on ${machine.cpus} × ${machine.model}, ${machine.memory_gib} GiB, Node ${machine.node}, ` +
      `${machine.postgres}; medians of ${machine.rounds}. Read the ratios, not the absolute figures. (÷2 says: the first ` +
      "line's figure is twice this one.)",
    "",
    ...measures.flatMap((measure) =>
      table(
        measure,
        results.filter((row) => row.measure === measure.name),
      ),
    ),
  ].join("\n");
