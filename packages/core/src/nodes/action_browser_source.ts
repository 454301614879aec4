import { choice, number, optional, seconds, value, withDefault } from "../config/fields.js";
import { action } from "../node.js";
import { callRouter } from "./router-call.js";
import { shown } from "./words.js";

export const actionBrowserSource = action({
  type: "action_browser_source",
  category: "action",
  title: "Overlay",
  icon: "monitor-play",
  feature: "advanced_workflows",
  summary: "Shows, changes or clears something on the stream's overlay.",
  details:
    "Goes through the Router to the browser source, and fails and is tried again as modules are. What has the higher priority is shown first.",
  config: {
    source_type: choice("Where", ["ticker", "media", "general"], {
      help: "The ticker, media such as pictures and clips, or the general overlay.",
    }),
    action: withDefault(choice("What to do", ["display", "update", "clear"]), "display"),
    content: optional(
      value("Content", { help: 'Text, or what the overlay needs: {"text": "…", "url": "…"}. Not needed to clear.' }),
    ),
    duration_seconds: withDefault(seconds("How long", { help: "Seconds that it is shown.", max: 86_400 }), 10),
    priority: withDefault(number("Priority", { help: "Higher comes first.", min: 0, max: 100, int: true }), 0),
  },
  ports: { output: "The overlay has it", error: "It did not work, and no further attempt is made" },
  label: ({ source_type, action, content }) => {
    const where = shown(source_type, "overlay", 20);
    return action === "clear"
      ? `clear ${where}`
      : `${shown(action, "display", 20)} on ${where}: ${shown(content, "…", 35)}`;
  },
  problem: ({ action, content }) =>
    action !== "clear" && (content === undefined || content === null || content === "")
      ? { path: "content", message: "is needed, unless the overlay is cleared" }
      : undefined,
  reachesOutside: true,
  perform: async ({ config, outside, call }) => {
    const { source_type, content = null, duration_seconds, priority } = config;
    const params = config.action === "clear" ? { source_type } : { source_type, content, duration_seconds, priority };
    const answer = await callRouter(
      outside,
      "modules",
      { module_name: "browser_source", action: config.action, params },
      call,
    );
    return answer.ok ? { ok: true, value: { output: answer.value } } : answer;
  },
  pretend: () => ({ output: { success: true } }),
  examples: [
    {
      title: "A line on the ticker",
      config: {
        source_type: "ticker",
        content: { text: "{{ from }} raids with {{ viewers }}" },
        duration_seconds: "{{ viewers / 2 }}",
        priority: 5,
      },
      variables: { from: "grace", viewers: 42 },
      asks: {
        module_name: "browser_source",
        action: "display",
        params: { source_type: "ticker", content: { text: "grace raids with 42" }, duration_seconds: 21, priority: 5 },
      },
      answer: { success: true },
      result: { output: { success: true } },
    },
    {
      title: "Clear it",
      config: { source_type: "media", action: "clear" },
      asks: { module_name: "browser_source", action: "clear", params: { source_type: "media" } },
      answer: { success: true },
      result: { output: { success: true } },
    },
  ],
});
