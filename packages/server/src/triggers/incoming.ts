// What comes in from chat platforms: a command that somebody wrote, or something that happened. One or a batch.
import { inputWords, jsonSchema } from "@workflow-core/core";
import { z } from "zod";

const mostEvents = 500;
const id = z.int().min(0).max(2_147_483_647);
const word = (max: number) => z.string().trim().min(1).max(max);

export const incomingSchema = z
  .strictObject({
    delivery_id: z.string().min(1).max(255).meta({ description: "The same one starts a workflow only once." }),
    type: z.enum(["command", "event"]),
    platform: word(50).meta({ description: "twitch, discord, slack, youtube, kick or another." }),
    entity_id: id,
    community_id: id,
    channel_id: z.string().max(255).optional(),
    user: z.strictObject({
      id: word(255),
      name: word(255),
      roles: z.array(z.string().max(100)).max(250),
    }),
    message: z.string().max(40_000).optional().meta({ description: "Of a command: the whole message, !hug @ada." }),
    event_type: word(255).optional().meta({ description: "Of an event: its name, such as raid." }),
    data: z.record(z.string(), jsonSchema).optional(),
    at: z.iso.datetime({ offset: true }).optional(),
  })
  .superRefine(({ type, message, event_type }, context) => {
    const path = type === "command" ? "message" : "event_type";
    const given = type === "command" ? message : event_type;
    if (given === undefined)
      context.addIssue({ code: "custom", path: [path], message: `is required when type is ${type}` });
  });

export type IncomingEvent = z.infer<typeof incomingSchema>;

const batchSchema = z.strictObject({ events: z.array(incomingSchema).min(1).max(mostEvents) });

/** What POST /events takes. A mistake is named with the event's place: events[3].user.id. */
export const incomingBody = z
  .record(z.string(), z.unknown())
  .transform((body, context): { events: IncomingEvent[]; batch: boolean } => {
    const batch = Object.hasOwn(body, "events");
    const words = { error: inputWords };
    const result = batch ? batchSchema.safeParse(body, words) : incomingSchema.safeParse(body, words);
    if (result.success) return { events: "events" in result.data ? result.data.events : [result.data], batch };
    for (const issue of result.error.issues) {
      const [unknown] = issue.code === "unrecognized_keys" ? issue.keys : [];
      const path = unknown === undefined ? issue.path : [...issue.path, unknown];
      const message = unknown === undefined ? issue.message : "is not known here";
      context.addIssue({ code: "custom", path, message });
    }
    return z.NEVER;
  })
  .meta({ description: 'One event, or `{"events": [event, …]}` with 1 to 500 of them.' });
