// Why an event starts nothing: what event triggers are asked.
import { didYouMean, type Json } from "@workflow-core/core";
import { anyEvent, eventGates, type Gate } from "@workflow-core/core/triggers";
import type { EventTrigger } from "./index/trigger.js";
import type { Asked } from "./question.js";

/** The question about an event; without its data, what filters would say is not known. */
export const eventQuestion = (eventType: string, data: Record<string, Json> | undefined): Asked<EventTrigger> => ({
  ...{ written: `The event ${eventType}`, kind: "event" },
  means: ({ keys }) => keys.includes(eventType) || keys.includes(anyEvent),
  gates: async (_database, trigger, person) => {
    const { community_id, entity_id } = trigger;
    const user = { id: person?.id ?? "", name: person?.name ?? "", roles: [...(person?.roles ?? [])] };
    const platform = person?.platform ?? "";
    const event = { delivery_id: "", type: "event", platform, entity_id, community_id, user } as const;
    const moment = { now: Date.now(), random: Math.random };
    const gates = eventGates(trigger, { ...event, event_type: eventType, data: data ?? {} }, moment);
    return data === undefined ? gates.map(filterUnknown) : gates;
  },
  logged: () => [eventType.toLowerCase()],
  nothing: (known) => {
    const types = new Set(known.flatMap(({ keys }) => keys));
    return `No workflow here listens to the event ${eventType}${didYouMean(eventType, types) || "."}`;
  },
});

const filterUnknown = (gate: Gate): Gate =>
  gate.gate.startsWith("data.")
    ? { gate: gate.gate, verdict: "unknown", detail: `filtered by ${gate.gate}; the event's data are not known` }
    : gate;
