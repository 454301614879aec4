// Webhooks of a workflow: addresses that other programs call to start it, and what became of their calls. The door
// that they call is webhook-door.ts.
import { randomBytes, randomUUID } from "node:crypto";
import { z } from "zod";
import { type AppError, appError } from "../../errors.js";
import { listDeliveries } from "../../store/webhook-deliveries.js";
import {
  createWebhook,
  getWebhook,
  listWebhooks,
  mostWebhooks,
  removeWebhook,
  rotateSecret,
  updateWebhook,
  type Webhook,
} from "../../store/webhooks.js";
import { type SignatureScheme, signatureSchemes } from "../../triggers/signature-schemes.js";
import { definedOnly } from "../defined-only.js";
import { paging } from "../documents.js";
import { ok, pagination } from "../envelope.js";
import { type RequestFacts, route } from "../route.js";
import type { Services } from "../services.js";
import {
  deliverySchema,
  newWebhookSchema,
  rotationSchema,
  webhookChangesSchema,
  webhookSchema,
  webhookWithSecretSchema,
} from "../webhook-documents.js";

const tag = "Webhooks";
const params = z.object({ id: z.string(), webhook_id: z.string() });

export const webhookRoutes = [
  route({
    method: "GET",
    path: "/api/v1/workflows/:id/webhooks",
    access: { workflow: "view" },
    tag,
    summary: "Lists the webhooks of a workflow, oldest first, with their statistics and without their secrets.",
    schema: { query: z.object(paging), gives: z.array(webhookSchema), paged: true },
    handler: async ({ workflow, query: { page, per_page: perPage }, request }, { database, settings, webhooks }) => {
      await webhooks?.flush();
      const { rows, total } = await listWebhooks(database, workflow.workflow_id, { page, perPage });
      const shown = rows.map((row) => addressed(row, settings, request));
      return ok(shown, { pagination: pagination(page, perPage, total) });
    },
  }),

  route({
    method: "POST",
    path: "/api/v1/workflows/:id/webhooks",
    access: { workflow: "edit" },
    tag,
    summary: "Makes a webhook; its secret is shown in this answer and never again.",
    description:
      "Calls start the published version, so the workflow must be published before they do anything. `signature_scheme` " +
      "says who signs; with one of the other senders, `secret` may be the one that the sender gave you.",
    schema: { body: newWebhookSchema, gives: webhookWithSecretSchema, status: 201 },
    handler: async ({ workflow, body, request }, { database, settings }) => {
      const { secret: senderSecret = null, ...chosen } = body;
      checkScheme(chosen.signature_scheme, senderSecret, chosen.timestamp_window_seconds);
      const [token, secret] = [randomBytes(16).toString("hex"), randomBytes(32).toString("hex")];
      const made = await createWebhook(database, {
        ...chosen,
        ...{ webhook_id: randomUUID(), workflow_id: workflow.workflow_id, token, secret, senderSecret },
        url: urlOf(token, settings, request).slice(0, 512),
      });
      if (made === undefined) {
        throw appError("CONFLICT", `The workflow is archived, or has ${mostWebhooks} webhooks already.`);
      }
      request.audit("webhook_create", { webhook_id: made.webhook_id, name: made.name });
      const shown = { ...addressed(made, settings, request), secret: senderSecret ?? secret };
      return ok(shown, { status: 201, message: "Webhook created; its secret is shown only now" });
    },
  }),

  route({
    method: "PUT",
    path: "/api/v1/workflows/:id/webhooks/:webhook_id",
    access: { workflow: "edit" },
    tag,
    summary: "Changes what is given and leaves the rest.",
    description: "With another `signature_scheme` secrets of the sender before are forgotten: rotate the secret next.",
    schema: { params, body: webhookChangesSchema, gives: webhookSchema },
    handler: async ({ workflow, params: { webhook_id }, body, request }, { database, settings }) => {
      const id = webhookId(webhook_id);
      const before = await getWebhook(database, workflow.workflow_id, id);
      if (before === undefined) throw noWebhook();
      const after = { ...before, ...definedOnly(body) };
      checkScheme(after.signature_scheme, null, after.timestamp_window_seconds);
      const changed = await updateWebhook(database, workflow.workflow_id, id, definedOnly(body));
      if (changed === undefined) throw noWebhook();
      request.audit("webhook_update", { webhook_id: id, changed: Object.keys(definedOnly(body)) });
      return ok(addressed(changed, settings, request), { message: "Webhook updated" });
    },
  }),

  route({
    method: "DELETE",
    path: "/api/v1/workflows/:id/webhooks/:webhook_id",
    access: { workflow: "edit" },
    tag,
    summary: "Removes a webhook for good; its address answers 404 from now on.",
    schema: { params, gives: z.object({ webhook_id: z.guid() }) },
    handler: async ({ workflow, params: { webhook_id }, request }, { database }) => {
      const id = webhookId(webhook_id);
      if (!(await removeWebhook(database, workflow.workflow_id, id))) throw noWebhook();
      request.audit("webhook_delete", { webhook_id: id });
      return ok({ webhook_id: id }, { message: "Webhook deleted" });
    },
  }),

  route({
    method: "POST",
    path: "/api/v1/workflows/:id/webhooks/:webhook_id/rotate-secret",
    access: { workflow: "edit" },
    tag,
    summary: "Draws a new secret, shown in this answer and never again; the old one is taken for a while longer.",
    schema: { params, body: rotationSchema.optional(), gives: webhookWithSecretSchema },
    handler: async ({ workflow, params: { webhook_id }, body, request }, { database, settings }) => {
      const { overlap_hours: hours, secret: senderSecret = null } = body ?? rotationSchema.parse({});
      const id = webhookId(webhook_id);
      const before = await getWebhook(database, workflow.workflow_id, id);
      if (before === undefined) throw noWebhook();
      checkScheme(before.signature_scheme, senderSecret, before.timestamp_window_seconds);
      const secret = randomBytes(32).toString("hex");
      const change = { secret, senderSecret, overlapSeconds: hours * 3600 };
      const rotated = await rotateSecret(database, workflow.workflow_id, id, change);
      if (rotated === undefined) throw noWebhook();
      request.audit("webhook_rotate", { webhook_id: id, overlap_hours: hours });
      const shown = { ...addressed(rotated, settings, request), secret: senderSecret ?? secret };
      return ok(shown, { message: "The new secret is shown only now" });
    },
  }),

  route({
    method: "GET",
    path: "/api/v1/workflows/:id/webhooks/:webhook_id/deliveries",
    access: { workflow: "view" },
    tag,
    summary: "Lists what became of the last calls, newest first, with the reason of each refusal.",
    description:
      "The newest hundred calls that were taken, and the newest hundred reasons of refusals: calls that were refused " +
      "for one reason within a minute are one row. Calls of unknown tokens are not told.",
    schema: { params, query: z.object(paging), gives: z.array(deliverySchema), paged: true },
    handler: async ({ workflow, params: { webhook_id }, query }, { database, webhooks }) => {
      const webhook = await getWebhook(database, workflow.workflow_id, webhookId(webhook_id));
      if (webhook === undefined) throw noWebhook();
      await webhooks?.flush();
      const { page, per_page: perPage } = query;
      const { rows, total } = await listDeliveries(database, webhook.webhook_id, { page, perPage });
      return ok(rows, { pagination: pagination(page, perPage, total) });
    },
  }),
];

const noWebhook = (): AppError => appError("WEBHOOK_NOT_FOUND");

function webhookId(text: string): string {
  if (!z.guid().safeParse(text).success) throw noWebhook();
  return text.toLowerCase();
}

type Address = Pick<RequestFacts, "origin">;

const urlOf = (token: string, { PUBLIC_BASE_URL }: Services["settings"], { origin }: Address): string =>
  `${(PUBLIC_BASE_URL ?? origin).replace(/\/+$/, "")}/api/v1/workflows/webhooks/${token}`;

/** With the address as it is reached now. */
const addressed = (webhook: Webhook, settings: Services["settings"], request: Address): Webhook => ({
  ...webhook,
  url: urlOf(webhook.token, settings, request),
});

/** Refuses what a scheme cannot do. */
function checkScheme(name: string, senderSecret: string | null, windowSeconds: number | null): void {
  const scheme = Object.hasOwn(signatureSchemes, name) ? signatureSchemes[name as SignatureScheme] : undefined;
  if (scheme === undefined) return; // stored by a newer program
  if (windowSeconds !== null && !scheme.signsTime)
    throw wrong("timestamp_window_seconds", `${scheme.title} signs no time, so there is none to check`);
  if (senderSecret === null) return;
  if (name === "workflow_core") throw wrong("secret", "is drawn by the server for this signature_scheme");
  if (scheme.key(senderSecret) === undefined) throw wrong("secret", `is no secret of ${scheme.title}`);
}

const wrong = (path: string, message: string): AppError =>
  appError("BAD_REQUEST", `${path}: ${message}`, { details: [{ path, message }] });
