// Who is asking: a person by a bearer token, a service by the API key, or nobody. Credentials that are there and do
// not hold are refused, never overlooked; a bad token is not rescued by a good key beside it.

import { createHash, timingSafeEqual } from "node:crypto";
import { appError } from "../errors.js";
import type { Settings } from "../settings.js";
import { namesCommunities, unauthorized, userId, verifyToken } from "./tokens.js";

export type Principal =
  | {
      kind: "user";
      user_id: number;
      username?: string;
      /** Communities that the token vouches for; empty when it names none. */
      community_ids: number[];
      role_ids: number[];
      /** Asked for by a service (X-On-Behalf-Of): held to this person's permissions. */
      via?: "service";
    }
  | { kind: "service"; name?: string };

export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface IdentifyOptions {
  /** Takes tokens that carry only a `service` claim, as the gRPC door does. */
  serviceTokens?: boolean;
}

/**
 * The principal that the headers (names in lower case) prove, or undefined when they bring no credentials.
 * Throws UNAUTHORIZED for bad ones and BAD_REQUEST for an X-On-Behalf-Of that is no user id.
 */
export async function identify(
  headers: Headers,
  settings: Pick<Settings, "API_KEY" | "SECRET_KEY" | "SECRET_KEY_PREVIOUS">,
  { serviceTokens = false }: IdentifyOptions = {},
): Promise<Principal | undefined> {
  const authorization = headers.authorization;
  if (authorization !== undefined) {
    const token = /^Bearer +([\w.~+/=-]+)$/i.exec(single(authorization))?.[1];
    if (token === undefined) throw unauthorized("the authorization header holds no single bearer token");
    const claims = await verifyToken(token, [settings.SECRET_KEY, settings.SECRET_KEY_PREVIOUS ?? ""]);
    if (!("service" in claims)) {
      const { exp: _, ...person } = claims;
      return { kind: "user", ...person };
    }
    if (!serviceTokens) throw unauthorized("a service token is not taken here");
    return { kind: "service", name: claims.service };
  }

  const key = headers["x-api-key"];
  if (key === undefined) return undefined;
  if (!sameKey(single(key), settings.API_KEY)) throw unauthorized("the API key is wrong");
  const behalf = headers["x-on-behalf-of"];
  return behalf === undefined ? { kind: "service" } : onBehalfOf(single(behalf));
}

/** What a person's token says: who it is, where it restricts them to (undefined: nowhere), and its end in seconds. */
export async function claimsOf(
  token: string,
  settings: Pick<Settings, "SECRET_KEY" | "SECRET_KEY_PREVIOUS">,
): Promise<{
  person: Extract<Principal, { kind: "user" }>;
  communities: readonly number[] | undefined;
  exp: number | undefined;
}> {
  const claims = await verifyToken(token, [settings.SECRET_KEY, settings.SECRET_KEY_PREVIOUS ?? ""]);
  if ("service" in claims) throw unauthorized("a service token is not taken here");
  const { exp, ...person } = claims;
  return {
    person: { kind: "user", ...person },
    communities: namesCommunities(token) ? person.community_ids : undefined,
    exp,
  };
}

/** Whether the presented key is the configured one, in a time that tells nothing; an empty key never is. */
export function sameKey(presented: string, configured: string): boolean {
  if (known?.configured !== configured) known = { configured, digest: digest(configured) };
  return timingSafeEqual(digest(presented), known.digest) && configured !== "";
}

/** The configured key that was asked for last, which is always the same one outside of tests. */
let known: { configured: string; digest: Buffer } | undefined;

function onBehalfOf(text: string): Principal {
  const id = /^\d{1,10}$/.test(text) ? userId.safeParse(Number(text)) : undefined;
  if (!id?.success) throw appError("BAD_REQUEST", "X-On-Behalf-Of must be a user id.");
  return { kind: "user", user_id: id.data, community_ids: [], role_ids: [], via: "service" };
}

/** A header that was sent twice proves nothing. */
function single(value: string | readonly string[]): string {
  if (typeof value === "string") return value;
  return value.length === 1 ? (value[0] ?? "") : "";
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
