import { name, optional, value, withDefault } from "../config/fields.js";
import { decision, emit, fail } from "../node.js";
import { names, shown } from "./words.js";

export const dataVariableGet = decision({
  type: "data_variable_get",
  category: "data",
  title: "Get a variable",
  icon: "variable",
  summary: "Reads a variable, or a default where it is not there.",
  details: "A variable that is missing and has no default fails the node with MISSING_NAME.",
  config: {
    variable_name: name("Variable", { help: "The name to read." }),
    default_value: optional(value("Otherwise", { help: "The value when there is no such variable." })),
    output_variable: withDefault(name("Copy to", { help: "The variable that gets the value." }), "value"),
  },
  ports: { output: "The value was read" },
  label: ({ variable_name, output_variable }) =>
    `${shown(output_variable, "value", 30)} = ${shown(variable_name, "…", 30)}`,
  sets: ({ output_variable }) => names(output_variable ?? "value"),
  decide: ({ config, variable }) => {
    const found = variable(config.variable_name);
    const value = found === undefined ? config.default_value : found;
    if (value === undefined)
      return fail("MISSING_NAME", `There is no variable ${config.variable_name}, and no default for it`);
    return emit("output", { value }, { [config.output_variable]: value });
  },
  examples: [
    {
      title: "It is there",
      config: { variable_name: "score", default_value: 0, output_variable: "points" },
      variables: { score: 12 },
      result: emit("output", { value: 12 }, { points: 12 }),
    },
    {
      title: "The default",
      config: { variable_name: "score", default_value: 0 },
      result: emit("output", { value: 0 }, { value: 0 }),
    },
    {
      title: "Missing",
      config: { variable_name: "score" },
      result: fail("MISSING_NAME", "There is no variable score, and no default for it"),
    },
  ],
});
