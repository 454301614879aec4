import { condition, fixedNumber, optional } from "../config/fields.js";
import { decision, emit, iterate } from "../node.js";
import { spokenCondition } from "./words.js";

export const loopWhile = decision({
  type: "loop_while",
  category: "loop",
  title: "While",
  icon: "refresh-cw",
  feature: "advanced_workflows",
  summary: "Runs its body again and again as long as a condition holds.",
  details:
    "The condition is asked before each iteration, so a body may never run. An execution that wants more iterations than " +
    "allowed fails with MAX_LOOP_ITERATIONS. In the body, index counts the iterations from 0.",
  config: {
    condition: condition("As long as", { help: "An expression such as lives > 0, or a comparison." }),
    max_iterations: optional(
      fixedNumber("At most", { help: "May only be lower than MAX_LOOP_ITERATIONS.", min: 1, int: true }),
    ),
  },
  ports: { loop_body: "Once for each iteration", output: "Once, when the condition no longer holds" },
  label: ({ condition }) => `while ${spokenCondition(condition)}`,
  sets: () => ["index"],
  bindsEachIteration: true,
  decide: ({ config, iteration }) =>
    config.condition ? iterate({ index: iteration }) : emit("output", { iterations: iteration }),
  examples: [
    {
      title: "Once more",
      config: { condition: "lives > 0" },
      variables: { lives: 2 },
      iteration: 3,
      result: iterate({ index: 3 }),
    },
    {
      title: "Enough",
      config: { condition: "lives > 0", max_iterations: 5 },
      variables: { lives: 0 },
      iteration: 4,
      result: emit("output", { iterations: 4 }),
    },
  ],
});
