import { pairs, value, withDefault } from "../config/fields.js";
import { decision, end } from "../node.js";
import { shown } from "./words.js";

export const flowEnd = decision({
  type: "flow_end",
  category: "flow",
  title: "End",
  icon: "flag",
  summary: "Ends its path and gives the execution's final output.",
  details:
    "Other branches go on. When several ends are reached, their data are merged in the order in which they are reached.",
  config: {
    output_data: withDefault(pairs("Output", value("Value"), { help: "What the execution gives back." }), {}),
  },
  ports: {},
  label: ({ output_data }) => {
    const names = typeof output_data === "object" && output_data !== null ? Object.keys(output_data) : [];
    return names.length > 0 ? `end with ${shown(names.join(", "), "…", 50)}` : "end";
  },
  decide: ({ config }) => end(config.output_data),
  examples: [
    { title: "Nothing to give back", config: {}, result: end({}) },
    {
      title: "A result",
      config: { output_data: { winner: "{{ winner.name }}", points: "{{ winner.points }}" } },
      variables: { winner: { name: "Ada", points: 12 } },
      result: end({ winner: "Ada", points: 12 }),
    },
  ],
});
