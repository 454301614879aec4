import { listOf, pairs, plain, value, withDefault } from "../config/fields.js";
import type { Json } from "../json.js";
import { trigger } from "../node.js";
import { shown } from "./words.js";

/** What the usual events bring along: for samples and for completion while drawing. */
const usualData: Readonly<Record<string, Record<string, Json>>> = {
  follow: { followed_at: "2026-01-31T18:00:00Z" },
  subscription: { tier: "1", months: 3, is_gift: false },
  raid: { from: "grace", viewers: 42 },
  cheer: { bits: 100, message: "well played" },
  donation: { amount: 5, currency: "EUR", message: "thank you" },
};

const dataOf = (eventType: unknown): Record<string, Json> =>
  typeof eventType === "string" && Object.hasOwn(usualData, eventType) ? (usualData[eventType] ?? {}) : {};

/** The first name of a path: from in from.name, or undefined when it is not one. */
const firstName = (path: string): string | undefined => /^[\p{L}_$][\p{L}\p{N}_$]*/u.exec(path)?.[0];

export const triggerEvent = trigger({
  type: "trigger_event",
  category: "trigger",
  title: "Platform event",
  icon: "zap",
  summary: "Starts when something happens on a platform: a follow, a raid, a donation.",
  details:
    "Every value of the event's data becomes a variable of its name, so a raid's viewers are {{ viewers }}; the whole " +
    "data are in event. All filters must hold: each compares the value at its path, strictly by type, with what is written " +
    "beside it. A template that gives true or false is a condition, such as {{ viewers >= 10 }}. The event * means any.",
  config: {
    event_type: plain("Event", { help: "Its name as the platform's adapter sends it, such as raid." }),
    platforms: withDefault(
      listOf("Platforms", plain("Platform", { max: 50 }), {
        help: "Only from these; empty means all.",
        max: 50,
        widget: "names",
      }),
      [],
    ),
    filters: withDefault(
      pairs("Filters", value("Must be", { help: "A value, or an expression in {{ }}." }), {
        help: "Path in the event's data, and what must be there.",
      }),
      {},
    ),
  },
  ports: { output: "The event happened" },
  gives: {
    event_type: "Name of the event",
    platform: "Where it happened, such as twitch",
    username: "Name of the person it is about",
    user_id: "Their id on the platform",
    event: "The event's data as one object",
  },
  label: ({ event_type, platforms }) => {
    const where =
      Array.isArray(platforms) && platforms.length > 0
        ? ` on ${shown(platforms.map((each) => shown(each)).join(", "), "…", 30)}`
        : "";
    return `when ${shown(event_type, "something happens", 40)}${where}`;
  },
  sets: ({ event_type, filters }) => {
    const paths = typeof filters === "object" && filters !== null ? Object.keys(filters) : [];
    const names = [...Object.keys(dataOf(event_type)), ...paths.map(firstName)];
    return [...new Set(names.filter((each) => each !== undefined))];
  },
  sample: ({ event_type, platforms }) => {
    const platform = Array.isArray(platforms) ? platforms[0] : undefined;
    const data = dataOf(event_type);
    return {
      ...data,
      event_type: shown(event_type, "follow", 255),
      platform: typeof platform === "string" ? platform : "twitch",
      username: "ada",
      user_id: "1001",
      event: data,
    };
  },
  examples: [
    {
      title: "A raid",
      config: { event_type: "raid" },
      result: {
        output: {
          from: "grace",
          viewers: 42,
          event_type: "raid",
          platform: "twitch",
          username: "ada",
          user_id: "1001",
          event: { from: "grace", viewers: 42 },
        },
      },
    },
    {
      title: "Reactions with a star, on Discord only",
      config: { event_type: "reaction", platforms: ["discord"], filters: { "emoji.name": "star" } },
      result: { output: { event_type: "reaction", platform: "discord", username: "ada", user_id: "1001", event: {} } },
    },
  ],
});
