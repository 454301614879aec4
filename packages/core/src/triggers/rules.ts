// What a trigger lets through, read once from its config and ready to be asked: by the server of published workflows, by
// the try panel of what is drawn.
import { z } from "zod";
import { jsonSchema } from "../json-schema.js";
import { type PermissionLevel, permissionLevels } from "../nodes/trigger_command.js";
import { bareWord, wordKey } from "./commands.js";
import { compileFilter, type Filter } from "./filters.js";

interface Rules {
  /** Under which it is found, each once. */
  keys: readonly string[];
  /** Small letters; empty means all. */
  platforms: readonly string[];
}

export interface CommandRules extends Rules {
  /** Its name and aliases as they were drawn, without "!". */
  words: readonly string[];
  caseSensitive: boolean;
  minArgs: number;
  level: PermissionLevel;
  cooldownSeconds: number;
  userCooldownSeconds: number;
}

export interface EventRules extends Rules {
  filters: readonly Filter[];
}

/** The event type that stands for all. */
export const anyEvent = "*";

const names = z.array(z.string().min(1)).default([]);
const seconds = z.number().min(0).max(31_536_000).default(0);
const levels = Object.keys(permissionLevels) as [PermissionLevel, ...PermissionLevel[]]; // an object's keys, and it has some

const commandConfig = z.object({
  command_name: z.string().min(1),
  aliases: names,
  platforms: names,
  permission_level: z.enum(levels).default("everyone"),
  cooldown_seconds: seconds,
  user_cooldown_seconds: seconds,
  min_args: z.number().min(0).default(0),
  case_sensitive: z.boolean().default(false),
});

const eventConfig = z.object({
  event_type: z.string().trim().min(1),
  platforms: names,
  filters: z.record(z.string(), jsonSchema).default({}),
});

const small = (list: readonly string[]): string[] => list.map((each) => each.trim().toLowerCase());

/** Reads the config of a trigger_command; undefined when it is none that could be published (it then starts nothing). */
export const readCommandRules = (config: unknown): CommandRules | undefined => {
  const read = commandConfig.safeParse(config);
  if (!read.success) return undefined;
  const { data } = read;
  const words = [data.command_name, ...data.aliases].map(bareWord);
  return {
    ...{ keys: [...new Set(words.map(wordKey))], platforms: small(data.platforms) },
    ...{ words, caseSensitive: data.case_sensitive, minArgs: data.min_args, level: data.permission_level },
    ...{ cooldownSeconds: data.cooldown_seconds, userCooldownSeconds: data.user_cooldown_seconds },
  };
};

/** Reads the config of a trigger_event; undefined as for commands. */
export const readEventRules = (config: unknown): EventRules | undefined => {
  const read = eventConfig.safeParse(config);
  if (!read.success) return undefined;
  const { event_type, platforms, filters } = read.data;
  return {
    ...{ keys: [event_type], platforms: small(platforms) },
    filters: Object.entries(filters).map(([path, drawn]) => compileFilter(path, drawn)),
  };
};
