// One metric with its labelled numbers. A number is looked up by its labels' values; who counts often keeps what `of`
// gave. N1 (definitions.ts) is kept here: a value that its label does not list, or one too many, counts as "other".
import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { Definition, LabelValues } from "./definitions.js";

/** One number: `add` counts, or observes a histogram's value; `set` is for gauges. */
export interface Instrument {
  add(value?: number): void;
  set(value: number): void;
}

export interface Family {
  /** The number with these values, in the order of the definition's labels. */
  of(...values: string[]): Instrument;
}

const other = "other";
type Labels = Record<string, string>;

/** Makes the metric in the registry. Numbers whose labels all have lists are there from the start, at zero. */
export function createFamily(registry: Registry, definition: Definition): Family {
  const metric = inPrometheus(registry, definition);
  const labels = Object.entries(definition.labels).map(([name, allowed]) => ({ name, bound: boundary(allowed) }));
  const made = new Map<string, Instrument>();

  const of = (...values: string[]): Instrument => {
    const shown = labels.map(({ bound }, index) => bound(values[index] ?? other));
    const key = shown.join("\0");
    const known = made.get(key);
    if (known !== undefined) return known;
    const instrument = metric(Object.fromEntries(labels.map(({ name }, index) => [name, shown[index] ?? other])));
    made.set(key, instrument);
    return instrument;
  };
  for (const values of everyCombination(Object.values(definition.labels))) of(...values);
  return { of };
}

/** Gives a value as it may be shown. */
function boundary(allowed: LabelValues): (value: string) => string {
  const listed = new Set<string>("most" in allowed ? [] : allowed);
  const most = "most" in allowed ? allowed.most : 0;
  return (value) => {
    if (listed.has(value)) return value;
    if (listed.size >= most) return other;
    listed.add(value);
    return value;
  };
}

/** Every combination of listed values; none when a label is open. */
const everyCombination = (lists: readonly LabelValues[]): string[][] =>
  lists.reduce<string[][]>(
    (heads, values) => ("most" in values ? [] : heads.flatMap((head) => values.map((value) => [...head, value]))),
    [[]],
  );

/** prom-client's metric, as what makes one number of it, which begins at zero. */
function inPrometheus(registry: Registry, { kind, name, help, labels, buckets = [] }: Definition) {
  const options = { name, help, labelNames: Object.keys(labels), registers: [registry] };
  const never = () => {
    throw new Error(`${name} is a ${kind}`);
  };
  if (kind === "counter") {
    const counter = new Counter(options);
    return (of: Labels): Instrument => {
      const child = counter.labels(of);
      child.inc(0);
      return { add: (value = 1) => child.inc(value), set: never };
    };
  }
  if (kind === "gauge") {
    const gauge = new Gauge(options);
    return (of: Labels): Instrument => {
      const child = gauge.labels(of);
      child.set(0);
      return { add: (value = 1) => child.inc(value), set: (value) => child.set(value) };
    };
  }
  const histogram = new Histogram({ ...options, buckets: [...buckets] });
  return (of: Labels): Instrument => {
    const child = histogram.labels(of);
    histogram.zero(of);
    return { add: (value = 1) => child.observe(value), set: never };
  };
}
