// How callers sign: our own scheme and those of senders that many people use. One row each; signature.ts verifies.
import type { IncomingHttpHeaders } from "node:http";

/** What a caller presented: the signatures, when it signed, and the bytes that stand before the body in what it signed. */
export interface Presented {
  signatures: Buffer[];
  before: string;
  /** Milliseconds since 1970; undefined where the scheme signs no time. */
  signedAt?: number;
}

export interface Scheme {
  /** What it is called by those who choose one. */
  title: string;
  /** The header that holds the signature. */
  header: string;
  /** How old a signed time may be, seconds; undefined where none is signed unless the webhook asks for it. */
  windowSeconds?: number;
  /** Whether a signed time can be asked for. */
  signsTime: boolean;
  /** The HMAC's key; undefined when the secret is none for this scheme. */
  key(secret: string): Buffer | undefined;
  /** Reads the headers strictly; undefined when anything about them is odd. */
  read(header: (name: string) => string, token: string, timed: boolean): Presented | undefined;
  /** The sender's own name for the delivery. */
  deliveryId?(header: (name: string) => string, payload: unknown): unknown;
}

const mostSignatures = 10;
const text = (secret: string): Buffer | undefined => (secret === "" ? undefined : Buffer.from(secret, "utf8"));

/** `sha256=` and 64 digits in lower case, as hexdigest writes them; nothing else. */
const hex = (value: string, prefix: string): Buffer[] =>
  value.startsWith(prefix) && /^[0-9a-f]{64}$/.test(value.slice(prefix.length))
    ? [Buffer.from(value.slice(prefix.length), "hex")]
    : [];

const seconds = (value: string): number | undefined => (/^\d{1,12}$/.test(value) ? Number(value) * 1000 : undefined);

const member = (payload: unknown, name: string): unknown =>
  typeof payload === "object" && payload !== null && Object.hasOwn(payload, name)
    ? (payload as Readonly<Record<string, unknown>>)[name] // its own, as just asked
    : undefined;

const timed = (signatures: Buffer[], before: string, signedAt: number | undefined): Presented | undefined =>
  signedAt === undefined ? undefined : { signatures, before, signedAt };

const workflowCore: Scheme = {
  title: "Workflow Core",
  header: "x-webhook-signature",
  signsTime: true,
  key: text,
  read: (header, token, withTime) => {
    const signatures = hex(header("x-webhook-signature"), "sha256=");
    if (!withTime) return { signatures, before: token };
    const at = header("x-webhook-timestamp");
    return timed(signatures, `${token}${at}.`, seconds(at));
  },
};

const github: Scheme = {
  title: "GitHub",
  header: "x-hub-signature-256",
  signsTime: false,
  key: text,
  read: (header) => ({ signatures: hex(header("x-hub-signature-256"), "sha256="), before: "" }),
  deliveryId: (header) => header("x-github-delivery"),
};

const stripe: Scheme = {
  title: "Stripe",
  header: "stripe-signature",
  windowSeconds: 300,
  signsTime: true,
  key: text,
  read: (header) => {
    const parts = header("stripe-signature").split(",");
    const times = parts.filter((part) => part.startsWith("t="));
    if (times.length !== 1) return undefined;
    const at = times[0]?.slice(2) ?? "";
    const signatures = parts.slice(0, mostSignatures).flatMap((part) => hex(part, "v1="));
    return timed(signatures, `${at}.`, seconds(at));
  },
  deliveryId: (_header, payload) => member(payload, "id"),
};

const slack: Scheme = {
  title: "Slack",
  header: "x-slack-signature",
  windowSeconds: 300,
  signsTime: true,
  key: text,
  read: (header) => {
    const at = header("x-slack-request-timestamp");
    return timed(hex(header("x-slack-signature"), "v0="), `v0:${at}:`, seconds(at));
  },
  deliveryId: (_header, payload) => member(payload, "event_id") ?? member(payload, "trigger_id"),
};

const twitch: Scheme = {
  title: "Twitch EventSub",
  header: "twitch-eventsub-message-signature",
  windowSeconds: 600,
  signsTime: true,
  key: text,
  read: (header) => {
    const id = header("twitch-eventsub-message-id");
    const at = header("twitch-eventsub-message-timestamp");
    const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/.test(at);
    if (!isTime || !/^[\w=+/-]{1,255}$/.test(id)) return undefined;
    const signedAt = Date.parse(at.replace(/(\.\d{3})\d+Z$/, "$1Z"));
    const signatures = hex(header("twitch-eventsub-message-signature"), "sha256=");
    return timed(signatures, `${id}${at}`, Number.isNaN(signedAt) ? undefined : signedAt);
  },
  deliveryId: (header) => header("twitch-eventsub-message-id"),
};

const standardWebhooks: Scheme = {
  title: "Standard Webhooks",
  header: "webhook-signature",
  windowSeconds: 300,
  signsTime: true,
  key: (secret) => {
    const coded = secret.replace(/^whsec_/, "");
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(coded)) return undefined;
    const key = Buffer.from(coded, "base64");
    return key.length >= 16 && key.length <= 64 ? key : undefined;
  },
  read: (header) => {
    const id = header("webhook-id");
    const at = header("webhook-timestamp");
    if (!/^[\x21-\x2d\x2f-\x7e]{1,255}$/.test(id)) return undefined; // a dot would make it unclear where the id ends
    const signatures = header("webhook-signature")
      .split(" ")
      .slice(0, mostSignatures)
      .flatMap((part) => (/^v1,[A-Za-z0-9+/]{43}=$/.test(part) ? [Buffer.from(part.slice(3), "base64")] : []));
    return timed(signatures, `${id}.${at}.`, seconds(at));
  },
  deliveryId: (header) => header("webhook-id"),
};

export const signatureSchemes = {
  workflow_core: workflowCore,
  github,
  stripe,
  slack,
  twitch,
  standard_webhooks: standardWebhooks,
} as const satisfies Record<string, Scheme>;

export type SignatureScheme = keyof typeof signatureSchemes;

export const schemeNames = Object.keys(signatureSchemes) as [SignatureScheme, ...SignatureScheme[]]; // its own keys

/** The row of a stored name; undefined for one that this program does not know. */
export const schemeOf = (name: string): Scheme | undefined =>
  schemeNames.includes(name as SignatureScheme) ? signatureSchemes[name as SignatureScheme] : undefined;

/** Reads single headers as text; one that is not there, or came in several parts, is empty. */
export const headerReader =
  (headers: IncomingHttpHeaders) =>
  (name: string): string => {
    const value = headers[name];
    return typeof value === "string" ? value : "";
  };
