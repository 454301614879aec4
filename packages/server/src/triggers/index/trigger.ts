// A trigger as the index holds it: what it lets through, read once, and whose it is.
import { type CommandRules, type EventRules, readCommandRules, readEventRules } from "@workflow-core/core/triggers";
import type { TriggerRow } from "../../store/triggers.js";

interface Place {
  workflow_id: string;
  node_id: string;
  version: string;
  community_id: number;
  entity_id: number;
}

export interface CommandTrigger extends Place, CommandRules {
  kind: "command";
}

export interface EventTrigger extends Place, EventRules {
  kind: "event";
}

export type Trigger = CommandTrigger | EventTrigger;

/** Reads a stored trigger; undefined when its config is none that could have been published (it then starts nothing). */
export const readTrigger = (row: TriggerRow): Trigger | undefined => {
  const { workflow_id, node_id, version, community_id, entity_id, config } = row;
  const place = { workflow_id, node_id, version, community_id, entity_id };
  if (row.kind === "event") {
    const rules = readEventRules(config);
    return rules && { ...place, ...rules, kind: "event" };
  }
  const rules = readCommandRules(config);
  return rules && { ...place, ...rules, kind: "command" };
};
