// What started an execution, in a few words, and the data that it was started with.
import { isJsonObject, type Json } from "@workflow-core/core";
import type { Execution, ExecutionSummary } from "../api/types.js";

const text = (value: Json | undefined): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

export const triggerWords = ({ trigger }: Pick<ExecutionSummary, "trigger">): string => {
  if (!isJsonObject(trigger)) return text(trigger) ?? "–";
  const said = text(trigger.message) ?? text(trigger.command) ?? text(trigger.event_type) ?? text(trigger.name);
  return [text(trigger.source), said ?? text(trigger.node_id)].filter(Boolean).join(" · ") || "–";
};

/** What the trigger gave: the data of its node. */
export const triggerData = ({ trigger, node_states }: Execution): Json => {
  const node = isJsonObject(trigger) ? text(trigger.node_id) : undefined;
  return (node !== undefined && node_states?.[node]?.output_data) || {};
};
