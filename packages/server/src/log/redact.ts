// Keeps secrets out of the log, by three rules. R1: the value of a field whose name speaks of a secret is never
// written. R2: a registered secret is removed from every text, wherever it turns up. R3: so is what looks like one:
// passwords in addresses, bearer tokens, signatures, the token in a webhook's address.
// Whatever is passed in comes out as plain data of bounded size: a log line can neither fail nor grow without limit.

import { cut } from "../errors.js";

const hidden = "[redacted]";

/** Names under which secrets travel, written without `-` and `_` and in lower case. */
const secretName = /secret|token|authorization|password|passwd|apikey|signature|cookie|privatekey|credential/;

const registered = new Set<string>();
let sorted: string[] = [];

/** From now on this value appears in no log line. Values of fewer than six characters would blank out ordinary words. */
export function registerSecret(value: string | undefined): void {
  if (value === undefined || value.length < 6) return;
  registered.add(value);
  // The longest first: a secret may hold another.
  sorted = [...registered].sort((a, b) => b.length - a.length);
}

/** What one of the rules of `maskText` begins with: most texts have none of it. */
const looksSecret = /:\/\/|bearer|eyJ|sha256=|\/webhooks\//i;

/** The text without anything secret (R2, R3). Only its first 4,000 characters are looked at and returned. */
export function maskText(text: string): string {
  let masked = cut(text, 4000);
  for (const secret of sorted) masked = masked.replaceAll(secret, hidden);
  if (!looksSecret.test(masked)) return masked;
  return masked
    .replace(/\b([a-z][a-z0-9+.-]{0,20}:\/\/[^\s:/?#@]*):[^\s/?#]*@/gi, `$1:${hidden}@`)
    .replace(/\b(bearer\s+)[\w.~+/=-]+/gi, `$1${hidden}`)
    .replace(/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, hidden)
    .replace(/\b(sha256=)[0-9a-f]{16,}/gi, `$1${hidden}`)
    .replace(/(\/workflows\/webhooks\/)[^\s/?#"']+/g, `$1${hidden}`);
}

/** A value as plain data without secrets: at most 1,000 values, six levels deep, texts of 1,000 characters. Never throws. */
export function redact(value: unknown): unknown {
  return walk(value, 0, { left: 1000 });
}

/** The value of a field, by its name too (R1). */
export function redactField(name: string, value: unknown): unknown {
  return isSecret(name, value) ? hidden : redact(value);
}

/** What an error says: a message of at most 1,000 characters, a stack of at most 50 frames, causes three deep. */
export function describeError(error: unknown, depth = 0): Record<string, unknown> {
  if (!(error instanceof Error)) {
    const plain = redact(error);
    return { message: typeof plain === "string" ? plain : cut(JSON.stringify(plain) ?? "undefined") };
  }
  const { code } = error as { code?: unknown }; // errors of Node and our own have one
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return {
    name: error.name,
    message: cut(maskText(error.message)),
    ...(typeof code === "string" ? { code } : {}),
    stack: frames
      .slice(0, 50)
      .map((line) => cut(maskText(line.trim()), 300))
      .join("\n"),
    ...(error.cause === undefined || depth >= 3 ? {} : { cause: describeError(error.cause, depth + 1) }),
  };
}

/** A number or a boolean says something about a secret, not what it is. */
function isSecret(name: string, value: unknown): boolean {
  if (value === null || (typeof value !== "string" && typeof value !== "object")) return false;
  return secretName.test(name.toLowerCase().replaceAll(/[-_]/g, ""));
}

function walk(value: unknown, depth: number, budget: { left: number }): unknown {
  if (typeof value === "string") return cut(maskText(value));
  if (typeof value === "bigint" || typeof value === "symbol") return cut(String(value));
  if (typeof value === "function") return "[function]";
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "invalid date" : value.toISOString();
  if (value instanceof Error) return describeError(value);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (depth >= 6) return "[deeper]";
  try {
    const kept = Array.isArray(value)
      ? [...value.entries()]
      : value instanceof Map
        ? [...value]
        : Object.entries(value);
    const entries = kept.slice(0, 100).flatMap(([key, item]): [string, unknown][] => {
      budget.left -= 1;
      if (budget.left < 0) return [];
      const name = String(key);
      return [[cut(maskText(name), 200), isSecret(name, item) ? hidden : walk(item, depth + 1, budget)]];
    });
    return Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries);
  } catch {
    return "[unreadable]"; // a getter or a proxy that throws
  }
}
