// Whether a call was signed by who knows the secret. Everything that is missing or odd is a refusal.
//
// S1. The signature is over the body's bytes as they came, before anything has read them.
// S2. Texts are compared in constant time, against every secret that holds, whichever fits.
// S3. The algorithm and the form are the webhook's, never the caller's choice.
// S4. Without a secret nothing is verified, so nothing is let through.
import { createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { headerReader, schemeOf } from "./signature-schemes.js";

export interface SignedCall {
  /** A row of signatureSchemes. */
  scheme: string;
  /** How old a signed time may be, seconds; null: as the scheme says. */
  windowSeconds: number | null;
  /** The secrets that hold at the moment: one, or two during a rotation. */
  secrets: readonly string[];
  token: string;
  headers: IncomingHttpHeaders;
  body: Uint8Array;
  /** Milliseconds since 1970. */
  now: number;
}

/** Why a call is refused, for those who look into the webhook's deliveries; undefined: it is signed as it should be. */
export interface SignatureRefusal {
  code: "SIGNATURE_REQUIRED" | "SIGNATURE_INVALID";
  reason: string;
}

/** Verifies a call; gives the refusal, or undefined when it holds. Never throws. */
export function refusedSignature(call: SignedCall): SignatureRefusal | undefined {
  const scheme = schemeOf(call.scheme);
  if (scheme === undefined) return invalid(`this program knows no signatures called ${call.scheme.slice(0, 32)}`);
  const header = headerReader(call.headers);
  if (header(scheme.header).trim() === "")
    return { code: "SIGNATURE_REQUIRED", reason: `the header ${scheme.header} is missing` };
  const keys = call.secrets.flatMap((secret) => scheme.key(secret) ?? []);
  if (keys.length === 0) return invalid("the webhook has no usable secret; rotate it");

  const windowSeconds = scheme.signsTime ? (call.windowSeconds ?? scheme.windowSeconds) : undefined;
  const presented = scheme.read(header, call.token, windowSeconds !== undefined);
  if (presented === undefined || presented.signatures.length === 0)
    return invalid(`the ${scheme.title} signature headers are not in the right form`);

  const { signatures, before, signedAt } = presented;
  let fits = false;
  for (const key of keys) {
    const wanted = createHmac("sha256", key).update(before, "utf8").update(call.body).digest();
    for (const signature of signatures) {
      // Both are 32 bytes: the schemes read nothing else.
      if (timingSafeEqual(wanted, signature)) fits = true;
    }
  }
  if (!fits) return invalid("the signature does not fit the body");
  if (windowSeconds !== undefined && !isFresh(signedAt, call.now, windowSeconds))
    return invalid(`it was signed more than ${windowSeconds} seconds ago, or ahead of time`);
  return undefined;
}

const invalid = (reason: string): SignatureRefusal => ({ code: "SIGNATURE_INVALID", reason });

/** Senders sign whole seconds, and count in them: what was signed 300 seconds ago is fresh until the second is over. */
const isFresh = (signedAt: number | undefined, now: number, windowSeconds: number): boolean =>
  signedAt !== undefined && Math.abs(Math.floor(now / 1000) - Math.floor(signedAt / 1000)) <= windowSeconds;
