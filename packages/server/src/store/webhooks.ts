// Webhooks: addresses of workflows that others call. Made, listed, changed, given a new secret, removed, and found by
// their token when one is called.
//
// 1. The secret leaves this file only when it was just drawn, and to the one who verifies a call.
// 2. Where a sender drew the secret (sender_secret), that one counts; otherwise the one that we drew.
import { inBatches } from "./batches.js";
import { type Database, iso, isoOrNull } from "./database.js";

/** A webhook as people see it: without its secret. */
export interface Webhook {
  webhook_id: string;
  workflow_id: string;
  name: string;
  description: string | null;
  /** 32 digits; with the address around it, where the webhook is called. */
  token: string;
  url: string | null;
  enabled: boolean;
  require_signature: boolean;
  signature_scheme: string;
  /** Null: as the scheme says. */
  timestamp_window_seconds: number | null;
  ip_allowlist: string[];
  rate_limit_max: number;
  rate_limit_window: number;
  /** Until when the secret before the last rotation is taken too; null: it is not. */
  previous_secret_expires_at: string | null;
  created_at: string;
  updated_at: string;
  last_triggered_at: string | null;
  trigger_count: number;
  last_execution_id: string | null;
}

type Dates = "created_at" | "updated_at" | "last_triggered_at" | "previous_secret_expires_at";
type Row = Omit<Webhook, Dates> &
  Record<"created_at" | "updated_at", Date> & {
    last_triggered_at: Date | null;
    previous_secret_expires_at: Date | null;
  };

const columns = `webhook_id, workflow_id, name, description, token, url, coalesce(enabled, true) AS enabled,
  coalesce(require_signature, true) AS require_signature, signature_scheme, timestamp_window_seconds,
  coalesce(ip_allowlist, '{}') AS ip_allowlist, coalesce(rate_limit_max, 60) AS rate_limit_max,
  coalesce(rate_limit_window, 60) AS rate_limit_window,
  CASE WHEN previous_secret_expires_at > statement_timestamp() THEN previous_secret_expires_at END AS previous_secret_expires_at,
  coalesce(created_at, 'epoch') AS created_at, coalesce(updated_at, created_at, 'epoch') AS updated_at, last_triggered_at,
  coalesce(trigger_count, 0) AS trigger_count, last_execution_id`;

const toWebhook = (row: Row): Webhook => ({
  ...row,
  created_at: iso(row.created_at),
  updated_at: iso(row.updated_at),
  last_triggered_at: isoOrNull(row.last_triggered_at),
  previous_secret_expires_at: isoOrNull(row.previous_secret_expires_at),
});

/** What people choose about a webhook. */
export type WebhookSettings = Pick<
  Webhook,
  | "name"
  | "description"
  | "enabled"
  | "require_signature"
  | "signature_scheme"
  | "timestamp_window_seconds"
  | "ip_allowlist"
  | "rate_limit_max"
  | "rate_limit_window"
>;

export interface NewWebhook extends WebhookSettings, Pick<Webhook, "webhook_id" | "workflow_id" | "token" | "url"> {
  /** Drawn by us. */
  secret: string;
  /** Drawn by the sender. */
  senderSecret: string | null;
}

/** More webhooks than this no workflow has. */
export const mostWebhooks = 100;

/** Stores a webhook. Undefined: the workflow is gone or archived, or has as many as it may have. */
export async function createWebhook(database: Database, webhook: NewWebhook): Promise<Webhook | undefined> {
  const { rows } = await database.primary.query<Row>(
    `INSERT INTO workflow_webhooks (webhook_id, workflow_id, token, secret, sender_secret, name, description, url, enabled,
       require_signature, signature_scheme, timestamp_window_seconds, ip_allowlist, rate_limit_max, rate_limit_window, trigger_count)
     SELECT $1, w.workflow_id, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 0 FROM workflows AS w
     WHERE w.workflow_id = $2 AND w.status IS DISTINCT FROM 'archived'
       AND (SELECT count(*) FROM workflow_webhooks AS h WHERE h.workflow_id = w.workflow_id) < ${mostWebhooks}
     RETURNING ${columns}`,
    [
      webhook.webhook_id,
      webhook.workflow_id,
      webhook.token,
      webhook.secret,
      webhook.senderSecret,
      webhook.name,
      webhook.description,
      webhook.url,
      webhook.enabled,
      webhook.require_signature,
      webhook.signature_scheme,
      webhook.timestamp_window_seconds,
      webhook.ip_allowlist,
      webhook.rate_limit_max,
      webhook.rate_limit_window,
    ],
  );
  return rows[0] && toWebhook(rows[0]);
}

/** A page of a workflow's webhooks, oldest first, and how many there are in all. */
export async function listWebhooks(
  database: Database,
  workflowId: string,
  { page, perPage }: { page: number; perPage: number },
): Promise<{ rows: Webhook[]; total: number }> {
  const all = "FROM workflow_webhooks WHERE workflow_id = $1";
  const [list, count] = await Promise.all([
    database
      .read()
      .query<Row>(`SELECT ${columns} ${all} ORDER BY workflow_webhooks.created_at, webhook_id LIMIT $2 OFFSET $3`, [
        workflowId,
        perPage,
        (page - 1) * perPage,
      ]),
    database.read().query<{ total: number }>(`SELECT count(*) AS total ${all}`, [workflowId]),
  ]);
  return { rows: list.rows.map(toWebhook), total: count.rows[0]?.total ?? 0 };
}

/** One webhook of a workflow; undefined when it has no such one. */
export async function getWebhook(
  database: Database,
  workflowId: string,
  webhookId: string,
): Promise<Webhook | undefined> {
  const { rows } = await database.primary.query<Row>(
    `SELECT ${columns} FROM workflow_webhooks WHERE workflow_id = $1 AND webhook_id = $2`,
    [workflowId, webhookId],
  );
  return rows[0] && toWebhook(rows[0]);
}

const changeable = [
  ...["name", "description", "enabled", "require_signature", "signature_scheme", "timestamp_window_seconds"],
  ...["ip_allowlist", "rate_limit_max", "rate_limit_window"],
] as readonly (keyof WebhookSettings)[]; // the spread forgets the words

/**
 * Changes what is given and leaves the rest. A webhook whose scheme changes forgets the secrets of the sender before.
 * Undefined: the workflow has no such webhook.
 */
export async function updateWebhook(
  database: Database,
  workflowId: string,
  webhookId: string,
  changes: Partial<WebhookSettings>,
): Promise<Webhook | undefined> {
  const values: unknown[] = [workflowId, webhookId, changes.signature_scheme ?? null];
  const assignments = changeable.flatMap((column) =>
    changes[column] === undefined ? [] : `${column} = $${values.push(changes[column])}`,
  );
  const same = "$3::text IS NULL OR signature_scheme = $3";
  const { rows } = await database.primary.query<Row>(
    `UPDATE workflow_webhooks SET ${["updated_at = now()", ...assignments].join(", ")},
       sender_secret = CASE WHEN ${same} THEN sender_secret END,
       previous_secret = CASE WHEN ${same} THEN previous_secret END,
       previous_secret_expires_at = CASE WHEN ${same} THEN previous_secret_expires_at END
     WHERE workflow_id = $1 AND webhook_id = $2 RETURNING ${columns}`,
    values,
  );
  return rows[0] && toWebhook(rows[0]);
}

/** Removes a webhook and what is told of its deliveries; false when the workflow has no such one. */
export async function removeWebhook(database: Database, workflowId: string, webhookId: string): Promise<boolean> {
  const { rowCount } = await database.primary.query(
    "DELETE FROM workflow_webhooks WHERE workflow_id = $1 AND webhook_id = $2",
    [workflowId, webhookId],
  );
  return rowCount === 1;
}

/** Gives a webhook a new secret; the one before is taken for so many seconds more. Undefined: there is no such webhook. */
export async function rotateSecret(
  database: Database,
  workflowId: string,
  webhookId: string,
  { secret, senderSecret, overlapSeconds }: { secret: string; senderSecret: string | null; overlapSeconds: number },
): Promise<Webhook | undefined> {
  const { rows } = await database.primary.query<Row>(
    `UPDATE workflow_webhooks SET secret = $3, sender_secret = $4, updated_at = now(),
       previous_secret = CASE WHEN $5::float8 > 0 THEN coalesce(sender_secret, secret) END,
       previous_secret_expires_at = CASE WHEN $5::float8 > 0 THEN clock_timestamp() + make_interval(secs => $5::float8) END
     WHERE workflow_id = $1 AND webhook_id = $2 RETURNING ${columns}`,
    [workflowId, webhookId, secret, senderSecret, overlapSeconds],
  );
  return rows[0] && toWebhook(rows[0]);
}

/** What is known of a webhook when it is called. */
export interface CalledWebhook
  extends Omit<WebhookSettings, "description">,
    Pick<Webhook, "webhook_id" | "workflow_id" | "token"> {
  /** The secrets that hold at the moment; the current one first. */
  secrets: string[];
  community_id: number;
  entity_id: number;
  /** The version that is started; null: the workflow is not published. */
  version: string | null;
  workflow_enabled: boolean;
}

/** Finds webhooks by their tokens, those of one moment together; always as they are now. For the life of the process. */
export function webhookFinder(database: Database): (token: string) => Promise<CalledWebhook | undefined> {
  return inBatches(async (tokens) => {
    const { rows } = await database.primary.query<CalledWebhook>({
      name: "webhooks-called",
      text: `SELECT h.webhook_id, h.workflow_id, h.token, h.name, coalesce(h.enabled, true) AS enabled,
          coalesce(h.require_signature, true) AS require_signature, h.signature_scheme, h.timestamp_window_seconds,
          coalesce(h.ip_allowlist, '{}') AS ip_allowlist, coalesce(h.rate_limit_max, 60) AS rate_limit_max,
          coalesce(h.rate_limit_window, 60) AS rate_limit_window,
          array_remove(ARRAY[coalesce(h.sender_secret, h.secret)::text,
            CASE WHEN h.previous_secret_expires_at > statement_timestamp() THEN h.previous_secret END], NULL) AS secrets,
          w.community_id, w.entity_id, coalesce(w.enabled, true) AS workflow_enabled,
          CASE WHEN w.status = 'published' THEN w.published_version END AS version
        FROM workflow_webhooks AS h JOIN workflows AS w ON w.workflow_id = h.workflow_id WHERE h.token = ANY($1::text[])`,
      values: [[...new Set(tokens)]],
    });
    const found = new Map(rows.map((row) => [row.token, row]));
    return tokens.map((token) => found.get(token));
  });
}
