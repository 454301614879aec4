// Refused calls of webhooks, counted in memory: one record per webhook, reason and minute, so that strangers can make
// neither rows nor lines of the log without limit.
import type { Clock } from "../clock.js";
import { cut } from "../errors.js";
import type { Log } from "../log.js";
import type { DeliveryRecord } from "../store/webhook-deliveries.js";
import type { CalledWebhook } from "../store/webhooks.js";

export interface RefusalCounts {
  add(webhook: CalledWebhook, code: string, detail: string): void;
  /** What was counted since the last time. */
  take(): DeliveryRecord[];
}

/** Of a reason no more characters are kept. */
const longestDetail = 500;

/** Counts; the first refusal of its kind in a minute is told to the log. */
export function refusalCounts({ clock, log }: { clock: Clock; log: Pick<Log, "authz"> }): RefusalCounts {
  const counted = new Map<string, DeliveryRecord>();
  let told = { minute: "", keys: new Set<string>() };

  const tellOnce = (key: string, minute: string, webhook: CalledWebhook, code: string, detail: string): void => {
    if (told.minute !== minute) told = { minute, keys: new Set() };
    if (told.keys.has(key)) return;
    told.keys.add(key);
    const { webhook_id, workflow_id, community_id: community } = webhook;
    const message = `Calls of a webhook are refused (${code}): ${detail}. Told once a minute.`;
    log.authz("webhook_refused", { community, workflow_id, webhook_id, code, result: "DENIED", message });
  };

  return {
    add(webhook, code, reason) {
      const { webhook_id } = webhook;
      const now = clock.now();
      const minute = new Date(now).toISOString().slice(0, 16);
      const entry = `${code} ${minute}`;
      const key = `${webhook_id} ${entry}`;
      const detail = cut(reason, longestDetail);
      const calls = (counted.get(key)?.calls ?? 0) + 1;
      counted.set(key, {
        ...{ webhook_id, entry, at: now, outcome: "refused", code, detail, calls },
        ...{ delivery_id: null, execution_id: null },
      });
      tellOnce(key, minute, webhook, code, detail);
    },
    take() {
      const records = [...counted.values()];
      counted.clear();
      return records;
    },
  };
}
