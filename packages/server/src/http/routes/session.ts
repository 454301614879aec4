// The builder's session: a token is exchanged for a cookie that no script can read.
import { z } from "zod";
import { claimsOf } from "../../access/identity.js";
import type { Person, Session } from "../../access/sessions.js";
import { appError } from "../../errors.js";
import { setSessionCookie } from "../cookies.js";
import { time } from "../documents.js";
import { type Answer, ok } from "../envelope.js";
import { isFromThisMachine } from "../loopback.js";
import { route } from "../route.js";
import type { Services } from "../services.js";

const tag = "Session";
const path = "/api/v1/session";

const principalSchema = z.looseObject({ kind: z.enum(["user", "service"]), user_id: z.int().optional() });
const sessionSchema = z.object({
  principal: principalSchema,
  csrf_token: z.string().nullable().meta({ description: "For X-CSRF-Token; null: the caller has no session." }),
  expires_at: time.nullable().meta({ description: "When the session ends unless it is used before." }),
});

const documentOf = ({ principal, csrfToken, expiresAt }: Session) => ({
  principal,
  csrf_token: csrfToken,
  expires_at: new Date(expiresAt).toISOString(),
});

const sessionsOf = ({ sessions }: Services) => {
  if (sessions === undefined) throw new Error("the server has made no sessions");
  return sessions;
};

const cookieHeader = ({ settings, clock }: Services, session: Parameters<typeof setSessionCookie>[0]) => ({
  "Set-Cookie": setSessionCookie(session, { now: clock.now(), publicUrl: settings.PUBLIC_BASE_URL }),
});

/** Who a development server signs in: somebody to begin with. */
const developer: Person = { kind: "user", user_id: 1, username: "developer", community_ids: [1], role_ids: [] };

async function begin(
  services: Services,
  person: Person,
  communities: readonly number[] | undefined,
  endsAt?: number,
): Promise<Answer> {
  const session = await sessionsOf(services).begin(person, communities, endsAt);
  return ok(documentOf(session), { headers: cookieHeader(services, session), message: "Signed in" });
}

export const sessionRoutes = [
  route({
    method: "GET",
    path,
    access: "signed-in",
    tag,
    summary: "Says who is asking, and gives the token that changes made with the session's cookie need.",
    schema: { gives: sessionSchema },
    handler: ({ principal, request }) =>
      ok(request.session ? documentOf(request.session) : { principal, csrf_token: null, expires_at: null }),
  }),

  route({
    method: "POST",
    path,
    access: "public",
    harmless: true,
    tag,
    summary: "Exchanges a token for a session, kept in the cookie `workflow_core_session`.",
    description:
      "Calls with that cookie instead of an Authorization header are the person's. What changes something then needs " +
      "the header `X-CSRF-Token` with the token from this answer. The session ends twelve hours after its last use, " +
      'and with the token. `{"development": true}` signs in user 1 of community 1 on a server without RELEASE_MODE, ' +
      "from the same machine only.",
    schema: {
      body: z.union(
        [z.strictObject({ token: z.string().min(1).max(8192) }), z.strictObject({ development: z.literal(true) })],
        { error: 'must be {"token": "…"} or {"development": true}' },
      ),
      gives: sessionSchema,
    },
    handler: async ({ body, request }, services) => {
      if ("token" in body) {
        const { person, communities, exp } = await claimsOf(body.token, services.settings);
        const answer = await begin(services, person, communities, exp === undefined ? undefined : exp * 1000);
        request.log.auth("session_begin", { user: person.user_id });
        return answer;
      }
      const allowed = !services.settings.RELEASE_MODE && isFromThisMachine(request.socketAddress, request.headers);
      request.log.auth("session_begin_development", {
        user: developer.user_id,
        result: allowed ? "SUCCESS" : "DENIED",
      });
      if (!allowed)
        throw appError("FORBIDDEN", "This needs a server without RELEASE_MODE, called from its own machine.");
      return begin(services, developer, developer.community_ids);
    },
  }),

  route({
    method: "DELETE",
    path,
    access: "signed-in",
    harmless: true,
    tag,
    summary: "Ends the session and takes its cookie away.",
    schema: { gives: z.object({ signed_out: z.literal(true) }) },
    handler: async ({ principal, request }, services) => {
      if (request.sessionId !== undefined) await sessionsOf(services).end(request.sessionId);
      request.log.auth("session_end", { user: principal.kind === "user" ? principal.user_id : undefined });
      return ok({ signed_out: true }, { headers: cookieHeader(services, undefined), message: "Signed out" });
    },
  }),
];
