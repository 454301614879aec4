import { name, optional, pairs, value } from "../config/fields.js";
import type { Json } from "../json.js";
import { decision, emit, fail } from "../node.js";
import { names, shorten, shown } from "./words.js";

const variableName = name("Variable", { help: "Its name, as expressions write it." });

/** What is wrong with a name as a variable's name, as a sentence. */
const nameProblem = (candidate: string): string | undefined =>
  variableName.drawn.safeParse(candidate).error?.issues[0]?.message;

const namesIn = (variables: unknown): string[] =>
  typeof variables === "object" && variables !== null ? Object.keys(variables) : [];

export const dataVariableSet = decision({
  type: "data_variable_set",
  category: "data",
  title: "Set variables",
  icon: "pencil-line",
  summary: "Gives one or several variables a value.",
  details:
    "In a loop's body, the loop's own variables belong to the iteration; all others belong to the execution and stay.",
  config: {
    variable_name: optional(variableName),
    value: optional(value("Value", { help: "A value or a template: {{ score + 1 }}" })),
    variables: optional(
      pairs("Several variables", value("Value"), {
        help: "Name and value of each; together with the one above, or instead of it.",
      }),
    ),
  },
  ports: { output: "The variables are set" },
  label: ({ variable_name, value, variables }) => {
    const several = namesIn(variables);
    if (!variable_name) return `set ${shown(several.join(", "))}`;
    return several.length > 0
      ? `set ${shorten([variable_name, ...several].join(", "))}`
      : `${shown(variable_name, "…", 30)} = ${shown(value, "nothing", 30)}`;
  },
  sets: ({ variable_name, variables }) => names(variable_name, ...namesIn(variables)),
  problem: ({ variable_name, value, variables }) => {
    if (variable_name === undefined && namesIn(variables).length === 0)
      return { path: "variable_name", message: "name a variable and give it a value, or fill in variables" };
    if (variable_name !== undefined && value === undefined)
      return { path: "value", message: "is needed beside variable_name" };
    if (variable_name === undefined && value !== undefined)
      return { path: "variable_name", message: "is needed beside value" };
    for (const each of namesIn(variables)) {
      const message = nameProblem(each);
      if (message) return { path: `variables.${each}`, message };
    }
    return undefined;
  },
  decide: ({ config }) => {
    const set: Record<string, Json> = { ...config.variables };
    if (config.variable_name !== undefined) set[config.variable_name] = config.value ?? null;
    return Object.keys(set).length > 0 ? emit("output", set, set) : fail("CONFIG", "There is no variable to set");
  },
  examples: [
    {
      title: "Count up",
      config: { variable_name: "score", value: "{{ score + 1 }}" },
      variables: { score: 1 },
      result: emit("output", { score: 2 }, { score: 2 }),
    },
    {
      title: "Make it empty",
      config: { variable_name: "winner", value: null },
      result: emit("output", { winner: null }, { winner: null }),
    },
    {
      title: "Several at once",
      config: { variables: { greeting: "Hello, {{ username }}", settings: { loud: true, to: "{{ args[0] }}" } } },
      variables: { username: "ada", args: ["@grace"] },
      result: emit(
        "output",
        { greeting: "Hello, ada", settings: { loud: true, to: "@grace" } },
        { greeting: "Hello, ada", settings: { loud: true, to: "@grace" } },
      ),
    },
  ],
});
