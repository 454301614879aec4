// What executions are given of the events that start them, as the node types' `gives` say.
import type { Json } from "../json.js";
import type { Command } from "./commands.js";

/** Something that happened: a line of chat that is a command, or a platform's event. */
export interface TriggerEvent {
  platform: string;
  channel_id?: string | undefined;
  user: { id: string; name: string; roles: readonly string[] };
  message?: string | undefined;
  event_type?: string | undefined;
  data?: Record<string, Json> | undefined;
}

/** Of trigger_command. */
export const commandData = ({ args }: Command, event: TriggerEvent): Record<string, Json> => ({
  username: event.user.name,
  user_id: event.user.id,
  args,
  message: event.message ?? "",
  platform: event.platform,
  channel_id: event.channel_id ?? null,
});

/** Of trigger_event; its own names stand above those of the data. */
export const eventData = (event: TriggerEvent, data = event.data ?? {}): Record<string, Json> => ({
  ...data,
  event_type: event.event_type ?? "",
  platform: event.platform,
  username: event.user.name,
  user_id: event.user.id,
  event: data,
});
