import { listOf, object, plain, value, withDefault } from "../config/fields.js";
import { equals } from "../config/values.js";
import { decision, emit } from "../node.js";
import { shown } from "./words.js";

const portName = (title: string, help: string) => plain(title, { help, max: 100 });

/** The cases of a draft that are far enough to have a port. */
const drawnCases = (cases: unknown): { port: string; value: unknown }[] =>
  (Array.isArray(cases) ? cases : []).flatMap((each: unknown) => {
    if (typeof each !== "object" || each === null) return [];
    const { output_port, value } = each as Record<string, unknown>;
    return typeof output_port === "string" && output_port !== "" ? [{ port: output_port, value }] : [];
  });

export const conditionSwitch = decision({
  type: "condition_switch",
  category: "condition",
  title: "Switch",
  icon: "list-tree",
  feature: "advanced_workflows",
  summary: "Goes the way of the first case that a value equals.",
  details:
    'Cases are looked at from top to bottom; equality is strict about type, so the text "10" is not the number 10. ' +
    "Several cases may lead to the same port. When none fits, the flow goes on from the default port.",
  config: {
    switch_variable: value("Value", { help: "What is compared with the cases, such as {{ platform }}." }),
    cases: withDefault(
      listOf(
        "Cases",
        object("Case", { value: value("Equals"), output_port: portName("Port", "Where the flow goes on.") }),
        { help: "Looked at from top to bottom.", widget: "cases" },
      ),
      [],
    ),
    default_port: withDefault(portName("Otherwise", "The port for everything that fits no case."), "default"),
  },
  ports: ({ cases, default_port }) => {
    const sentences = new Map<string, string>();
    for (const each of drawnCases(cases)) {
      const before = sentences.get(each.port);
      sentences.set(each.port, `${before ? `${before} or ` : "The value equals "}${shown(each.value, "nothing", 30)}`);
    }
    const otherwise = typeof default_port === "string" && default_port !== "" ? default_port : "default";
    const before = sentences.get(otherwise);
    sentences.set(otherwise, before ? `${before}, or no case fits` : "No case fits");
    return Object.fromEntries(sentences);
  },
  label: ({ switch_variable }) => `switch on ${shown(switch_variable, "…", 50)}`,
  decide: ({ config }) => {
    const hit = config.cases.find((each) => equals(each.value, config.switch_variable));
    const port = hit ? hit.output_port : config.default_port;
    return emit(port, { value: config.switch_variable, port });
  },
  examples: [
    {
      title: "The first case that fits",
      config: {
        switch_variable: "{{ platform }}",
        cases: [
          { value: "twitch", output_port: "live" },
          { value: "youtube", output_port: "live" },
          { value: "discord", output_port: "server" },
        ],
      },
      variables: { platform: "youtube" },
      result: emit("live", { value: "youtube", port: "live" }),
    },
    {
      title: "Text is not a number",
      config: { switch_variable: "{{ args[0] }}", cases: [{ value: 10, output_port: "ten" }], default_port: "other" },
      variables: { args: ["10"] },
      result: emit("other", { value: "10", port: "other" }),
    },
    {
      title: "A case that is worked out",
      config: { switch_variable: "{{ user_id }}", cases: [{ value: "{{ winner.id }}", output_port: "won" }] },
      variables: { user_id: "7", winner: { id: "7" } },
      result: emit("won", { value: "7", port: "won" }),
    },
  ],
});
