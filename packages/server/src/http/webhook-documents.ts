// The documents of webhooks, as zod schemas: what comes in is checked with them, what goes out is described by them.
import { z } from "zod";
import { isRange } from "../triggers/allowlist.js";
import { schemeNames, signatureSchemes } from "../triggers/signature-schemes.js";
import { time } from "./documents.js";

const uuid = z.guid();

const range = z
  .string()
  .max(64)
  .superRefine((entry, context) => {
    if (!isRange(entry))
      context.addIssue(`${JSON.stringify(entry)} is neither an IP address nor a range such as 10.0.0.0/8`);
  });

const scheme = z.enum(schemeNames).meta({
  description: `Who signs: ${schemeNames.map((name) => `${name} (${signatureSchemes[name].title})`).join(", ")}.`,
});
const windowSeconds = z.int().min(1).max(86_400).nullable().meta({
  description: "How old a signed time may be, seconds; null: as the scheme says (workflow_core then signs none).",
});
const senderSecret = z
  .string()
  .min(16)
  .max(256)
  .regex(/^[\x21-\x7e]+$/, "must be printable ASCII without blanks");

const chosen = {
  name: z.string().trim().min(1).max(255),
  description: z.string().max(2000).nullable(),
  enabled: z.boolean(),
  require_signature: z.boolean().meta({ description: "False: whoever knows the address may call." }),
  signature_scheme: scheme,
  timestamp_window_seconds: windowSeconds,
  ip_allowlist: z
    .array(range)
    .max(100)
    .meta({ description: "Addresses and ranges (CIDR) that may call, IPv4 and IPv6; empty: all." }),
  rate_limit_max: z.int().min(1).max(10_000).meta({ description: "The most calls in any window." }),
  rate_limit_window: z.int().min(1).max(86_400).meta({ description: "The window, seconds." }),
};

export const newWebhookSchema = z.object({
  name: chosen.name,
  description: chosen.description.default(null),
  enabled: chosen.enabled.default(true),
  require_signature: chosen.require_signature.default(true),
  signature_scheme: chosen.signature_scheme.default("workflow_core"),
  timestamp_window_seconds: chosen.timestamp_window_seconds.default(null),
  ip_allowlist: chosen.ip_allowlist.nullish().transform((list) => list ?? []),
  rate_limit_max: chosen.rate_limit_max.default(60),
  rate_limit_window: chosen.rate_limit_window.default(60),
  secret: senderSecret.optional().meta({ description: "The secret that the sender drew; not with workflow_core." }),
});

export const webhookChangesSchema = z.object(chosen).partial();

export const rotationSchema = z.object({
  overlap_hours: z
    .number()
    .min(0)
    .max(24 * 30)
    .default(24)
    .meta({ description: "How long the old secret is taken too; 0: not at all." }),
  secret: senderSecret.optional().meta({ description: "The sender's new secret; not with workflow_core." }),
});

export const webhookSchema = z
  .object({
    ...{ webhook_id: uuid, workflow_id: uuid, ...chosen },
    signature_scheme: z.string(),
    ip_allowlist: z.array(z.string()),
    ...{ token: z.string(), url: z.string() },
    previous_secret_expires_at: time
      .nullable()
      .meta({ description: "Until when the secret before the last rotation is taken too." }),
    ...{ created_at: time, updated_at: time, last_triggered_at: time.nullable() },
    ...{ trigger_count: z.int(), last_execution_id: uuid.nullable() },
  })
  .meta({ id: "Webhook" });

export const webhookWithSecretSchema = webhookSchema.extend({
  secret: z.string().meta({ description: "Shown only in this answer." }),
});

export const deliverySchema = z
  .object({
    at: time,
    outcome: z.enum(["accepted", "duplicate", "challenge", "refused"]),
    code: z.string().nullable().meta({ description: "Of a refusal: the error code." }),
    detail: z.string().nullable().meta({
      description: "Of a refusal: why the last such call was refused; of a challenge: what the sender asked or told.",
    }),
    calls: z.int().meta({ description: "1, or the calls refused for this reason in that minute." }),
    ...{ delivery_id: z.string().nullable(), execution_id: uuid.nullable() },
  })
  .meta({ id: "WebhookDelivery" });
