// What became of the calls of webhooks: the newest hundred that were taken, the newest hundred reasons for which calls
// were refused (one row per reason and minute, however many calls), and the statistics of the webhook itself.
import { type Database, iso, unsynced } from "./database.js";
import { retryConflicts } from "./database-failure.js";

export const deliveryOutcomes = ["accepted", "duplicate", "challenge", "refused"] as const;
export type DeliveryOutcome = (typeof deliveryOutcomes)[number];

export interface Delivery {
  /** ISO-8601; of refused calls, the last one's. */
  at: string;
  outcome: DeliveryOutcome;
  /** Of a refusal: the error code. */
  code: string | null;
  /** Of a refusal: the reason of the last call; of a challenge: what the sender asked or told. For people. */
  detail: string | null;
  /** Calls that this row stands for: 1, or those refused for this reason in this minute. */
  calls: number;
  delivery_id: string | null;
  execution_id: string | null;
}

export interface DeliveryRecord extends Omit<Delivery, "at"> {
  webhook_id: string;
  /** Records of the same entry become one row. */
  entry: string;
  /** ms since 1970 */
  at: number;
}

/** Of either kind, taken and refused, so many are kept per webhook. */
const kept = 100;

/** Writes down what became of calls. Webhooks that are gone by now are left out. */
export async function recordDeliveries({ primary }: Database, records: readonly DeliveryRecord[]): Promise<void> {
  const column = <T>(value: (record: DeliveryRecord) => T): T[] => records.map(value);
  // The rows are held in one order by everybody, so that two batches never wait for each other.
  await retryConflicts(() =>
    primary.query({
      name: "webhook-deliveries-record",
      text: `WITH new AS (SELECT * FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::text[],
            $7::integer[], $8::text[], $9::uuid[]) AS n(webhook_id, entry, at, outcome, code, detail, calls, delivery_id, execution_id)),
          held AS MATERIALIZED (SELECT webhook_id FROM workflow_webhooks WHERE webhook_id = ANY($1) ORDER BY webhook_id FOR NO KEY UPDATE),
          started AS (SELECT webhook_id, count(*)::integer AS calls, max(at) AS at, (array_agg(execution_id ORDER BY at DESC))[1] AS execution_id
            FROM new JOIN held USING (webhook_id) WHERE outcome = 'accepted' GROUP BY webhook_id),
          counted AS (UPDATE workflow_webhooks AS h SET trigger_count = coalesce(h.trigger_count, 0) + s.calls,
              last_triggered_at = greatest(h.last_triggered_at, s.at AT TIME ZONE 'UTC'),
              last_execution_id = CASE WHEN h.last_triggered_at > s.at AT TIME ZONE 'UTC' THEN h.last_execution_id ELSE s.execution_id END
            FROM started AS s WHERE h.webhook_id = s.webhook_id)
        INSERT INTO workflow_webhook_deliveries AS d (webhook_id, entry, at, outcome, code, detail, calls, delivery_id, execution_id)
        SELECT new.* FROM ${unsynced}, new JOIN held USING (webhook_id) ORDER BY webhook_id, entry
        ON CONFLICT (webhook_id, entry) DO UPDATE SET calls = d.calls + excluded.calls, at = greatest(d.at, excluded.at), detail = excluded.detail`,
      values: [
        column(({ webhook_id }) => webhook_id),
        column(({ entry }) => entry),
        column(({ at }) => new Date(at).toISOString()),
        column(({ outcome }) => outcome),
        column(({ code }) => code),
        column(({ detail }) => detail),
        column(({ calls }) => calls),
        column(({ delivery_id }) => delivery_id),
        column(({ execution_id }) => execution_id),
      ],
    }),
  );
}

/** Removes all but the newest hundred of either kind. */
export async function trimDeliveries({ primary }: Database, webhookIds: readonly string[]): Promise<void> {
  await retryConflicts(() =>
    primary.query(
      `DELETE FROM workflow_webhook_deliveries AS d USING (
         SELECT webhook_id, entry, row_number() OVER (PARTITION BY webhook_id, outcome = 'refused' ORDER BY at DESC, entry) AS place
         FROM workflow_webhook_deliveries WHERE webhook_id = ANY($1::uuid[])) AS p, ${unsynced}
       WHERE d.webhook_id = p.webhook_id AND d.entry = p.entry AND p.place > ${kept}`,
      [webhookIds],
    ),
  );
}

type Row = Omit<Delivery, "at"> & { at: Date };

/** A page of a webhook's deliveries, newest first, and how many there are in all. */
export async function listDeliveries(
  database: Database,
  webhookId: string,
  { page, perPage }: { page: number; perPage: number },
): Promise<{ rows: Delivery[]; total: number }> {
  const all = "FROM workflow_webhook_deliveries WHERE webhook_id = $1";
  const [list, count] = await Promise.all([
    database
      .read()
      .query<Row>(
        `SELECT at, outcome, code, detail, calls, delivery_id, execution_id ${all} ORDER BY at DESC, entry LIMIT $2 OFFSET $3`,
        [webhookId, perPage, (page - 1) * perPage],
      ),
    database.read().query<{ total: number }>(`SELECT count(*) AS total ${all}`, [webhookId]),
  ]);
  return { rows: list.rows.map((row) => ({ ...row, at: iso(row.at) })), total: count.rows[0]?.total ?? 0 };
}
