// docs/metrics.md says everything that a scrape gives.
import { expect, it } from "vitest";
import { definitions } from "./definitions.js";
import { metricsPage } from "./describe.js";
import { createMetrics } from "./metrics.js";

it("names every metric with its type, labels and meaning, and those of Node by their beginnings", async () => {
  const page = metricsPage();
  const text = await createMetrics().text();
  for (const [, name = "", type] of text.matchAll(/^# TYPE (\S+) (\w+)$/gm)) {
    if (/^(process|nodejs)_/.test(name)) continue;
    expect(page, name).toContain(`| \`${name}\` | ${type} |`);
  }
  for (const { name, help, labels } of Object.values(definitions)) {
    const row = page.split("\n").find((line) => line.startsWith(`| \`${name}\` |`)) ?? "";
    for (const each of [help, ...Object.keys(labels)]) expect(row, name).toContain(each);
  }
});
