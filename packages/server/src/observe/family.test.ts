// One metric with its labels: what is listed, what is bounded, what begins at zero.
import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { numberOf, seriesOf } from "../../test/support/prometheus.js";
import { type Definition, definitions } from "./definitions.js";
import { createFamily } from "./family.js";
import { createMetrics } from "./metrics.js";

const made = (definition: Partial<Definition>) => {
  const registry = new Registry();
  const whole = { kind: "counter", name: "x_total", help: "X.", of: "process", labels: {}, ...definition } as const;
  return { family: createFamily(registry, whole), read: async () => seriesOf(await registry.metrics()) };
};

describe("a metric", () => {
  it("has every combination of listed values from the start, at zero", async () => {
    const { read } = made({ labels: { a: ["1", "2"], b: ["x", "y"] } });
    expect((await read()).map(({ labels, value }) => [labels.a, labels.b, value])).toEqual([
      ...[["1", "x", 0] as const, ["1", "y", 0] as const, ["2", "x", 0] as const, ["2", "y", 0] as const],
    ]);
    const histogram = made({ kind: "histogram", name: "y", labels: { a: ["1"] }, buckets: [1] });
    expect(numberOf(await histogram.read(), "y_count", { a: "1" })).toBe(0);
  });

  it("counts what is not listed as other, whatever it is", async () => {
    const { family, read } = made({ labels: { a: ["1"] } });
    for (let count = 0; count < 1000; count += 1) family.of(`"} evil{${count}\n`).add();
    const all = await read();
    expect(all).toHaveLength(2);
    expect(numberOf(all, "x_total", { a: "other" })).toBe(1000);
  });

  it("shows an open label's first values and no more than its bound", async () => {
    const { family, read } = made({ labels: { a: { values: "any", most: 3 } } });
    for (let count = 0; count < 1000; count += 1) family.of(String(count)).add();
    const all = await read();
    expect(all.map(({ labels, value }) => [labels.a, value])).toEqual([
      ...[["0", 1] as const, ["1", 1] as const, ["2", 1] as const, ["other", 997] as const],
    ]);
  });
});

describe("the table", () => {
  const all = Object.values<Definition>(definitions);

  it("follows Prometheus' conventions", () => {
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    for (const { kind, name, help, buckets = [] } of all) {
      expect(name, name).toMatch(/^(workflow_core|http)(_[a-z]+)+$/);
      expect(name.endsWith("_total"), name).toBe(kind === "counter");
      expect(name, name).not.toMatch(/_(ms|milliseconds|minutes)\b/);
      if (name.includes("duration")) expect(name, name).toMatch(/_seconds$/);
      expect(help, name).toMatch(/^[A-Z1].*\.$/);
      expect(
        [...buckets].sort((one, other) => one - other),
        name,
      ).toEqual(buckets);
    }
  });

  it("has only labels of few values, and none for who or which", () => {
    for (const { name, labels } of all)
      for (const [label, values] of Object.entries(labels)) {
        expect(label, name).not.toMatch(/(_|^)(id|user|workflow|community|host|execution|url|path)$/);
        expect("most" in values ? values.most : values.length, `${name} ${label}`).toBeLessThanOrEqual(300);
      }
  });

  it("says which worker it is, where there are several", async () => {
    const metrics = createMetrics({ worker: "3" });
    metrics.accepted.of("manual").add(2);
    const all = seriesOf(await metrics.text());
    expect(numberOf(all, "workflow_core_executions_accepted_total", { source: "manual", worker: "3" })).toBe(2);
    expect(all.every(({ labels }) => labels.worker === "3")).toBe(true);
  });
});
