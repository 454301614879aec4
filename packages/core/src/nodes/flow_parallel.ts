import { fixedNumber, optional } from "../config/fields.js";
import { decision, emit, everyPort } from "../node.js";
import { shown } from "./words.js";

export const flowParallel = decision({
  type: "flow_parallel",
  category: "flow",
  title: "In parallel",
  icon: "git-fork",
  feature: "advanced_workflows",
  summary: "Starts all its branches at once.",
  details:
    "Ports may have any names: every connection that leaves the node is a branch. At most MAX_PARALLEL_NODES actions of an execution run at the same time.",
  config: {
    max_parallel: optional(
      fixedNumber("At most at once", {
        help: "Branches that run at the same time; the others follow in order.",
        min: 1,
        max: 10_000,
        int: true,
      }),
    ),
  },
  ports: "any",
  label: ({ max_parallel }) => (max_parallel ? `in parallel, ${shown(max_parallel)} at once` : "in parallel"),
  decide: () => emit(everyPort),
  maxBranches: (config) => config.max_parallel,
  examples: [
    { title: "All at once", config: {}, result: emit(everyPort) },
    { title: "Two at a time", config: { max_parallel: 2 }, result: emit(everyPort) },
  ],
});
