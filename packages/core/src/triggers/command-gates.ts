// What a command trigger asks before it starts its workflow. Cooldowns are asked last and elsewhere (cooldowns.ts):
// to ask them is to take them.
import { permissionLevels } from "../nodes/trigger_command.js";
import { type Command, seenWord } from "./commands.js";
import { type Gate, pass, platformGate, stop } from "./gates.js";
import { levelOf } from "./roles.js";
import type { CommandRules } from "./rules.js";

/**
 * Each thing that may stop a command whose word is one of the trigger's keys, cooldowns apart, in the order in which
 * they are asked.
 */
export const commandGates = (
  trigger: CommandRules,
  { word, args }: Command,
  event: { platform: string; roles: readonly string[] | undefined },
): Gate[] => [
  wordGate(trigger, word),
  platformGate(trigger.platforms, event.platform),
  args.length >= trigger.minArgs
    ? pass("min_args", `${args.length} words behind the command, ${trigger.minArgs} needed`)
    : stop(
        "min_args",
        "filtered",
        `filtered by min_args: needs ${trigger.minArgs} ${trigger.minArgs === 1 ? "word" : "words"} behind the command, got ${args.length}`,
      ),
  permissionGate(trigger, event),
];

/** Capital letters may matter. */
const wordGate = ({ caseSensitive, words }: CommandRules, word: string): Gate => {
  const shown = words.map((each) => `!${each}`).join(", ");
  return !caseSensitive || words.some((each) => seenWord(each) === seenWord(word))
    ? pass("command", `means ${shown}`)
    : stop("command", "filtered", `filtered by case_sensitive: capital letters matter, it is ${shown}`);
};

const permissionGate = (
  { level }: CommandRules,
  { roles, platform }: { roles: readonly string[] | undefined; platform: string },
): Gate => {
  if (level === "everyone") return pass("permission", "everyone may use it");
  if (roles === undefined)
    return { gate: "permission", verdict: "unknown", detail: `needs ${level}; the person's roles are not known` };
  const has = levelOf(roles, platform);
  return permissionLevels[has] >= permissionLevels[level]
    ? pass("permission", `needs ${level}, the person is ${has}`)
    : stop("permission", "not_permitted", `needs ${level}`);
};
