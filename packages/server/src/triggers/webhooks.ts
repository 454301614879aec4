// Webhooks: other programs start workflows. The order of the checks is a promise:
//
// W1. The token is known and its workflow published (404), the webhook is on (403), the address may call (403): all
//     before the body is read.
// W2. The signature fits (403). Only then the call counts against the webhook's limit (429), so that an outsider cannot
//     use up the owner's.
// W3. Then the body is read (400, 413, 415), and the execution is stored before the caller hears of it.
// W4. When the database cannot be asked that is 503, never "there is no such webhook".
import type { IncomingHttpHeaders } from "node:http";
import type { License } from "../access/license.js";
import type { Clock } from "../clock.js";
import { type AppError, appError, isAppError } from "../errors.js";
import type { Start } from "../execution/start.js";
import type { Log } from "../log.js";
import type { Redis } from "../redis/redis.js";
import type { Database } from "../store/database.js";
import type { TriggerLine } from "../store/trigger-log.js";
import { type CalledWebhook, webhookFinder } from "../store/webhooks.js";
import { type AllowedAddress, allowlist } from "./allowlist.js";
import { createRateLimits, type Verdict } from "./rate-limit.js";
import { refusedSignature } from "./signature.js";
import { webhookNotes } from "./webhook-notes.js";
import { deliveryIdOf, handshakeOf, type ReadJson, readPayload, visibleHeaders } from "./webhook-payload.js";
import { webhookRecords } from "./webhook-records.js";

export interface WebhookCall {
  headers: IncomingHttpHeaders;
  contentType: string | undefined;
  /** As it came. */
  body: Buffer;
}

interface Answered {
  /** X-RateLimit-* */
  headers: Record<string, string>;
}
/** What a call led to: an execution that is stored, or only a text that the sender waits for. */
export type Received =
  | (Answered & { executionId: string; duplicate: boolean })
  | (Answered & { executionId?: undefined; handshake: string });

export interface Webhooks {
  /** W1: the webhook of a token. Throws WEBHOOK_NOT_FOUND. */
  find(token: string): Promise<CalledWebhook>;
  /** W1: throws WEBHOOK_DISABLED and IP_NOT_ALLOWED. */
  admit(webhook: CalledWebhook, address: string | undefined): void;
  /** W2 and W3. Throws AppErrors; from the limit on they carry the X-RateLimit headers. */
  receive(webhook: CalledWebhook, call: WebhookCall): Promise<Received>;
  /** Tells the webhook's owner that, and why, a call was refused. */
  refused(webhook: CalledWebhook, error: AppError): void;
  /** Writes down what is known of deliveries. */
  flush(): Promise<void>;
}

export interface WebhooksOptions {
  database: Database;
  start: Start;
  license: License;
  clock: Clock;
  log: Pick<Log, "audit" | "authz">;
  redis?: Redis | undefined;
  readJson: ReadJson;
  /** Adds a line to the trigger log. */
  note(line: TriggerLine): void;
}

export function createWebhooks(options: WebhooksOptions): Webhooks {
  const { database, clock, log } = options;
  const finder = webhookFinder(database);
  const limits = createRateLimits(options);
  const records = webhookRecords({ database, clock, log });
  const notes = webhookNotes(clock, options.note);
  const allowed = rememberedLists();

  return {
    async find(token) {
      // What cannot be a token is not worth a question.
      const webhook = /^[\w-]{16,64}$/.test(token) ? await finder(token) : undefined;
      if (webhook === undefined || webhook.version === null) throw appError("WEBHOOK_NOT_FOUND");
      return webhook;
    },

    admit(webhook, address) {
      if (!webhook.enabled) throw appError("WEBHOOK_DISABLED");
      if (!webhook.workflow_enabled) throw appError("WEBHOOK_DISABLED", "The workflow of the webhook is switched off.");
      if (allowed(webhook.ip_allowlist)(address)) return;
      throw appError("IP_NOT_ALLOWED", undefined, {
        cause: `${address ?? "an unreadable address"} is not in the list`,
      });
    },

    async receive(webhook, call) {
      checkSignature(webhook, call, clock.now());
      const limit = { max: webhook.rate_limit_max, seconds: webhook.rate_limit_window };
      const verdict = await limits.hit(`webhook:${webhook.webhook_id}`, limit);
      const headers = limitHeaders(verdict, clock.now());
      let deliveryId: string | undefined;
      try {
        if (!verdict.allowed) throw tooMany(verdict, limit.seconds, headers);
        const scheme = webhook.signature_scheme;
        const payload = readPayload(scheme, call.contentType, call.body, options.readJson);
        const handshake = handshakeOf(scheme, call.headers, payload);
        deliveryId = deliveryIdOf(scheme, call.headers, payload);
        if (handshake !== undefined) {
          await records.taken(webhook, { outcome: "challenge", deliveryId, detail: handshake.detail });
          return { headers, handshake: handshake.answer };
        }
        await options.license.require({ communityId: webhook.community_id, feature: "workflows" });
        const started = await options.start(startRequest(webhook, call.headers, payload, deliveryId));
        const { execution_id: executionId, duplicate } = started;
        auditStart(log, webhook, executionId, duplicate);
        notes.taken(webhook, { executionId, duplicate, deliveryId });
        await records.taken(webhook, { outcome: duplicate ? "duplicate" : "accepted", deliveryId, executionId });
        return { headers, executionId, duplicate };
      } catch (error) {
        notes.refused(webhook, error, deliveryId);
        throw withHeaders(error, headers);
      }
    },

    refused(webhook, { code, message, cause }) {
      records.refused(webhook, code, typeof cause === "string" ? cause : message);
    },

    flush: () => records.flush(),
  };
}

function checkSignature(webhook: CalledWebhook, { headers, body }: WebhookCall, now: number): void {
  if (!webhook.require_signature) return;
  const { signature_scheme: scheme, timestamp_window_seconds: windowSeconds, secrets, token } = webhook;
  const refusal = refusedSignature({ scheme, windowSeconds, secrets, token, headers, body, now });
  if (refusal === undefined) return;
  // The caller learns which header is missing; why a signature does not fit only the owner learns.
  const { code, reason } = refusal;
  const told = code === "SIGNATURE_REQUIRED" ? `The webhook needs a signature: ${reason}.` : undefined;
  throw appError(code, told, { cause: reason });
}

const limitHeaders = ({ limit, remaining, resetSeconds }: Verdict, now: number): Record<string, string> => ({
  "X-RateLimit-Limit": String(limit),
  "X-RateLimit-Remaining": String(remaining),
  "X-RateLimit-Reset": String(Math.ceil(now / 1000 + resetSeconds)),
});

function tooMany({ limit, resetSeconds }: Verdict, seconds: number, headers: Record<string, string>): AppError {
  const wait = String(Math.max(1, Math.ceil(resetSeconds)));
  return appError("RATE_LIMIT_EXCEEDED", `The webhook takes ${limit} calls in ${seconds} seconds; try again later.`, {
    headers: { ...headers, "Retry-After": wait },
  });
}

const startRequest = (
  webhook: CalledWebhook,
  headers: IncomingHttpHeaders,
  payload: ReturnType<typeof readPayload>,
  deliveryId: string | undefined,
): Parameters<Start>[0] => {
  const { webhook_id, workflow_id, community_id, entity_id, name, version } = webhook;
  if (version === null) throw appError("WEBHOOK_NOT_FOUND"); // `find` has seen to it
  return {
    workflow: { workflow_id, community_id, entity_id, version },
    ...{ source: "webhook", kind: "trigger_webhook", principal: { kind: "webhook", webhook_id } },
    data: { payload, headers: visibleHeaders(headers), webhook: { id: webhook_id, name } },
    about: { webhook_id, ...(deliveryId === undefined ? {} : { delivery_id: deliveryId }) },
    ...(deliveryId === undefined ? {} : { dedupe: { source: `webhook:${webhook_id}`, key: deliveryId } }),
  };
};

function auditStart(log: Pick<Log, "audit">, webhook: CalledWebhook, execution_id: string, duplicate: boolean): void {
  const { webhook_id, workflow_id, community_id: community } = webhook;
  const message = duplicate ? "Webhook delivery was known already" : "Workflow execution started";
  const user = `webhook:${webhook_id}`;
  log.audit("workflow_execute_start", {
    user,
    community,
    workflow_id,
    execution_id,
    source: "webhook",
    duplicate,
    message,
  });
}

/** The refusal with more headers; what is no refusal is left as it is. */
function withHeaders(error: unknown, headers: Record<string, string>): unknown {
  if (!isAppError(error)) return error;
  const { code, message, details, cause } = error;
  return appError(code, message, { details, cause, headers: { ...headers, ...error.headers } });
}

const mostLists = 1000;

/** Lists as they were read, for as long as they are used. */
function rememberedLists(): (entries: readonly unknown[]) => AllowedAddress {
  const lists = new Map<string, AllowedAddress>();
  return (entries) => {
    const key = JSON.stringify(entries);
    const list = lists.get(key) ?? allowlist(entries);
    lists.delete(key);
    lists.set(key, list);
    for (const oldest of lists.size > mostLists ? lists.keys() : []) {
      lists.delete(oldest);
      break;
    }
    return list;
  };
}
