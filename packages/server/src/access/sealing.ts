// Encryption of what is kept for communities: AES-256-GCM under a key that is made from SECRET_KEY. A sealed text is
// `v1.` and the base64url of 12 bytes of nonce, 16 of tag, and the rest.
//
// Y1. A sealed text opens only in the place that it was sealed for, so rows cannot be exchanged.
// Y2. What was sealed under SECRET_KEY_PREVIOUS still opens, and says that it should be sealed anew.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import type { Settings } from "../settings.js";

const nonceBytes = 12;
const tagBytes = 16;
const prefix = "v1.";

export interface Opened {
  value: string;
  /** True when it was sealed under the key before the last change. */
  stale: boolean;
}

export interface Sealing {
  seal(value: string, place: string): string;
  /** Undefined: it was sealed under another key or for another place, or is damaged. */
  open(sealed: string, place: string): Opened | undefined;
}

export function createSealing(settings: Pick<Settings, "SECRET_KEY" | "SECRET_KEY_PREVIOUS">): Sealing {
  const current = keyOf(settings.SECRET_KEY);
  const previous = settings.SECRET_KEY_PREVIOUS === undefined ? undefined : keyOf(settings.SECRET_KEY_PREVIOUS);
  return {
    seal: (value, place) => {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv("aes-256-gcm", current, nonce, { authTagLength: tagBytes });
      cipher.setAAD(Buffer.from(place));
      const body = Buffer.concat([cipher.update(value, "utf8"), cipher.final()]);
      return prefix + Buffer.concat([nonce, cipher.getAuthTag(), body]).toString("base64url");
    },
    open: (sealed, place) => {
      const value = openWith(current, sealed, place);
      if (value !== undefined) return { value, stale: false };
      const older = previous === undefined ? undefined : openWith(previous, sealed, place);
      return older === undefined ? undefined : { value: older, stale: true };
    },
  };
}

const keyOf = (secret: string): Buffer =>
  Buffer.from(hkdfSync("sha256", secret, "workflow-core", "secrets of communities, v1", 32));

function openWith(key: Buffer, sealed: string, place: string): string | undefined {
  const bytes = Buffer.from(sealed.slice(prefix.length), "base64url");
  if (!sealed.startsWith(prefix) || bytes.length < nonceBytes + tagBytes) return undefined;
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(place));
  decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()]).toString("utf8");
  } catch {
    return undefined; // the tag does not fit
  }
}
