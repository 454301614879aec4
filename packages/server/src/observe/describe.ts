// The table of metrics in words: docs/metrics.md.
import { type Definition, definitions, type LabelValues } from "./definitions.js";

const introduction = `# Metrics

What \`GET /metrics\` gives, in Prometheus' text format. How to scrape it, with dashboards and alerts, is in
[Operations](operations.md#observing).

Every label has the values that are listed here, or stays below the bound that is said; anything else is counted as
\`other\`. What people and strangers write is never a label. With \`WORKERS\` above 1 every series has the label \`worker\`
too: the number of the process on its machine.`;

const ofProcess = `## Of the process

Each process counts what it did itself, from its own start: add processes up with \`sum\`.`;

const ofDatabase = `## Of the database

The same truth in every process of one database, read at most every five seconds: take one with \`max\`, never the sum.
While the database does not answer they are \`NaN\`, and \`workflow_core_database_up\` is 0.`;

const ofNode = `## Of Node

\`process_*\` (processor time, memory, file descriptors, start time) and \`nodejs_*\` (\`nodejs_eventloop_lag_seconds\` and its
percentiles, heap, garbage collection, active handles) as every program with prom-client has them.`;

/** The text of docs/metrics.md. */
export function metricsPage(): string {
  const all = Object.values<Definition>(definitions);
  const tableOf = (of: Definition["of"]) =>
    [
      "| Metric | Type | Labels | Meaning |",
      "|---|---|---|---|",
      ...all.filter((each) => each.of === of).map(row),
    ].join("\n");
  const parts = [introduction, ofProcess, tableOf("process"), ofDatabase, tableOf("database"), ofNode];
  return `${parts.join("\n\n")}\n`;
}

const row = ({ name, kind, help, labels, buckets }: Definition): string => {
  const all = Object.entries(labels).map(([label, values]) => `\`${label}\`: ${valuesText(values)}`);
  const bounds = buckets === undefined ? "" : ` Buckets: ${buckets.join(", ")}.`;
  return `| \`${name}\` | ${kind} | ${all.join("<br>")} | ${help}${bounds} |`;
};

const valuesText = (values: LabelValues): string =>
  "most" in values ? `${values.values}; at most ${values.most}` : values.join(", ");
