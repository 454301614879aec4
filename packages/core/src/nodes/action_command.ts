import { collection, optional, text, withDefault } from "../config/fields.js";
import type { Json } from "../json.js";
import { action } from "../node.js";
import { callRouter, placeOf, timeoutField } from "./router-call.js";
import { shorten, shown } from "./words.js";

/** A value as a word behind a command. */
const word = (value: Json): string =>
  typeof value === "string"
    ? value
    : value === null
      ? ""
      : typeof value === "object"
        ? JSON.stringify(value)
        : String(value);

export const actionCommand = action({
  type: "action_command",
  category: "action",
  title: "Run a command",
  icon: "terminal",
  summary: "Runs a chat command as if somebody had written it, through the Router.",
  details:
    "Without a platform and channel, those of the trigger are used. Words that are not text are written as text. " +
    "Fails and is tried again as modules are.",
  config: {
    command: text("Command", { help: "Such as !shoutout.", min: 1, max: 255 }),
    args: withDefault(
      collection("Words behind it", {
        help: 'A list such as ["{{ username }}", 3], or a template that gives one: {{ args }}',
      }),
      [],
    ),
    platform: optional(
      text("Platform", { help: "Where it is run; otherwise where the execution was started.", max: 50 }),
    ),
    channel_id: optional(
      text("Channel", { help: "Otherwise the channel in which the execution was started.", max: 255 }),
    ),
    timeout_seconds: timeoutField(),
  },
  ports: { output: "The command was run", error: "It did not work, and no further attempt is made" },
  label: ({ command, args }) => {
    const words = Array.isArray(args) ? args.map((each) => shown(each, '""', 30)).join(" ") : shown(args, "", 30);
    return shorten(`${shown(command, "…", 40)} ${words}`);
  },
  reachesOutside: true,
  perform: async ({ config, outside, call, variables }) => {
    const body = {
      command: config.command,
      args: config.args.map(word),
      ...placeOf(config, variables),
    };
    const answer = await callRouter(outside, "commands", body, call, config.timeout_seconds);
    return answer.ok ? { ok: true, value: { output: answer.value } } : answer;
  },
  pretend: (config) => ({ output: { success: true, command: config.command, args: config.args.map(word) } }),
  examples: [
    {
      title: "Where the trigger was",
      config: { command: "!shoutout", args: ["{{ username }}", 3] },
      variables: { username: "ada", platform: "twitch", channel_id: "5001" },
      asks: { command: "!shoutout", args: ["ada", "3"], platform: "twitch", channel_id: "5001" },
      answer: { success: true },
      result: { output: { success: true } },
    },
    {
      title: "Hand on all words, elsewhere",
      config: { command: "!announce", args: "{{ args }}", platform: "discord", channel_id: "77" },
      variables: { args: ["live", "now"], platform: "twitch", channel_id: "5001" },
      asks: { command: "!announce", args: ["live", "now"], platform: "discord", channel_id: "77" },
      answer: { success: true, message: "done" },
      result: { output: { success: true, message: "done" } },
    },
  ],
});
