// JSON Web Tokens. jose checks form and signature (in constant time); what the claims may be is decided here.
//
// K1: HS256 and nothing else, decided by us and not by the token. K2: only the configured keys count; whatever key a
// header brings along is ignored, and extensions (`crit`) are refused. K3: a claim of the wrong type or out of range
// refuses the token, it is never converted. K4: every refusal reads the same; the reason goes to the log as the cause.

import { type CryptoKey, decodeJwt, jwtVerify, SignJWT } from "jose";
import { z } from "zod";
import { type AppError, appError } from "../errors.js";

/** A person, as the token says. */
export interface UserClaims {
  user_id: number;
  username?: string;
  community_ids: number[];
  role_ids: number[];
  /** Seconds since 1970. */
  exp?: number;
}

/** A service, known by its name only. */
export interface ServiceClaims {
  service: string;
  exp?: number;
}

export type Claims = UserClaims | ServiceClaims;

export interface TokenContent {
  user_id: number;
  username?: string;
  community_ids?: readonly number[];
  role_ids?: readonly number[];
  /** Seconds since 1970; without it the token does not expire. */
  exp?: number;
}

/** Ids are INTEGER in the database: a larger one would be an error there. */
export const userId = z.int().min(1).max(2_147_483_647);

const ids = z.array(userId).max(1000).nullish();
const name = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[^\p{Cc}\p{Surrogate}]*$/u); // half a character cannot be stored
// Finite: JSON's 1e400 reads as Infinity, which would never expire.
const time = z.number().min(0).max(Number.MAX_SAFE_INTEGER).optional();
const times = { exp: time, nbf: time, iat: time };
const person = z.object({
  ...times,
  user_id: userId,
  username: name.nullish().or(z.literal("")),
  community_ids: ids,
  role_ids: ids,
});
const service = z.object({ ...times, service: name, user_id: z.undefined().optional() });

/** Seconds by which another machine's clock may be ahead of ours (`nbf`); an expired token is not helped by it. */
const skew = 5;

/** The longest token that is looked at, in characters. */
const longest = 8192;

/** A token for a person, signed with HS256. */
export async function signToken(content: TokenContent, secret: string): Promise<string> {
  return await new SignJWT({ ...content }).setProtectedHeader({ alg: "HS256", typ: "JWT" }).sign(await keyOf(secret));
}

/** The claims of a token that one of the secrets signed. Throws UNAUTHORIZED, the same for every reason. */
export async function verifyToken(token: string, secrets: readonly string[]): Promise<Claims> {
  if (token.length > longest) throw unauthorized("longer than any token of ours");
  // jose overlooks padding, blanks and bits that stand for nothing in base64url: one text alone is the token.
  const parts = token.split(".");
  if (parts.length !== 3 || !parts.every(isBase64Url)) throw unauthorized("not three parts of base64url");
  let reason: unknown = "no key is configured";
  for (const secret of secrets) {
    if (secret === "") continue;
    try {
      return await verify(token, secret);
    } catch (error) {
      reason = error;
    }
  }
  throw unauthorized(reason);
}

/**
 * Whether a verified token says where its person belongs, be it nowhere. A token without the claim is vouched for by
 * whoever issued it, so it is not kept from making workflows; it gives no membership either.
 */
export function namesCommunities(token: string): boolean {
  const claim = decodeJwt(token).community_ids;
  return claim !== undefined && claim !== null;
}

/** The one refusal for bad credentials (K4). `reason` is for the log. */
export function unauthorized(reason: unknown): AppError {
  return appError("UNAUTHORIZED", undefined, { headers: { "WWW-Authenticate": "Bearer" }, cause: reason });
}

const isBase64Url = (part: string): boolean =>
  part !== "" && Buffer.from(part, "base64url").toString("base64url") === part;

async function verify(token: string, secret: string): Promise<Claims> {
  const options = { algorithms: ["HS256"], clockTolerance: skew };
  const { payload, protectedHeader } = await jwtVerify(token, await keyOf(secret), options);
  if (protectedHeader.crit !== undefined) throw new Error("an extension is asked for (crit)");
  // A token made for somebody else: we have no audience of our own.
  if (payload.aud !== undefined && payload.aud !== null) throw new Error("made for another audience (aud)");
  const claims =
    payload.service !== undefined && payload.user_id === undefined ? service.parse(payload) : person.parse(payload);
  if (claims.exp !== undefined && claims.exp <= Date.now() / 1000) throw new Error("expired (exp)");
  const end = claims.exp === undefined ? {} : { exp: claims.exp };
  if ("service" in claims) return { service: claims.service, ...end };
  return {
    user_id: claims.user_id,
    ...(claims.username ? { username: claims.username } : {}),
    community_ids: claims.community_ids ?? [],
    role_ids: claims.role_ids ?? [],
    ...end,
  };
}

/** Importing a key costs more than a verification, and there are at most two of them at a time. */
const keys = new Map<string, Promise<CryptoKey>>();

function keyOf(secret: string): Promise<CryptoKey> {
  const known = keys.get(secret);
  if (known !== undefined) return known;
  if (keys.size >= 8) keys.clear();
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = crypto.subtle.importKey("raw", new TextEncoder().encode(secret), algorithm, false, ["sign", "verify"]);
  keys.set(secret, key);
  return key;
}
