// What became of webhook calls, for the trigger log: the same words as for commands, events and schedules.
//
// 1. Only calls that passed the signature are noted, so that nobody outside can fill the log.
// 2. Of a webhook's calls over its limit one a minute is noted; all of them are counted with its deliveries.
import type { Clock } from "../clock.js";
import { isAppError } from "../errors.js";
import { OverlapError } from "../execution/overlap.js";
import type { TriggerLine } from "../store/trigger-log.js";
import type { CalledWebhook } from "../store/webhooks.js";

export interface WebhookNotes {
  /** An execution that is stored. */
  taken(
    webhook: CalledWebhook,
    started: { executionId: string; duplicate: boolean; deliveryId?: string | undefined },
  ): void;
  /** A call that was refused though it was signed; what is repeated by its sender (503) is no outcome. */
  refused(webhook: CalledWebhook, error: unknown, deliveryId?: string): void;
}

const limitEveryMs = 60_000;
const mostRemembered = 10_000;

/** Makes lines for the trigger log. */
export function webhookNotes(clock: Clock, note: (line: TriggerLine) => void): WebhookNotes {
  /** When a webhook's limit may be noted again, monotonic milliseconds. */
  const limits = new Map<string, number>();
  const lineOf = ({ webhook_id, workflow_id, community_id, name }: CalledWebhook, deliveryId: string | undefined) => ({
    ...{ at: new Date(clock.now()).toISOString(), community_id, workflow_id, node_id: "", trigger: name },
    ...{ platform: "webhook", user_id: webhook_id, user_name: "", roles: [], delivery_id: deliveryId ?? "" },
  });
  const limitIsNews = (webhookId: string): boolean => {
    const now = clock.monotonic();
    if ((limits.get(webhookId) ?? 0) > now) return false;
    if (limits.size >= mostRemembered) limits.clear();
    limits.set(webhookId, now + limitEveryMs);
    return true;
  };
  return {
    taken: (webhook, { executionId, duplicate, deliveryId }) =>
      note({
        ...lineOf(webhook, deliveryId),
        ...{ outcome: duplicate ? "duplicate" : "started", detail: null, execution_id: executionId },
      }),
    refused(webhook, error, deliveryId) {
      if (!isAppError(error) || error.status >= 500) return;
      const { code, message } = error;
      const limit = error instanceof OverlapError || code === "PAYMENT_REQUIRED" || code === "RATE_LIMIT_EXCEEDED";
      if (code === "RATE_LIMIT_EXCEEDED" && !limitIsNews(webhook.webhook_id)) return;
      const named = code === "PAYMENT_REQUIRED" ? `limit licence: ${message}` : message;
      const detail = code === "RATE_LIMIT_EXCEEDED" ? `limit rate_limit_max: ${message}` : named;
      note({ ...lineOf(webhook, deliveryId), outcome: limit ? "limit" : "filtered", detail, execution_id: null });
    },
  };
}
