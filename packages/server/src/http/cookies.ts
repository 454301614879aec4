// The session's cookie, and the check that a request which it signs in was made by a page of ours.
import type { IncomingHttpHeaders } from "node:http";
import { sameKey } from "../access/identity.js";
import type { Session } from "../access/sessions.js";
import { appError } from "../errors.js";

const name = "workflow_core_session";

/** The cookie's value; undefined when there is none that could be one of ours. */
export const sessionCookie = (headers: IncomingHttpHeaders): string | undefined =>
  new RegExp(`(?:^|;)\\s*${name}=([\\w-]{43})\\s*(?:;|$)`).exec(headers.cookie ?? "")?.[1];

/**
 * A Set-Cookie that lasts as long as the session; without a session, one that takes the cookie away. Strict: a page
 * that is opened from elsewhere makes its calls itself, so they carry it; other sites' forms do not.
 */
export function setSessionCookie(
  session: { id: string; expiresAt: number } | undefined,
  { now, publicUrl }: { now: number; publicUrl: string | undefined },
): string {
  const seconds = session === undefined ? 0 : Math.max(0, Math.floor((session.expiresAt - now) / 1000));
  const secure = publicUrl?.toLowerCase().startsWith("https:") ? "; Secure" : "";
  return `${name}=${session?.id ?? ""}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure}`;
}

const changesNothing: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** Throws FORBIDDEN for a change that does not bring the session's own token in X-CSRF-Token. */
export function checkForgery(method: string, headers: IncomingHttpHeaders, { csrfToken }: Session): void {
  if (changesNothing.has(method)) return;
  const given = headers["x-csrf-token"];
  if (typeof given === "string" && sameKey(given, csrfToken)) return;
  throw appError(
    "FORBIDDEN",
    "The header X-CSRF-Token must hold the session's token, as GET /api/v1/session gives it.",
  );
}
