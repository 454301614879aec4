// The texts of several processes made one. Real processes: test/cli-workers.test.ts.
import { expect, it } from "vitest";
import { seriesOf } from "../../test/support/prometheus.js";
import { createMetrics } from "./metrics.js";
import { type Channel, merge, withSiblings } from "./siblings.js";

it("gives each metric once, with the series of all", async () => {
  const texts = await Promise.all(["1", "2", "3"].map((worker) => createMetrics({ worker }).text()));
  const merged = merge(texts);
  const types = merged.split("\n").filter((line) => line.startsWith("# TYPE "));
  expect(new Set(types).size).toBe(types.length);
  const all = seriesOf(merged);
  expect(all).toHaveLength(texts.flatMap(seriesOf).length);
  expect(new Set(all.map(({ name, labels }) => name + JSON.stringify(labels))).size).toBe(all.length);
  // No series stands outside of its metric.
  let metric = "";
  for (const line of merged.split("\n")) {
    if (line.startsWith("# TYPE ")) metric = line.split(" ")[2] ?? "";
    else if (line !== "" && !line.startsWith("#")) expect(line.startsWith(metric), line).toBe(true);
  }
});

it("gives its own alone when the supervisor does not answer", async () => {
  const channel: Channel = { send: () => true, on: () => undefined };
  const text = "# HELP a A.\n# TYPE a gauge\na 1\n";
  expect(await withSiblings(channel, async () => text)()).toBe(text);
});
