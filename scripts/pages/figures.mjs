// docs/figures.md: what `npm run bench` has measured, made of bench/results.json; as long as no whole run is kept there,
// the README's table of one measure.
const title = "# Measured figures";

const label = ({ label, inFlight }) => label ?? `${inFlight} in flight`;

/** The one member of a row that is the measured figure. */
const known = new Set(["measure", "contestant", "ratio", "count", "inFlight", "label"]);
const figureOf = (row) => Object.keys(row).find((key) => !known.has(key) && typeof row[key] === "number");

const measureTable = (rows) => {
  const columns = [...new Set(rows.map(label))];
  const names = [...new Set(rows.map(({ contestant }) => contestant))];
  const cell = (name, column) => {
    const row = rows.find((each) => each.contestant === name && label(each) === column);
    if (row === undefined) return "–";
    return name === names[0] ? `${row[figureOf(row)]}` : `${row[figureOf(row)]} (×${row.ratio})`;
  };
  return [
    `| | ${columns.join(" | ")} |`,
    `|---|${columns.map(() => "---:|").join("")}`,
    ...names.map((name) => `| ${name} | ${columns.map((column) => cell(name, column)).join(" | ")} |`),
  ].join("\n");
};

const readmeTable = (readme) => {
  const [, text] = /^(Five steps, each stored[\s\S]*?)\n## /m.exec(readme) ?? [];
  if (text === undefined) throw new Error("README.md has no paragraph that begins with: Five steps, each stored");
  return text.trim();
};

/** The page, from the results of a whole run, or from the README where there are none. */
export const figuresPage = (results, readme) => {
  if (results === undefined) return `${[title, readmeTable(readme)].join("\n\n")}\n`;
  const { measured_at: at, machine, results: rows } = results;
  const measures = [...new Set(rows.map(({ measure }) => measure))];
  return `${[
    title,
    `Measured on ${at} by \`npm run bench\`: ${machine.cpus} × ${machine.model}, ${machine.memory_gib} GiB, Node ${machine.node}, ${machine.postgres}, medians of ${machine.rounds} rounds in which the contestants took turns. In brackets: how many times as fast the first row was. Ratios carry over to other machines, absolute figures do not.`,
    ...measures.flatMap((measure) => {
      const own = rows.filter((row) => row.measure === measure);
      return [`## ${measure}`, `In ${figureOf(own[0])}.`, measureTable(own)];
    }),
  ].join("\n\n")}\n`;
};
