// What can happen in the practice chat: somebody writes, an event comes, a webhook is called, the clock ticks.
import type { Json } from "@workflow-core/core";
import { parseCommand } from "@workflow-core/core/triggers";
import { currentDraft } from "../builder/store.js";
import { matchCommand, matchEvent, matchPlain, type Verdict } from "./match.js";
import { start, tell, useTry } from "./store.js";

const startAll = (verdicts: Verdict[], nothing: string): void => {
  for (const { outcome, detail, trigger } of verdicts)
    if (outcome !== "started")
      tell({
        kind: "note",
        tone: "warn",
        text: `Not started: ${detail}`,
        node: trigger,
      });
  if (verdicts.length === 0) return tell({ kind: "note", tone: "warn", text: nothing });
  const [first, ...queue] = verdicts.filter(({ outcome }) => outcome === "started");
  if (!first) return;
  useTry.setState({ queue });
  start(first);
};

/** Somebody writes in chat. */
export const say = (text: string): void => {
  const { person, platform, held, clock } = useTry.getState();
  tell({ kind: "said", person, platform, text });
  const command = parseCommand(text);
  if (command === undefined) return;
  startAll(
    matchCommand(currentDraft(), text, person, platform, held, clock),
    `No command of this workflow is called “${command.written}”.`,
  );
};

export const fireEvent = (eventType: string, payload: Record<string, Json>): void => {
  const { person, platform } = useTry.getState();
  tell({ kind: "happened", title: `${eventType} on ${platform}`, data: payload });
  startAll(
    matchEvent(currentDraft(), eventType, payload, person, platform),
    `No trigger of this workflow waits for “${eventType}”.`,
  );
};

export const fireWebhook = (payload: Json): void => {
  tell({ kind: "happened", title: "Webhook is called", data: payload });
  const data = {
    payload,
    headers: { "content-type": "application/json" },
    webhook: { id: "practice", name: "Practice" },
  };
  startAll(matchPlain(currentDraft(), "trigger_webhook", data), "This workflow has no webhook trigger.");
};

export const tickClock = (time: string): void => {
  tell({ kind: "happened", title: "The clock ticks", data: { scheduled_time: time } });
  startAll(matchPlain(currentDraft(), "trigger_schedule", { scheduled_time: time }), "This workflow has no schedule.");
};
