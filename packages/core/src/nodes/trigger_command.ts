import { choice, fixedFlag, fixedNumber, listOf, plain, withDefault } from "../config/fields.js";
import { trigger } from "../node.js";
import { shown } from "./words.js";

/** Who may use a command: each level includes those above it. */
export const permissionLevels = { everyone: 0, subscriber: 1, vip: 2, moderator: 3, owner: 4 } as const;
export type PermissionLevel = keyof typeof permissionLevels;

/** A command's name without the "!" that people may or may not write before it. */
export const commandWord = (name: string): string => (name.startsWith("!") ? name.slice(1) : name);

const commandName = (title: string, help: string) =>
  plain(title, { help, max: 100, pattern: /^(?!!$)\S+$/, mismatch: "must be one word, such as hug or !hug" });

const cooldown = (title: string, help: string) => withDefault(fixedNumber(title, { help, max: 31_536_000 }), 0);

export const triggerCommand = trigger({
  type: "trigger_command",
  category: "trigger",
  title: "Chat command",
  icon: "square-terminal",
  summary: "Starts when somebody writes a command in chat, such as !hug.",
  details:
    "A message that does not start the workflow leaves a line in the trigger log that says why: wrong platform, not " +
    "permitted, too few words, other capital letters where they matter, or still cooling down. Cooldowns count from the last start of this workflow.",
  config: {
    command_name: commandName("Command", "One word; the ! before it may be left out."),
    aliases: withDefault(
      listOf("Other names", commandName("Name", "Starts the workflow as well."), { max: 50, widget: "names" }),
      [],
    ),
    platforms: withDefault(
      listOf("Platforms", plain("Platform", { max: 50 }), {
        help: "Only on these, such as twitch; empty means everywhere.",
        max: 50,
        widget: "names",
      }),
      [],
    ),
    permission_level: withDefault(
      choice("Who may use it", ["everyone", "subscriber", "vip", "moderator", "owner"], {
        help: "This level and all above it.",
      }),
      "everyone",
    ),
    cooldown_seconds: cooldown("Cooldown", "Seconds until anybody may use it again."),
    user_cooldown_seconds: cooldown("Cooldown per person", "Seconds until the same person may use it again."),
    min_args: withDefault(
      fixedNumber("At least so many words", { help: "Words behind the command.", max: 100, int: true }),
      0,
    ),
    case_sensitive: withDefault(fixedFlag("Capital letters matter", { help: "When on, !Hug is not !hug." }), false),
  },
  ports: { output: "The command was used" },
  gives: {
    username: "Name of the person who wrote it",
    user_id: "Their id on the platform",
    args: "The words behind the command, as a list of text",
    message: "The whole message",
    platform: "Where it was written, such as twitch",
    channel_id: "The channel it was written in",
  },
  label: ({ command_name }) => `!${commandWord(shown(command_name, "…", 40))}`,
  sample: ({ command_name, platforms, min_args }) => {
    const count = typeof min_args === "number" ? Math.min(Math.max(min_args, 1), 100) : 1;
    const args = ["@grace", "2", "blue", "now", "please"].slice(0, count);
    while (args.length < count) args.push(`word${args.length + 1}`);
    const platform = Array.isArray(platforms) ? platforms[0] : undefined;
    return {
      username: "ada",
      user_id: "1001",
      args,
      message: `!${commandWord(shown(command_name, "hug", 100))} ${args.join(" ")}`,
      platform: typeof platform === "string" ? platform : "twitch",
      channel_id: "5001",
    };
  },
  examples: [
    {
      title: "A command for everyone",
      config: { command_name: "!hug" },
      result: {
        output: {
          username: "ada",
          user_id: "1001",
          args: ["@grace"],
          message: "!hug @grace",
          platform: "twitch",
          channel_id: "5001",
        },
      },
    },
    {
      title: "Two words at least, for moderators, once in ten seconds",
      config: {
        command_name: "poll",
        aliases: ["vote"],
        platforms: ["discord"],
        permission_level: "moderator",
        cooldown_seconds: 10,
        min_args: 2,
      },
      result: {
        output: {
          username: "ada",
          user_id: "1001",
          args: ["@grace", "2"],
          message: "!poll @grace 2",
          platform: "discord",
          channel_id: "5001",
        },
      },
    },
  ],
});
