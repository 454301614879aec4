// The texts of several processes made one. Real processes: test/cli-workers.test.ts.
import { EventEmitter } from "node:events";
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
  expect(await withSiblings(channel, "metrics", async () => text)()).toEqual([text]);
});

it("tells the others what they ask for, and gives to each question its own answer", async () => {
  const sent: { want?: number; topic?: string }[] = [];
  const channel = Object.assign(new EventEmitter(), { send: (message: object) => sent.push(message) });
  const metrics = withSiblings(channel, "metrics", async () => "our metrics");
  const circuits = withSiblings(channel, "circuits", async () => "our circuits");
  channel.emit("message", { give: 7, topic: "circuits" });
  await expect.poll(() => sent).toEqual([{ given: 7, text: "our circuits" }]);
  const answers = [metrics(), circuits()];
  const [, first, second] = sent;
  expect([first?.topic, second?.topic]).toEqual(["metrics", "circuits"]);
  channel.emit("message", { all: second?.want, texts: ["their circuits"] });
  channel.emit("message", { all: first?.want, texts: ["their metrics"] });
  expect(await Promise.all(answers)).toEqual([
    ["our metrics", "their metrics"],
    ["our circuits", "their circuits"],
  ]);
});
