// Keeps the deliveries of webhooks and their statistics up to date without being in anybody's way.
//
// 1. Calls that were taken are written down together (record-line.ts); their callers wait for it a moment at most.
// 2. Refused calls are counted (refusal-counts.ts) and written once a second.
// 3. What is told here is for people to read: when it cannot be written, nothing else fails.
import { randomUUID } from "node:crypto";
import type { Clock } from "../clock.js";
import type { Log } from "../log.js";
import type { Database } from "../store/database.js";
import {
  type DeliveryOutcome,
  type DeliveryRecord,
  recordDeliveries,
  trimDeliveries,
} from "../store/webhook-deliveries.js";
import type { CalledWebhook } from "../store/webhooks.js";
import { recordLine } from "./record-line.js";
import { refusalCounts } from "./refusal-counts.js";

export interface WebhookRecords {
  /** A call that was signed and answered; resolves when that is written, or soon. */
  taken(webhook: CalledWebhook, taken: Taken): Promise<void>;
  refused(webhook: CalledWebhook, code: string, detail: string): void;
  /** Writes what has not been written yet. */
  flush(): Promise<void>;
}

export interface Taken {
  outcome: Exclude<DeliveryOutcome, "refused">;
  deliveryId: string | undefined;
  executionId?: string;
  /** Of a challenge. */
  detail?: string;
}

export interface WebhookRecordsOptions {
  database: Database;
  clock: Clock;
  log: Pick<Log, "authz">;
}

const refusalsEveryMs = 1000;
/** A webhook's rows are trimmed when so many have come. */
const trimEvery = 20;
const mostCounted = 10_000;

export function webhookRecords({ database, clock, log }: WebhookRecordsOptions): WebhookRecords {
  const write = deliveryWriter(database);
  const line = recordLine(clock, write);
  const refusals = refusalCounts({ clock, log });
  let stopTimer: (() => void) | undefined;

  const flush = async (): Promise<void> => {
    stopTimer?.();
    stopTimer = undefined;
    await Promise.all([line.flush(), write(refusals.take())]);
  };

  return {
    taken: ({ webhook_id }, { outcome, deliveryId, executionId, detail = null }) =>
      line.add({
        webhook_id,
        entry: randomUUID(),
        at: clock.now(),
        outcome,
        code: null,
        detail,
        calls: 1,
        delivery_id: deliveryId ?? null,
        execution_id: executionId ?? null,
      }),
    refused(webhook, code, detail) {
      refusals.add(webhook, code, detail);
      stopTimer ??= clock.setTimer(refusalsEveryMs, () => void flush());
    },
    flush,
  };
}

/** Writes records and keeps their number bounded. Never rejects (3). */
function deliveryWriter(database: Database): (records: readonly DeliveryRecord[]) => Promise<void> {
  const untrimmed = new Map<string, number>();
  const due = (records: readonly DeliveryRecord[]): string[] => {
    const webhookIds = new Set<string>();
    for (const { webhook_id } of records) {
      const count = (untrimmed.get(webhook_id) ?? trimEvery - 1) + 1; // at once when this process has just begun
      untrimmed.set(webhook_id, count % trimEvery);
      if (count >= trimEvery) webhookIds.add(webhook_id);
    }
    if (untrimmed.size > mostCounted) untrimmed.clear();
    return [...webhookIds];
  };
  return async (records) => {
    if (records.length === 0) return;
    try {
      await recordDeliveries(database, records);
      const webhookIds = due(records);
      if (webhookIds.length > 0) await trimDeliveries(database, webhookIds);
    } catch {
      // The calls themselves have been answered, or will be.
    }
  };
}
