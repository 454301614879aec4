// What workflows are written in: reading documents, and evaluating expressions.
export const languageMeasures = [
  {
    name: "validate",
    title: "Validation",
    about:
      "Milliseconds to compile a chain of so many nodes, templates and all; and forty diamonds in a row (2^40 paths).",
    figures: ["milliseconds"],
    requests: [
      { inFlight: 10, count: 200, label: "10 nodes" },
      { inFlight: 100, count: 100, label: "100 nodes" },
      { inFlight: 1000, count: 50, label: "1,000 nodes" },
      { inFlight: 10000, count: 25, quick: 5, label: "10,000 nodes" },
      { inFlight: 40, count: 200, label: "40 diamonds" },
    ],
    contestants: [{ name: "Workflow Core", file: "validate" }],
  },
  {
    name: "expressions",
    title: "Expressions",
    about: "Million evaluations per CPU second.",
    figures: ["millionPerCpuSecond"],
    requests: [
      { inFlight: 1, count: 2_000_000, label: "score * 2 + 1" },
      { inFlight: 2, count: 2_000_000, label: "{{ username }}" },
      { inFlight: 3, count: 300_000, label: "filter and map, 10 items" },
    ],
    contestants: [{ name: "Workflow Core", file: "expressions" }],
  },
];
