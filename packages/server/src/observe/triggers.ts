// Counts what became of what triggers were asked: commands and events, schedules, webhooks.
import type { TriggerLine } from "../store/trigger-log.js";
import type { Webhooks } from "../triggers/webhooks.js";
import type { Metrics } from "./metrics.js";

/** Notes a line of a schedule, and counts it. */
export const countSchedules =
  (metrics: Metrics, note: (line: TriggerLine) => void) =>
  (line: TriggerLine): void => {
    metrics.triggers.of("schedule", line.outcome).add();
    note(line);
  };

/** Webhooks whose calls are counted. */
export const countWebhooks = (metrics: Metrics, webhooks: Webhooks): Webhooks => ({
  ...webhooks,
  receive: async (webhook, call) => {
    const received = await webhooks.receive(webhook, call);
    const accepted = received.executionId === undefined ? "challenge" : received.duplicate ? "duplicate" : "accepted";
    metrics.triggers.of("webhook", accepted).add();
    return received;
  },
  refused: (webhook, error) => {
    metrics.triggers.of("webhook", "refused").add();
    webhooks.refused(webhook, error);
  },
});
