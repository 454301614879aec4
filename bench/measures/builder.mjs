// The builder as people feel it.
export const builderMeasures = [
  {
    name: "builder",
    title: "The builder with 500 nodes",
    about:
      "In headless Chromium, without a graphics card, on the machine that also runs the server: milliseconds until the " +
      "first nodes are drawn (goal: below 1,500), frames a second while the canvas is panned and while a node is dragged " +
      "(goal: 50), as the median and of the slowest 5 of 100 frames.",
    figures: ["paint", "pan", "pan, worst 5 %", "drag", "drag, worst 5 %"],
    warm: 0,
    requests: [{ inFlight: 1, count: 300, quick: 60, label: "500 nodes" }],
    contestants: [{ name: "Workflow Core", file: "builder", env: { NODES: "500" }, patience: 60, needs: "Chromium" }],
  },
];
