// Secrets of communities: written by their members, used by their workflows, shown to nobody.
import { appError } from "../errors.js";
import type { Settings } from "../settings.js";
import type { Database } from "../store/database.js";
import { listSecrets, readSealed, removeSecret, resealSecret, type SecretRow, writeSecret } from "../store/secrets.js";
import type { Principal } from "./identity.js";
import { createSealing } from "./sealing.js";

/** So many a community may have: all of them are read for each call that uses one. */
export const mostSecrets = 100;
export const longestSecret = 8192;

export interface NewSecret {
  value: string;
  /** Hosts that it may be sent to (outbound/secret-hosts.ts); null: any; undefined: as it was. */
  hosts?: readonly string[] | null | undefined;
}

/** A secret as calls use it. Never hand this to people. */
export interface UsableSecret {
  value: string;
  hosts: readonly string[] | null;
}

export interface Secrets {
  list(communityId: number): Promise<SecretRow[]>;
  /** Throws FORBIDDEN when the community has as many as it may have. */
  write(communityId: number, name: string, secret: NewSecret, by: string): Promise<SecretRow & { created: boolean }>;
  /** False when there is none of that name. */
  remove(communityId: number, name: string): Promise<boolean>;
  /** All secrets by name; undefined stands for one that no key of ours opens. */
  resolve(communityId: number): Promise<ReadonlyMap<string, UsableSecret | undefined>>;
}

export interface SecretsOptions {
  database: Database;
  settings: Pick<Settings, "SECRET_KEY" | "SECRET_KEY_PREVIOUS">;
}

export function createSecrets({ database, settings }: SecretsOptions): Secrets {
  const sealing = createSealing(settings);
  return {
    list: (communityId) => listSecrets(database, communityId),
    async write(communityId, name, { value, hosts }, by) {
      const sealed = sealing.seal(value, placeOf(communityId, name));
      const row = await writeSecret(database, { communityId, name, sealed, hosts, by, most: mostSecrets });
      if (row === undefined) throw appError("FORBIDDEN", `A community may have ${mostSecrets} secrets.`);
      return row;
    },
    remove: (communityId, name) => removeSecret(database, communityId, name),
    async resolve(communityId) {
      const values = new Map<string, UsableSecret | undefined>();
      for (const { name, sealed, hosts } of await readSealed(database, communityId)) {
        const place = placeOf(communityId, name);
        const opened = sealing.open(sealed, place);
        values.set(name, opened && { value: opened.value, hosts });
        if (opened?.stale !== true) continue;
        const after = sealing.seal(opened.value, place);
        await resealSecret(database, communityId, { name, before: sealed, after });
      }
      return values;
    },
  };
}

const placeOf = (communityId: number, name: string): string => `${communityId}:${name}`;

/**
 * Whether somebody may decide about a community's secrets, or publish what uses them: services, and people whose token
 * says that they belong to it. Who acts through a service brings no such word.
 */
export const mayUseSecrets = (principal: Principal, communityId: number): boolean =>
  principal.kind === "service" || principal.community_ids.includes(communityId);
