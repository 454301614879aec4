// A trigger as the index holds it: its config read once, ready to be asked.
import { isJsonObject, type PermissionLevel, permissionLevels } from "@workflow-core/core";
import { z } from "zod";
import type { TriggerRow } from "../../store/triggers.js";
import { bareWord, wordKey } from "../commands.js";
import { compileFilter, type Filter } from "../filters.js";

interface Place {
  workflow_id: string;
  node_id: string;
  version: string;
  community_id: number;
  entity_id: number;
  /** Under which it is found, each once. */
  keys: readonly string[];
  /** Small letters; empty means all. */
  platforms: readonly string[];
}

export interface CommandTrigger extends Place {
  kind: "command";
  /** Its name and aliases as they were drawn, without "!". */
  words: readonly string[];
  caseSensitive: boolean;
  minArgs: number;
  level: PermissionLevel;
  cooldownSeconds: number;
  userCooldownSeconds: number;
}

export interface EventTrigger extends Place {
  kind: "event";
  filters: readonly Filter[];
}

export type Trigger = CommandTrigger | EventTrigger;

/** The event type that stands for all. */
export const anyEvent = "*";

const names = z.array(z.string().min(1)).default([]);
const seconds = z.number().min(0).max(31_536_000).default(0);
const levels = Object.keys(permissionLevels) as [PermissionLevel, ...PermissionLevel[]];

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
  event_type: z.string().min(1),
  platforms: names,
  filters: z.record(z.string(), z.json()).default({}),
});

const small = (list: readonly string[]): string[] => list.map((each) => each.trim().toLowerCase());

/** Reads a stored trigger; undefined when its config is none that could have been published (it then starts nothing). */
export const readTrigger = (row: TriggerRow): Trigger | undefined => {
  const { workflow_id, node_id, version, community_id, entity_id } = row;
  const place = { workflow_id, node_id, version, community_id, entity_id };
  const config = isJsonObject(row.config) ? row.config : {};
  if (row.kind === "event") {
    const read = eventConfig.safeParse(config);
    if (!read.success) return undefined;
    const { event_type, platforms, filters } = read.data;
    return {
      ...{ ...place, kind: "event", keys: [event_type], platforms: small(platforms) },
      filters: Object.entries(filters).map(([path, drawn]) => compileFilter(path, drawn)),
    };
  }
  const read = commandConfig.safeParse(config);
  if (!read.success) return undefined;
  const { data } = read;
  const words = [data.command_name, ...data.aliases].map(bareWord);
  return {
    ...{ ...place, kind: "command", keys: [...new Set(words.map(wordKey))], platforms: small(data.platforms) },
    ...{ words, caseSensitive: data.case_sensitive, minArgs: data.min_args, level: data.permission_level },
    ...{ cooldownSeconds: data.cooldown_seconds, userCooldownSeconds: data.user_cooldown_seconds },
  };
};
