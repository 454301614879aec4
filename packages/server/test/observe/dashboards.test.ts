// Dashboard and alerts ask for what there is: every selector in deploy/grafana and deploy/prometheus finds a series of
// a running program.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { definitions } from "../../src/observe/definitions.js";
import { alerts, dashboards, deployed, panels } from "../support/dashboards.js";
import { exercise, type Program, startProgram } from "../support/program.js";
import { isSelected, type Series, selectorsOf } from "../support/prometheus.js";
import { readYaml } from "../support/yaml.js";

const expressions = [...alerts, ...panels];

let program: Program;
let series: Series[];
beforeAll(async () => {
  program = await startProgram({ EGRESS_ALLOW_CIDRS: "127.0.0.1/32" });
  await exercise(program);
  // Prometheus adds these to all that it scrapes, and `up` itself.
  const target = { job: "workflow-core", instance: new URL(program.url).host };
  series = [
    { name: "up", labels: target, value: 1 },
    ...(await program.scrape()).map((each) => ({ ...each, labels: { ...each.labels, ...target } })),
  ];
}, 60_000);
afterAll(() => program.close());

describe.each(expressions)("%s", (_where, expression) => {
  it("asks for series that there are", () => {
    const selectors = selectorsOf(expression);
    expect(selectors.length, expression).toBeGreaterThan(0);
    for (const selector of selectors)
      expect(series.filter((each) => isSelected(selector, each)).length, JSON.stringify(selector)).toBeGreaterThan(0);
  });

  it("groups by labels that these series have", () => {
    const labels = [...expression.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = ""]) => list.split(/\s*,\s*/));
    const known = selectorsOf(expression).flatMap((selector) =>
      series.filter((each) => isSelected(selector, each)).flatMap((each) => Object.keys(each.labels)),
    );
    // Only with several processes is there `worker`.
    for (const label of labels) expect([...known, "worker"], expression).toContain(label);
  });

  it("never adds up what every process says of the database", () => {
    const ofDatabase = Object.values(definitions).filter((each) => each.of === "database");
    for (const { name } of ofDatabase)
      expect(expression).not.toMatch(new RegExp(`\\b(sum|rate|avg|count)\\b[^(]*(\\([^)]*\\) )?\\(${name}\\b`));
  });
});

describe("the files", () => {
  it("have a panel or an alert for every metric", () => {
    const asked = new Set(expressions.flatMap(([, expression]) => selectorsOf(expression).map(({ metric }) => metric)));
    const missing = Object.values(definitions).filter(
      ({ name }) => ![name, `${name}_bucket`, `${name}_count`, `${name}_sum`].some((each) => asked.has(each)),
    );
    expect(missing.map(({ name }) => name)).toEqual([]);
  });

  it("place each panel once, side by side", () => {
    for (const { panels, file } of dashboards) {
      expect(new Set(panels.map(({ id }) => id)).size, file).toBe(panels.length);
      const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
        Array.from({ length: w * h }, (_, index) => `${x + (index % w)} ${y + Math.floor(index / w)}`),
      );
      expect(new Set(cells).size, file).toBe(cells.length);
      for (const { gridPos } of panels) expect(gridPos.x + gridPos.w, file).toBeLessThanOrEqual(24);
    }
  });

  it("agree on the job's name, and on where the alerts are", () => {
    const shape = z.object({
      rule_files: z.array(z.string()),
      scrape_configs: z.array(z.looseObject({ job_name: z.string() })),
    });
    for (const file of ["prometheus.yaml", "kubernetes.yaml"]) {
      const [config] = readYaml(deployed(`prometheus/${file}`), shape.loose());
      expect(config?.rule_files).toEqual(["alerts.yaml"]);
      expect(config?.scrape_configs.map(({ job_name }) => job_name)).toEqual(["workflow-core"]);
    }
  });
});

describe("selectors", () => {
  it.each([
    ["a", ["a"]],
    ['sum by (x, y) (rate(a_total{b="c,d}",e=~"f|g"}[5m])) / 2', ["a_total b=c,d} e=~f|g"]],
    ["max by (job) (a) > 60 and on (job) b == 0", ["a", "b"]],
    ["histogram_quantile(0.99, sum by (le) (rate(a_bucket[1m])))", ["a_bucket"]],
    ["topk(10, a) or vector(0)", ["a"]],
  ])("of %s are found", (expression, expected) => {
    const found = selectorsOf(expression).map(({ metric, matchers }) =>
      [metric, ...matchers.map(({ label, operator, value }) => label + operator + value)].join(" "),
    );
    expect(found).toEqual(expected);
  });
});
