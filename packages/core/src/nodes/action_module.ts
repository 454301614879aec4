import { name, optional, pairs, text, value, withDefault, withSecrets } from "../config/fields.js";
import type { Json } from "../json.js";
import { action, type Performed } from "../node.js";
import { callRouter, timeoutField } from "./router-call.js";
import { names, shown } from "./words.js";

const performed = (body: Json, variable: string | undefined): Performed => ({
  output: body,
  ...(variable === undefined ? {} : { variables: { [variable]: body } }),
});

export const actionModule = action({
  type: "action_module",
  category: "action",
  title: "Use a module",
  icon: "puzzle",
  summary: "Asks a module to do something, through the Router.",
  details:
    "An answer with a 2xx status whose success is not false counts as done. Time-outs, lost connections, 408, 429 and 5xx may be " +
    "tried again, with the same idempotency key; every other answer fails the node at once. Parameters may hold the " +
    "community's secrets: {{ secrets.name }}.",
  config: {
    module_name: text("Module", { help: "Its name as the Router knows it, such as loyalty.", min: 1, max: 255 }),
    action: text("What to do", { help: "The module's name for it, such as add_points.", min: 1, max: 255 }),
    params: withSecrets(
      withDefault(pairs("Parameters", value("Value"), { help: "What the module needs to know." }), {}),
    ),
    timeout_seconds: timeoutField(),
    output_variable: optional(name("Variable", { help: "Gets the whole answer." })),
  },
  ports: { output: "The module did it", error: "It did not work, and no further attempt is made" },
  label: ({ module_name, action }) => `${shown(module_name, "…", 30)}: ${shown(action, "…", 30)}`,
  sets: ({ output_variable }) => names(output_variable),
  reachesOutside: true,
  perform: async ({ config, outside, call }) => {
    const body = { module_name: config.module_name, action: config.action, params: config.params };
    const answer = await callRouter(outside, "modules", body, call, config.timeout_seconds);
    return answer.ok ? { ok: true, value: performed(answer.value, config.output_variable) } : answer;
  },
  pretend: (config) => performed({ success: true }, config.output_variable),
  examples: [
    {
      title: "Points for the winner",
      config: {
        module_name: "loyalty",
        action: "add_points",
        params: { user_id: "{{ user_id }}", points: "{{ bits * 2 }}" },
      },
      variables: { user_id: "1001", bits: 50 },
      asks: { module_name: "loyalty", action: "add_points", params: { user_id: "1001", points: 100 } },
      answer: { success: true, balance: 250 },
      result: { output: { success: true, balance: 250 } },
    },
    {
      title: "Keep the answer",
      config: { module_name: "quotes", action: "random", timeout_seconds: 5, output_variable: "quote" },
      asks: { module_name: "quotes", action: "random", params: {} },
      answer: { success: true, text: "So it goes." },
      result: {
        output: { success: true, text: "So it goes." },
        variables: { quote: { success: true, text: "So it goes." } },
      },
    },
  ],
});
