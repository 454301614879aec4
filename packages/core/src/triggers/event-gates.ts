// What an event trigger asks before it starts its workflow.
import type { TriggerEvent } from "./data.js";
import type { Moment } from "./filters.js";
import { type Gate, pass, platformGate, stop } from "./gates.js";
import type { EventRules } from "./rules.js";

/** Each thing that may stop an event from starting the workflow, in the order in which they are asked. */
export const eventGates = (trigger: EventRules, event: TriggerEvent, moment: Moment): Gate[] => [
  platformGate(trigger.platforms, event.platform),
  ...trigger.filters.map((filter): Gate => {
    const reason = filter.refuses(event, moment);
    const name = `data.${filter.path}`;
    return reason === undefined ? pass(name, "holds") : stop(name, "filtered", `filtered by ${name}: ${reason}`);
  }),
];
