import { condition, optional } from "../config/fields.js";
import { breakLoop, decision, emit } from "../node.js";
import { spokenCondition } from "./words.js";

export const loopBreak = decision({
  type: "loop_break",
  category: "loop",
  title: "Leave the loop",
  icon: "log-out",
  feature: "advanced_workflows",
  summary: "Leaves the innermost loop, always or when a condition holds.",
  details: "The loop goes on from its output. Whatever else is under way in the loop's body is given up.",
  config: {
    condition: optional(condition("Only if", { help: "Without a condition, the loop is left at once." })),
  },
  ports: { output: "The condition does not hold: the body goes on" },
  label: ({ condition }) =>
    condition === undefined || condition === null
      ? "leave the loop"
      : `leave the loop if ${spokenCondition(condition)}`,
  decide: ({ config }) => (config.condition === false ? emit() : breakLoop()),
  examples: [
    { title: "Always", config: {}, result: breakLoop() },
    {
      title: "When it is found",
      config: { condition: "item.id == wanted" },
      variables: { item: { id: 7 }, wanted: 7 },
      result: breakLoop(),
    },
    {
      title: "Not yet",
      config: { condition: "item.id == wanted" },
      variables: { item: { id: 6 }, wanted: 7 },
      result: emit(),
    },
  ],
});
