// What a webhook's call says: its body as JSON, its headers without what is secret, its own name, and whether it only
// asks if we are there.
import type { IncomingHttpHeaders } from "node:http";
import { cleanText, isForbiddenKey, isJsonObject, type Json } from "@workflow-core/core";
import { appError, cut } from "../errors.js";
import { headerReader, schemeOf } from "./signature-schemes.js";

/** Reads JSON within the limits of the edge; undefined for an empty body. Throws INVALID_JSON or BAD_REQUEST. */
export type ReadJson = (body: Buffer) => unknown;

const mostFormFields = 1000;

/** The body as JSON; null when it is empty. Throws 415 for another content type, 400 for what cannot be read. */
export function readPayload(scheme: string, contentType: string | undefined, body: Buffer, readJson: ReadJson): Json {
  const type = (contentType ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  if (body.length === 0) return null;
  if (scheme === "slack" && type === "application/x-www-form-urlencoded") return readForm(body);
  if (type !== "" && type !== "application/json") {
    throw appError("UNSUPPORTED_MEDIA_TYPE", "The body must be sent as application/json.");
  }
  return readJson(body) as Json; // it has just been parsed and inspected
}

/** Slack sends commands and interactions as forms. */
function readForm(body: Buffer): Json {
  const fields: Record<string, Json> = {};
  const entries = [...new URLSearchParams(body.toString("utf8"))];
  if (entries.length > mostFormFields)
    throw appError("BAD_REQUEST", `The form has more than ${mostFormFields} fields.`);
  for (const [key, value] of entries) {
    if (!isForbiddenKey(key)) fields[cleanText(key)] = cleanText(value);
  }
  return fields;
}

/** Names of headers that say who somebody is, or prove something: no workflow sees them. */
const secretHeader =
  /signature|secret|token|authorization|authenticat|cookie|password|passwd|credential|api-?key|-key$|-auth$/;

/** The headers as a workflow sees them: names in lower case, several values in one text, nothing secret. */
export function visibleHeaders(headers: IncomingHttpHeaders): Record<string, Json> {
  const visible: Record<string, Json> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || isForbiddenKey(name) || (secretHeader.test(name) && name !== "idempotency-key"))
      continue;
    visible[name] = cleanText(Array.isArray(value) ? value.join(", ") : value);
  }
  return visible;
}

/**
 * The delivery's own name, by which it starts one execution however often it is sent: the sender's where its scheme
 * has one, else Idempotency-Key or X-Delivery-Id. Throws BAD_REQUEST for one that is no plain text of 1 to 255 characters.
 */
export function deliveryIdOf(scheme: string, headers: IncomingHttpHeaders, payload: Json): string | undefined {
  const header = headerReader(headers);
  const own = schemeOf(scheme)?.deliveryId?.(header, payload);
  if (typeof own === "string" && isName(own)) return own;
  const given = ["idempotency-key", "x-delivery-id"].find((name) => headers[name] !== undefined);
  if (given === undefined) return undefined;
  const name = header(given);
  if (isName(name)) return name;
  throw appError("BAD_REQUEST", `${given} must be one text of 1 to 255 printable ASCII characters.`);
}

const isName = (text: string): boolean => /^[\x20-\x7e]{1,255}$/.test(text);

/** A call that starts nothing: the answer that its sender waits for, and what it was about, for people. */
export interface Handshake {
  answer: string;
  detail: string;
}

/**
 * What answers a sender that only asks whether we are there (Twitch, Slack), or tells that it will not call again;
 * undefined for every other call.
 */
export function handshakeOf(scheme: string, headers: IncomingHttpHeaders, payload: Json): Handshake | undefined {
  const said = isJsonObject(payload) ? payload : {};
  const asked = (sender: string): Handshake => ({
    answer: typeof said.challenge === "string" ? said.challenge : "",
    detail: `${sender} asked whether the webhook answers`,
  });
  if (scheme === "slack" && said.type === "url_verification") return asked("Slack");
  if (scheme !== "twitch") return undefined;
  const type = headerReader(headers)("twitch-eventsub-message-type");
  if (type === "webhook_callback_verification") return asked("Twitch");
  if (type !== "revocation") return undefined;
  const status = isJsonObject(said.subscription) ? said.subscription.status : undefined;
  const reason = typeof status === "string" ? `: ${cut(status, 100)}` : "";
  return { answer: "", detail: `Twitch has ended the subscription and calls no more${reason}` };
}
