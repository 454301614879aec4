// Permissions: rows that give a user, a role or the workflow's community some of four rights on a workflow.
import { idFinder } from "./batches.js";
import { type Database, iso } from "./database.js";

export interface Grant {
  permission_id: number;
  workflow_id: string;
  /** Exactly one of the three is set. */
  user_id: number | null;
  role_id: number | null;
  community_id: number | null;
  can_view: boolean;
  can_edit: boolean;
  can_delete: boolean;
  can_execute: boolean;
  created_at: string;
}

export type Flags = Pick<Grant, "can_view" | "can_edit" | "can_delete" | "can_execute">;
export type Grantee = { user_id: number } | { role_id: number } | { community_id: number };

type Row = Omit<Grant, "created_at"> & { created_at: Date };

const columns = `permission_id, workflow_id, user_id, role_id, community_id, coalesce(can_view, false) AS can_view,
  coalesce(can_edit, false) AS can_edit, coalesce(can_delete, false) AS can_delete, coalesce(can_execute, false) AS can_execute,
  coalesce(created_at, 'epoch') AS created_at`;

const toGrant = (row: Row): Grant => ({ ...row, created_at: iso(row.created_at) });

/** All rows of a workflow, oldest first, from the primary: a right that was taken is gone at once. */
export const grantsFor = async (
  { primary }: Pick<Database, "primary">,
  workflowId: string,
): Promise<readonly Grant[]> => (await findGrants(primary, workflowId))?.grants ?? [];

const findGrants = idFinder(
  async (pool, ids) => {
    const { rows } = await pool.query<Row>({
      name: "permissions-for",
      text: `SELECT ${columns} FROM workflow_permissions WHERE workflow_id = ANY($1::uuid[]) ORDER BY permission_id`,
      values: [ids],
    });
    const grants = rows.map(toGrant);
    return ids.map((id) => ({ id, grants: grants.filter(({ workflow_id }) => workflow_id === id) }));
  },
  ({ id }) => id,
);

/** A page of a workflow's rows, oldest first, and how many there are in all. */
export async function listPermissions(
  database: Database,
  workflowId: string,
  query: { page: number; perPage: number },
): Promise<{ rows: Grant[]; total: number }> {
  const all = "FROM workflow_permissions WHERE workflow_id = $1";
  const [list, count] = await Promise.all([
    database
      .read()
      .query<Row>(`SELECT ${columns} ${all} ORDER BY permission_id LIMIT $2 OFFSET $3`, [
        workflowId,
        query.perPage,
        (query.page - 1) * query.perPage,
      ]),
    database.read().query<{ total: number }>(`SELECT count(*) AS total ${all}`, [workflowId]),
  ]);
  return { rows: list.rows.map(toGrant), total: count.rows[0]?.total ?? 0 };
}

/** One row; undefined when the workflow has no such row. */
export async function getPermission(
  { primary }: Database,
  workflowId: string,
  permissionId: number,
): Promise<Grant | undefined> {
  const { rows } = await primary.query<Row>(
    `SELECT ${columns} FROM workflow_permissions WHERE workflow_id = $1 AND permission_id = $2::bigint`,
    [workflowId, permissionId],
  );
  return rows[0] && toGrant(rows[0]);
}

/** Adds a row; flags that are not given are false. Undefined: there is no such workflow. */
export async function addPermission(
  database: Database,
  workflowId: string,
  grantee: Grantee,
  flags: Partial<Flags>,
): Promise<Grant | undefined> {
  const { rows } = await database.primary.query<Row>(
    `INSERT INTO workflow_permissions (workflow_id, user_id, role_id, community_id, can_view, can_edit, can_delete, can_execute)
     SELECT workflow_id, $2, $3, $4, $5, $6, $7, $8 FROM workflows WHERE workflow_id = $1 RETURNING ${columns}`,
    [
      workflowId,
      "user_id" in grantee ? grantee.user_id : null,
      "role_id" in grantee ? grantee.role_id : null,
      "community_id" in grantee ? grantee.community_id : null,
      flags.can_view ?? false,
      flags.can_edit ?? false,
      flags.can_delete ?? false,
      flags.can_execute ?? false,
    ],
  );
  return rows[0] && toGrant(rows[0]);
}

/** Sets the flags that are given. Undefined: the workflow has no such row. */
export async function updatePermission(
  database: Database,
  workflowId: string,
  permissionId: number,
  flags: Partial<Flags>,
): Promise<Grant | undefined> {
  const { rows } = await database.primary.query<Row>(
    `UPDATE workflow_permissions SET can_view = coalesce($3, can_view), can_edit = coalesce($4, can_edit),
       can_delete = coalesce($5, can_delete), can_execute = coalesce($6, can_execute)
     WHERE workflow_id = $1 AND permission_id = $2::bigint RETURNING ${columns}`,
    [
      workflowId,
      permissionId,
      flags.can_view ?? null,
      flags.can_edit ?? null,
      flags.can_delete ?? null,
      flags.can_execute ?? null,
    ],
  );
  return rows[0] && toGrant(rows[0]);
}

/** Removes a row; false when the workflow has no such row. */
export async function removePermission(database: Database, workflowId: string, permissionId: number): Promise<boolean> {
  const { rowCount } = await database.primary.query(
    "DELETE FROM workflow_permissions WHERE workflow_id = $1 AND permission_id = $2::bigint",
    [workflowId, permissionId],
  );
  return rowCount === 1;
}
