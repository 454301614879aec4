// What the files in deploy/ ask Prometheus: each panel's and each alert's expression, with a name to tell it by.
import { readdirSync, readFileSync } from "node:fs";
import { z } from "zod";
import { root } from "./markdown.js";
import { readYaml } from "./yaml.js";

export const deployed = (path: string) => readFileSync(`${root}deploy/${path}`, "utf8");

const ruleShape = z.object({ alert: z.string(), expr: z.string(), annotations: z.object({ summary: z.string() }) });
const rules =
  readYaml(
    deployed("prometheus/alerts.yaml"),
    z.object({ groups: z.array(z.object({ rules: z.array(ruleShape.loose()) })) }),
  )[0]?.groups.flatMap((group) => group.rules) ?? [];

const panelShape = z.object({
  id: z.int(),
  title: z.string(),
  gridPos: z.object({ x: z.int(), y: z.int(), w: z.int(), h: z.int() }),
  targets: z.array(z.object({ expr: z.string() })).default([]),
});

export const dashboards = readdirSync(`${root}deploy/grafana`).map((file) => ({
  file,
  ...z
    .object({
      templating: z.object({ list: z.array(z.looseObject({ name: z.string() })) }),
      panels: z.array(panelShape),
    })
    .parse(JSON.parse(deployed(`grafana/${file}`))),
}));

/** With Grafana's variables as they are when nothing is chosen. */
const filled = (expression: string): string =>
  expression.replaceAll("$__rate_interval", "5m").replace(/\$(job|instance)\b/g, ".*");

export const alerts = rules.map(({ alert, expr }) => [`alert ${alert}`, expr] as const);
export const panels = dashboards.flatMap((dashboard) =>
  dashboard.panels.flatMap(({ title, targets }) =>
    targets.map(({ expr }) => [`panel ${title}`, filled(expr)] as const),
  ),
);
