// The door for webhooks: anybody may call, and what they sent is handed on byte by byte. It is a scope of its own, so
// that its parser and its hooks touch no other address.
//
// Before a body is read: the caller's address has calls left (429), and the webhook takes its calls (404, 403). The
// rest, in its order, is triggers/webhooks.ts.
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { type AppError, appError } from "../errors.js";
import { addressLimit } from "../triggers/address-limit.js";
import { clientAddress, trustedProxies } from "../triggers/client-address.js";
import { createWebhooks, type Webhooks } from "../triggers/webhooks.js";
import { time } from "./documents.js";
import { bodyLimit, readBody } from "./edge.js";
import { ok, raw } from "./envelope.js";
import { refusalOf } from "./failure.js";
import { register } from "./register.js";
import { route } from "./route.js";
import type { Services } from "./services.js";

export const webhookRoute = route({
  method: "POST",
  path: "/api/v1/workflows/webhooks/:token",
  access: "public",
  tag: "Webhooks",
  summary: "Starts the webhook's workflow; answers once the execution is stored.",
  description:
    "The body is JSON of at most 1 MiB, or empty. The signature is `X-Webhook-Signature: sha256=<hex>`, an HMAC-SHA256 " +
    "with the webhook's secret over the token's bytes followed by the body's bytes; where the webhook has a " +
    "`timestamp_window_seconds`, over the token, `X-Webhook-Timestamp` (seconds since 1970), a dot and the body. Webhooks " +
    "may also take the signatures of GitHub, Stripe, Slack, Twitch EventSub and Standard Webhooks. The same delivery " +
    "(`Idempotency-Key`, `X-Delivery-Id`, or the sender's own id) starts one execution. Answers carry " +
    "`X-RateLimit-Limit`, `X-RateLimit-Remaining` and `X-RateLimit-Reset` (seconds since 1970).",
  schema: {
    query: z.looseObject({}), // some senders add one; it is neither signed nor looked at
    body: z.unknown().meta({ description: "JSON of any shape; the workflow sees it as `payload`." }),
    gives: z.object({
      ...{ execution_id: z.guid(), webhook_id: z.guid(), workflow_id: z.guid() },
      ...{ status: z.literal("queued"), timestamp: time },
    }),
  },
  handler: async ({ body, request }, { webhooks, clock }) => {
    const { webhook, headers } = request;
    if (webhook === undefined || webhooks === undefined) throw appError("WEBHOOK_NOT_FOUND"); // the hook saw to it
    const call = {
      headers,
      contentType: headers["content-type"],
      body: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
    };
    const received = await webhooks.receive(webhook, call);
    if (received.executionId === undefined)
      return raw("text/plain; charset=utf-8", received.handshake, received.headers);
    const { webhook_id, workflow_id } = webhook;
    const timestamp = new Date(clock.now()).toISOString();
    return ok(
      { execution_id: received.executionId, webhook_id, workflow_id, status: "queued", timestamp },
      { message: received.duplicate ? "Delivery known already" : "Webhook received", headers: received.headers },
    );
  },
});

/** What receives webhooks, where a test has given nothing else. */
export const webhooksOf = (services: Services): Webhooks =>
  services.webhooks ?? createWebhooks({ ...services, readJson: readBody, note: services.triggers.note });

/** Opens the door on a server whose hooks and error handler are there already. */
export async function openWebhookDoor(app: FastifyInstance, services: Services): Promise<void> {
  const { settings, clock, webhooks = webhooksOf(services) } = services;
  const perAddress = addressLimit(settings.WEBHOOK_ADDRESS_LIMIT_PER_MINUTE, clock);
  const isProxy = trustedProxies(settings.TRUSTED_PROXIES);
  app.addHook("preClose", () => webhooks.flush());
  await app.register(async (door) => {
    door.removeAllContentTypeParsers();
    door.addContentTypeParser("*", { parseAs: "buffer", bodyLimit }, (_request, body, done) => done(null, body));

    door.addHook("onRequest", async (request) => {
      const peer = request.raw.socket.remoteAddress;
      const address = clientAddress(peer, request.headers["x-forwarded-for"], isProxy);
      checkAddressLimit(perAddress.refused(address ?? peer));
      const { token } = request.params as { token: string }; // the router's own
      request.webhook = await webhooks.find(token);
      webhooks.admit(request.webhook, address);
      hideUnreadableType(request);
    });

    // All refusals end here, those of Fastify's own reading too; the server's handler answers.
    door.setErrorHandler((error, request) => {
      const refusal = refusalOf(error);
      if (request.webhook !== undefined && refusal.status < 500) webhooks.refused(request.webhook, refusal);
      throw refusal.status === 503 ? repeatable(refusal) : error;
    });
    register(door, { ...services, webhooks }, webhookRoute);
  });
}

/** Senders repeat what answers 503, and when they are told. */
function repeatable(refusal: AppError): AppError {
  const { code, message, headers = {}, cause } = refusal;
  if (Object.keys(headers).some((name) => name.toLowerCase() === "retry-after")) return refusal;
  return appError(code, message, { headers: { ...headers, "Retry-After": "2" }, cause });
}

function checkAddressLimit(seconds: number | undefined): void {
  if (seconds === undefined) return;
  throw appError("RATE_LIMIT_EXCEEDED", "Too many calls from this address; try again later.", {
    headers: { "Retry-After": String(seconds) },
  });
}

const readableType = /^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(;.*)?$/;

/**
 * Fastify refuses a content type that it cannot read before it reads the body; here that has its turn after the
 * signature, so it is given one that it can read and that nobody takes.
 */
function hideUnreadableType({ headers }: FastifyRequest): void {
  const type = headers["content-type"];
  if (type !== undefined && !readableType.test(type)) headers["content-type"] = "application/x-unreadable";
}
