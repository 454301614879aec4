import { condition } from "../config/fields.js";
import { decision, emit } from "../node.js";
import { spokenCondition } from "./words.js";

export const conditionIf = decision({
  type: "condition_if",
  category: "condition",
  title: "If",
  icon: "split",
  summary: "Goes one way when a condition holds, another when it does not.",
  config: {
    condition: condition("Condition", { help: "An expression such as score > 10, or a comparison." }),
  },
  ports: { true: "The condition holds", false: "It does not" },
  label: ({ condition }) => `if ${spokenCondition(condition)}`,
  decide: ({ config }) => emit(config.condition ? "true" : "false", { result: config.condition }),
  examples: [
    {
      title: "An expression",
      config: { condition: "score > 10" },
      variables: { score: 12 },
      result: emit("true", { result: true }),
    },
    {
      title: "A comparison",
      config: { condition: { operator: "equals", left: "{{ platform }}", right: "twitch" } },
      variables: { platform: "discord" },
      result: emit("false", { result: false }),
    },
    {
      title: "Several at once",
      config: {
        condition: { or: ["is_vip", { and: ["score > 10", { not: { operator: "is_empty", left: "{{ args }}" } }] }] },
      },
      variables: { is_vip: false, score: 12, args: ["now"] },
      result: emit("true", { result: true }),
    },
  ],
});
