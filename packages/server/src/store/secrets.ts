// Secrets of communities, as they are kept: sealed texts under names. What is in them is not known here.
import { type Database, iso } from "./database.js";

export interface SecretRow {
  name: string;
  /** Where it may be sent; null: anywhere. */
  hosts: string[] | null;
  created_at: string;
  updated_at: string;
  /** Who wrote it last. */
  updated_by: string | null;
}

type Stored = Omit<SecretRow, "created_at" | "updated_at"> & { created_at: Date; updated_at: Date };

const columns = "name, hosts, created_at, updated_at, updated_by";
const dated = (row: Stored): SecretRow => ({
  ...row,
  created_at: iso(row.created_at),
  updated_at: iso(row.updated_at),
});

/** The secrets of a community by name, without what is in them. From the primary: who has just written looks next. */
export async function listSecrets({ primary }: Database, communityId: number): Promise<SecretRow[]> {
  const { rows } = await primary.query<Stored>(
    `SELECT ${columns} FROM workflow_secrets WHERE community_id = $1::bigint ORDER BY name`,
    [communityId],
  );
  return rows.map(dated);
}

export interface SealedSecret extends Pick<SecretRow, "name" | "hosts"> {
  sealed: string;
}

/** The sealed texts of a community, by name, with where they may be sent. */
export async function readSealed({ primary }: Database, communityId: number): Promise<SealedSecret[]> {
  const { rows } = await primary.query<SealedSecret>({
    name: "secrets-of-community-with-hosts",
    text: "SELECT name, sealed, hosts FROM workflow_secrets WHERE community_id = $1",
    values: [communityId],
  });
  return rows;
}

export interface SecretChange {
  communityId: number;
  name: string;
  sealed: string;
  /** Undefined: of a secret that is there, those that it has; of a new one, anywhere. */
  hosts: readonly string[] | null | undefined;
  by: string;
  /** So many secrets a community may have. */
  most: number;
}

/** Writes a secret; undefined when it would be one too many. `created` says whether it is new. */
export async function writeSecret(
  { primary }: Database,
  { communityId, name, sealed, hosts, by, most }: SecretChange,
): Promise<(SecretRow & { created: boolean }) | undefined> {
  const { rows } = await primary.query<Stored & { created: boolean }>(
    `INSERT INTO workflow_secrets (community_id, name, sealed, updated_by, hosts)
     SELECT $1::integer, $2::varchar, $3, $4, $6::text[] WHERE EXISTS (SELECT 1 FROM workflow_secrets WHERE community_id = $1 AND name = $2::varchar)
       OR (SELECT count(*) FROM workflow_secrets WHERE community_id = $1) < $5
     ON CONFLICT (community_id, name) DO UPDATE
       SET sealed = excluded.sealed, updated_by = excluded.updated_by,
         hosts = CASE WHEN $7 THEN workflow_secrets.hosts ELSE excluded.hosts END, updated_at = clock_timestamp()
     RETURNING ${columns}, xmax = 0 AS created`,
    [communityId, name, sealed, by.slice(0, 64), most, hosts ?? null, hosts === undefined],
  );
  const row = rows[0];
  return row && { ...dated(row), created: row.created };
}

/** Exchanges a sealed text for another one of the same secret, unless it was written meanwhile. */
export async function resealSecret(
  { primary }: Database,
  communityId: number,
  { name, before, after }: { name: string; before: string; after: string },
): Promise<void> {
  await primary.query("UPDATE workflow_secrets SET sealed = $4 WHERE community_id = $1 AND name = $2 AND sealed = $3", [
    communityId,
    name,
    before,
    after,
  ]);
}

/** False when there is no such secret. */
export async function removeSecret({ primary }: Database, communityId: number, name: string): Promise<boolean> {
  const { rowCount } = await primary.query(
    "DELETE FROM workflow_secrets WHERE community_id = $1::bigint AND name = $2",
    [communityId, name],
  );
  return rowCount === 1;
}
