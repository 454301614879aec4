// Prometheus' text format and its selectors, as far as our files use them: which series were scraped, and which of
// them an expression asks for.

export interface Series {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/** The series of a scrape. Throws for a line that is none. */
export function seriesOf(text: string): Series[] {
  return text
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const [, name = "", labels = "", value = ""] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
      if (name === "") throw new Error(`not a series: ${line}`);
      return { name, labels: Object.fromEntries(pairsOf(labels)), value: Number(value) };
    });
}

const pairsOf = (labels: string): [string, string][] =>
  [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, name = "", value = ""]) => [name, value]);

export interface Selector {
  metric: string;
  matchers: { label: string; operator: string; value: string }[];
}

const words = new Set("by without on ignoring group_left group_right and or unless bool offset".split(" "));

/** The selectors of an expression: every metric name that stands in it, with its matchers. */
export function selectorsOf(expression: string): Selector[] {
  // Grouping clauses hold labels, ranges hold durations, functions are followed by a parenthesis: none is a metric.
  const bare = expression
    .replace(/\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, " ")
    .replace(/\[[^\]]*\]/g, " ");
  const found = bare.matchAll(/([a-zA-Z_:][\w:]*)\s*(\{(?:[^"}]|"(?:[^"\\]|\\.)*")*\})?(?!\w)(?!\s*\()/g);
  const outsideOfTexts = [...found].filter(({ 1: name = "", index }) => {
    const quotes = bare.slice(0, index).match(/"/g)?.length ?? 0;
    return quotes % 2 === 0 && !words.has(name) && !/^(inf|nan)$/i.test(name) && !/\d$/.test(bare.slice(0, index));
  });
  return outsideOfTexts.map(({ 1: metric = "", 2: matchers = "" }) => ({
    metric,
    matchers: [...matchers.matchAll(/(\w+)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"/g)].map(
      ([, label = "", operator = "", value = ""]) => ({ label, operator, value }),
    ),
  }));
}

/** Whether a series is one that the selector asks for. */
export const isSelected = ({ metric, matchers }: Selector, { name, labels }: Series): boolean =>
  name === metric &&
  matchers.every(({ label, operator, value }) => {
    const actual = labels[label] ?? "";
    const same = operator.includes("~") ? new RegExp(`^(?:${value})$`).test(actual) : actual === value;
    return operator.startsWith("!") ? !same : same;
  });

/** The value of the one series with these labels (and perhaps more); undefined when there is none. */
export const numberOf = (
  all: readonly Series[],
  name: string,
  labels: Record<string, string> = {},
): number | undefined =>
  all.find(
    (series) => series.name === name && Object.entries(labels).every(([key, value]) => series.labels[key] === value),
  )?.value;
