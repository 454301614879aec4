// What the actions of an execution were answered, in the form in which the try panel pins answers.
import { isFinal, nodeType } from "@workflow-core/core";
import type { Draft, Execution } from "../api/types.js";
import type { Pin, Pins } from "../practice/outside.js";

/** What these give is about what they sent, not what they were answered; nobody reads it further on. */
const tellOfThemselves: ReadonlySet<string> = new Set(["action_chat_message", "action_browser_source", "action_delay"]);

/** By node, of its last visit. */
export const answersOf = (drawing: Draft, execution: Execution): Pins => {
  const pins = Object.entries(execution.node_states ?? {}).flatMap(([id, state]): [string, Pin][] => {
    const type = drawing.nodes[id]?.node_type ?? "";
    if (nodeType(type)?.behaviour !== "action" || tellOfThemselves.has(type)) return [];
    if (state.status === "completed") return [[id, { ok: true, value: state.output_data }]];
    return state.status === "failed" && isFinal(execution.status)
      ? [[id, { ok: false, message: state.error ?? "It failed" }]]
      : [];
  });
  return Object.fromEntries(pins);
};
