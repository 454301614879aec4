// Why a command does not answer: what command triggers are asked.
import { didYouMean } from "@workflow-core/core";
import {
  type Command,
  commandGates,
  cooldownDetail,
  cooldownKeys,
  type Gate,
  pass,
  stop,
  wordKey,
} from "@workflow-core/core/triggers";
import { heldCooldowns } from "../store/cooldowns.js";
import type { Database } from "../store/database.js";
import type { CommandTrigger } from "./index/trigger.js";
import type { Asked, Person } from "./question.js";

/** The question about a command. */
export const commandQuestion = (command: Command): Asked<CommandTrigger> => ({
  ...{ written: command.written, kind: "command" },
  means: ({ keys }) => keys.includes(wordKey(command.word)),
  gates: async (database, trigger, person) => [
    ...commandGates(trigger, command, { platform: person?.platform ?? "", roles: person?.roles ?? undefined }),
    ...(await cooldownGates(database, trigger, person)),
  ],
  logged: (meant) =>
    [command.word, ...meant.flatMap(({ keys }) => keys)].map(wordKey).flatMap((word) => [`!${word}`, `/${word}`]),
  nothing: (known) => {
    const words = new Set(known.flatMap((trigger) => trigger.words.map((each) => `!${each}`)));
    return `No workflow here has the command ${command.written}${didYouMean(`!${command.word}`, words) || "."}`;
  },
});

const cooldownGates = async (database: Database, trigger: CommandTrigger, person: Person | null): Promise<Gate[]> => {
  const { cooldownSeconds, userCooldownSeconds } = trigger;
  const known = person !== null && person.id !== null && person.platform !== null;
  const keys = cooldownKeys(trigger.workflow_id, { platform: person?.platform ?? "", id: person?.id ?? "" });
  const wanted = [
    ...(cooldownSeconds > 0 ? [keys.workflow] : []),
    ...(userCooldownSeconds > 0 && known ? [keys.user] : []),
  ];
  if (wanted.length === 0 && userCooldownSeconds === 0) return [];
  const held = wanted.length === 0 ? [] : await heldCooldowns(database.primary, wanted);
  const gate = (name: string, key: string, seconds: number): Gate => {
    const mine = held.filter((each) => each.key === key);
    if (mine.length > 0) return stop(name, "cooldown", cooldownDetail(mine, person?.name ?? ""));
    return pass(name, `${seconds} s, over`);
  };
  const userGate: Gate = known
    ? gate("user_cooldown", keys.user, userCooldownSeconds)
    : {
        gate: "user_cooldown",
        verdict: "unknown",
        detail: `${userCooldownSeconds} s per person; the person is not known`,
      };
  return [
    ...(cooldownSeconds > 0 ? [gate("cooldown", keys.workflow, cooldownSeconds)] : []),
    ...(userCooldownSeconds > 0 ? [userGate] : []),
  ];
};
