import { choice, fixedNumber, optional, withDefault } from "../config/fields.js";
import { decision, emit, fail } from "../node.js";
import { duration, shown } from "./words.js";

export const flowMerge = decision({
  type: "flow_merge",
  category: "flow",
  title: "Merge",
  icon: "git-merge",
  feature: "advanced_workflows",
  summary: "Brings branches together: waits for all of them, for one, or for a number.",
  details:
    "Waiting for all means for those that can still come: a branch that was not taken is not waited for. What comes after " +
    "the merge has gone on changes nothing. With a time limit it goes on with what has come by then. " +
    "When fewer branches can come than a number asks for, the node fails with MERGE_INCOMPLETE.",
  config: {
    merge_strategy: withDefault(
      choice("Wait for", ["wait_all", "wait_any", "wait_n"], {
        help: "All branches, the first one, or a number of them.",
      }),
      "wait_all",
    ),
    count: optional(
      fixedNumber("How many", { help: "Of wait_n: how many branches must come.", min: 1, max: 10_000, int: true }),
    ),
    timeout_seconds: optional(
      fixedNumber("At most", {
        help: "Seconds after which it goes on with what has come.",
        min: 0.001,
        max: 31_536_000,
      }),
    ),
  },
  ports: { output: "Enough branches have come, or the time is up" },
  label: ({ merge_strategy, count, timeout_seconds }) => {
    const amount =
      merge_strategy === "wait_any" ? "the first" : merge_strategy === "wait_n" ? shown(count, "…", 20) : "all";
    return `wait for ${amount}${timeout_seconds ? `, at most ${duration(timeout_seconds)}` : ""}`;
  },
  problem: ({ merge_strategy, count }) =>
    merge_strategy === "wait_n" && (count === undefined || count === null)
      ? { path: "count", message: "wait_n needs a number of branches" }
      : undefined,
  join: (config) => ({
    need: config.merge_strategy === "wait_all" ? "all" : config.merge_strategy === "wait_any" ? 1 : (config.count ?? 1),
    ...(config.timeout_seconds === undefined ? {} : { timeoutSeconds: config.timeout_seconds }),
  }),
  decide: ({ config, arrived, timedOut }) => {
    const needed = config.merge_strategy === "wait_n" ? (config.count ?? 1) : 0;
    if (arrived < needed && !timedOut)
      return fail("MERGE_INCOMPLETE", `${arrived} of ${needed} branches came, and no more can come`);
    return emit("output", { arrived, timed_out: timedOut });
  },
  examples: [
    { title: "All branches", config: {}, arrived: 3, result: emit("output", { arrived: 3, timed_out: false }) },
    {
      title: "The first",
      config: { merge_strategy: "wait_any" },
      arrived: 1,
      result: emit("output", { arrived: 1, timed_out: false }),
    },
    {
      title: "Two of them",
      config: { merge_strategy: "wait_n", count: 2, timeout_seconds: 60 },
      arrived: 2,
      result: emit("output", { arrived: 2, timed_out: false }),
    },
    {
      title: "Too few can come",
      config: { merge_strategy: "wait_n", count: 3 },
      arrived: 2,
      result: fail("MERGE_INCOMPLETE", "2 of 3 branches came, and no more can come"),
    },
  ],
});
