// Sessions of the builder: a token is exchanged once for a cookie, so that no page has to keep the token.
//
// S1. The cookie's value is 256 random bits; only its hash is stored, so the store signs nobody in.
// S2. A session ends twelve hours after it was last used, when its token does, and after seven days in any case.
// S3. The token against forged requests is made from the cookie's value, which no other page can read.
import { createHash, createHmac, randomBytes } from "node:crypto";
import { z } from "zod";
import type { Clock } from "../clock.js";
import type { Principal } from "./identity.js";

/** Where sessions are kept: text under a key for so many seconds. */
export interface SessionStore {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string, seconds: number): Promise<void>;
  delete(key: string): Promise<void>;
}

export type Person = Extract<Principal, { kind: "user" }>;

export interface Session {
  principal: Person;
  /** Communities that the token restricts the person to; undefined: it names none, so it restricts to none. */
  communities: readonly number[] | undefined;
  csrfToken: string;
  /** When it ends unless it is used before, ms since 1970. */
  expiresAt: number;
}

export interface FoundSession extends Session {
  /** True when its end was moved just now, so that the cookie's has to be moved too. */
  renewed: boolean;
}

export interface Sessions {
  /** Begins a session; `endsAt` (ms since 1970) is the end of the token it is given for. */
  begin(person: Person, communities: readonly number[] | undefined, endsAt?: number): Promise<{ id: string } & Session>;
  /** The session of a cookie's value, if it is one; using it keeps it alive. */
  find(id: string): Promise<FoundSession | undefined>;
  end(id: string): Promise<void>;
}

const idleMs = 12 * 60 * 60 * 1000;
const longestMs = 7 * 24 * 60 * 60 * 1000;
const renewalMs = 5 * 60 * 1000;

const ids = z.array(z.int());
const recordSchema = z.object({
  person: z.object({ user_id: z.int(), username: z.string().optional(), community_ids: ids, role_ids: ids }),
  communities: ids.optional(),
  /** The latest possible end, and the end for now. */
  until: z.number(),
  expires: z.number(),
});
type Stored = z.infer<typeof recordSchema>;

/** Sessions over any store. What the store throws goes on up. */
export function createSessions({ store, clock }: { store: SessionStore; clock: Clock }): Sessions {
  const keep = (id: string, record: Stored) =>
    store.set(keyOf(id), JSON.stringify(record), Math.max(1, Math.ceil((record.expires - clock.now()) / 1000)));
  return {
    async begin(person, communities, endsAt = Number.POSITIVE_INFINITY) {
      const id = randomBytes(32).toString("base64url");
      const now = clock.now();
      const until = Math.min(endsAt, now + longestMs);
      const { user_id, username, community_ids, role_ids } = person;
      const record: Stored = {
        person: { user_id, ...(username === undefined ? {} : { username }), community_ids, role_ids },
        ...(communities === undefined ? {} : { communities: [...communities] }),
        ...{ until, expires: Math.min(until, now + idleMs) },
      };
      await keep(id, record);
      return { id, ...sessionOf(id, record) };
    },
    async find(id) {
      if (!/^[\w-]{43}$/.test(id)) return undefined;
      const record = read(await store.get(keyOf(id)));
      const now = clock.now();
      if (record === undefined || now >= record.expires) return undefined;
      const expires = Math.min(record.until, now + idleMs);
      const renewed = expires - record.expires > renewalMs;
      if (renewed) await keep(id, { ...record, expires });
      return { ...sessionOf(id, renewed ? { ...record, expires } : record), renewed };
    },
    end: (id) => store.delete(keyOf(id)),
  };
}

const keyOf = (id: string): string => createHash("sha256").update(`session:${id}`).digest("hex");
const csrfOf = (id: string): string => createHmac("sha256", id).update("csrf").digest("base64url");

function sessionOf(id: string, { person, communities, expires }: Stored): Session {
  const { username, ...rest } = person;
  const principal: Person = { kind: "user", ...rest, ...(username === undefined ? {} : { username }) };
  return { principal, communities, csrfToken: csrfOf(id), expiresAt: expires };
}

function read(text: string | undefined): Stored | undefined {
  if (text === undefined) return undefined;
  try {
    return recordSchema.parse(JSON.parse(text));
  } catch {
    return undefined; // written by another version, or damaged: sign in again
  }
}
