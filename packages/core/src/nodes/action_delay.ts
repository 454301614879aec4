import { seconds } from "../config/fields.js";
import { decision, sleep } from "../node.js";
import { duration } from "./words.js";

export const actionDelay = decision({
  type: "action_delay",
  category: "action",
  title: "Wait",
  icon: "timer",
  summary: "Waits for a while before the flow goes on.",
  details: "The wait survives restarts and holds no worker, but it counts into the execution's time limit.",
  config: {
    delay_seconds: seconds("Seconds", { help: "Up to a year; fractions are allowed.", max: 31_536_000 }),
  },
  ports: { output: "The time is over" },
  label: ({ delay_seconds }) => `wait ${duration(delay_seconds)}`,
  decide: ({ config }) => sleep(config.delay_seconds, { delay_seconds: config.delay_seconds }),
  examples: [
    { title: "Two minutes", config: { delay_seconds: 120 }, result: sleep(120, { delay_seconds: 120 }) },
    {
      title: "As long as somebody wrote",
      config: { delay_seconds: "{{ args[0] }}" },
      variables: { args: ["1.5"] },
      result: sleep(1.5, { delay_seconds: 1.5 }),
    },
  ],
});
