// What executions are given of the events that start them, as the node types' `gives` say.
import type { Json } from "@workflow-core/core";
import type { Command } from "./commands.js";
import type { IncomingEvent } from "./incoming.js";

/** Of trigger_command. */
export const commandData = ({ args }: Command, event: IncomingEvent): Record<string, Json> => ({
  username: event.user.name,
  user_id: event.user.id,
  args,
  message: event.message ?? "",
  platform: event.platform,
  channel_id: event.channel_id ?? null,
});

/** Of trigger_event; its own names stand above those of the data. */
export const eventData = (event: IncomingEvent, data = event.data ?? {}): Record<string, Json> => ({
  ...data,
  event_type: event.event_type ?? "",
  platform: event.platform,
  username: event.user.name,
  user_id: event.user.id,
  event: data,
});
