import { parse } from "acorn";
import { choice, code, fixedNumber, name, optional, withDefault } from "../config/fields.js";
import type { Json } from "../json.js";
import { action } from "../node.js";
import { names, shorten, shown } from "./words.js";

/** Why the sandbox could not even read the code, as a sentence. */
const syntaxProblem = (source: string): string | undefined => {
  try {
    parse(source, {
      ecmaVersion: "latest",
      sourceType: "script",
      allowReturnOutsideFunction: true,
      allowAwaitOutsideFunction: true,
    });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

export const dataTransform = action({
  type: "data_transform",
  category: "data",
  title: "Transform",
  icon: "braces",
  feature: "advanced_workflows",
  summary: "Works data over with a few lines of JavaScript or jq.",
  details:
    "JavaScript sees input and variables, and assigns output or returns a value; jq gets input and gives its result. The code " +
    "runs in a sandbox without network, files or timers. It is stopped when its time is up, and an error in it fails the node.",
  config: {
    language: withDefault(choice("Language", ["javascript", "jq"]), "javascript"),
    transform_code: code("Code", { help: "JavaScript: return input.length; jq: map(.name)" }),
    input_variable: optional(name("Input", { help: "The variable that the code gets as input." })),
    output_variable: withDefault(name("Variable", { help: "Gets the result." }), "output"),
    timeout_ms: withDefault(
      fixedNumber("Time limit", { help: "Milliseconds that the code may take.", min: 1, max: 5000, int: true }),
      1000,
    ),
  },
  ports: { output: "There is a result", error: "The code failed or took too long" },
  label: ({ language, transform_code }) => shorten(`${language === "jq" ? "jq" : "js"}: ${shown(transform_code)}`),
  sets: ({ output_variable }) => names(output_variable ?? "output"),
  problem: ({ language, transform_code }) => {
    const wrong = language === "jq" || typeof transform_code !== "string" ? undefined : syntaxProblem(transform_code);
    return wrong === undefined ? undefined : { path: "transform_code", message: wrong };
  },
  reachesOutside: false,
  perform: async ({ config, outside, call, variables }) => {
    let input: Json = null;
    if (config.input_variable !== undefined) {
      const given = Object.hasOwn(variables, config.input_variable) ? variables[config.input_variable] : undefined;
      if (given === undefined) {
        return {
          ok: false,
          failure: { code: "MISSING_NAME", message: `There is no variable ${config.input_variable}`, retryable: false },
        };
      }
      input = given;
    }
    const { language, transform_code: source, timeout_ms: timeoutMs } = config;
    const answer = await outside.sandbox({ language, source, input, variables, timeoutMs }, call);
    if (!answer.ok) return answer;
    const { output, logs } = answer.value;
    return { ok: true, value: { output, variables: { [config.output_variable]: output }, logs } };
  },
  pretend: (config) => ({ output: null, variables: { [config.output_variable]: null } }),
  examples: [
    {
      title: "JavaScript",
      config: {
        language: "javascript",
        transform_code: "return input.map((each) => each * variables.factor);",
        input_variable: "scores",
        output_variable: "doubled",
      },
      variables: { scores: [1, 2], factor: 2 },
      asks: {
        language: "javascript",
        source: "return input.map((each) => each * variables.factor);",
        input: [1, 2],
        variables: { scores: [1, 2], factor: 2 },
        timeoutMs: 1000,
      },
      answer: { output: [2, 4], logs: [] },
      result: { output: [2, 4], variables: { doubled: [2, 4] } },
    },
    {
      title: "jq",
      config: { language: "jq", transform_code: "map(.name)", input_variable: "players", timeout_ms: 200 },
      variables: { players: [{ name: "Ada" }] },
      asks: {
        language: "jq",
        source: "map(.name)",
        input: [{ name: "Ada" }],
        variables: { players: [{ name: "Ada" }] },
        timeoutMs: 200,
      },
      answer: { output: ["Ada"], logs: [] },
      result: { output: ["Ada"], variables: { output: ["Ada"] } },
    },
    {
      title: "The input is missing",
      config: { transform_code: "output = input.length", input_variable: "players" },
      asks: [],
      result: {
        kind: "fail",
        failure: { code: "MISSING_NAME", message: "There is no variable players", retryable: false },
      },
    },
  ],
});
