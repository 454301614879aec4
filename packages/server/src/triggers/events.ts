// Platform events: what an event trigger asks before it starts its workflow, and under which names it is found.
import { type Gate, pass, platformGate, stop } from "./gates.js";
import type { IncomingEvent } from "./incoming.js";
import type { EventTrigger } from "./index/trigger.js";

/** Each thing that may stop an event from starting the workflow, in the order in which they are asked. */
export const eventGates = (trigger: EventTrigger, event: IncomingEvent, now: number): Gate[] => [
  platformGate(trigger.platforms, event.platform),
  ...trigger.filters.map((filter): Gate => {
    const reason = filter.refuses(event, now);
    const name = `data.${filter.path}`;
    return reason === undefined ? pass(name, "holds") : stop(name, "filtered", `filtered by ${name}: ${reason}`);
  }),
];
