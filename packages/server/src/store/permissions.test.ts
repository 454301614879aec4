// Permission rows on every PostgreSQL that there is.
import { randomUUID } from "node:crypto";
import { beforeAll, expect, it } from "vitest";
import { describeEachDatabase } from "../../test/support/database.js";
import type { Database } from "./database.js";
import { addPermission, grantsFor, listPermissions, removePermission, updatePermission } from "./permissions.js";
import { createWorkflow } from "./workflows.js";

describeEachDatabase("permissions", (at) => {
  let database: Database;
  let workflowId: string;
  let otherId: string;
  beforeAll(async () => {
    database = at().database;
    const some = { name: "One", entity_id: 1, community_id: 2, author_id: 3 };
    workflowId = (await createWorkflow(database, some)).workflow_id;
    otherId = (await createWorkflow(database, some)).workflow_id;
  });

  it("are added, listed, changed and removed", async () => {
    const user = await addPermission(database, workflowId, { user_id: 7 }, { can_view: true, can_edit: true });
    const role = await addPermission(database, workflowId, { role_id: 8 }, {});
    const community = await addPermission(database, workflowId, { community_id: 2 }, { can_execute: true });
    if (user === undefined || role === undefined || community === undefined) throw new Error("a row was not added");
    expect(user).toEqual({
      permission_id: expect.any(Number),
      workflow_id: workflowId,
      user_id: 7,
      role_id: null,
      community_id: null,
      can_view: true,
      can_edit: true,
      can_delete: false,
      can_execute: false,
      created_at: expect.stringMatching(/Z$/),
    });
    expect(await grantsFor(database, workflowId)).toEqual([user, role, community]);
    expect(await grantsFor(database, otherId)).toEqual([]);
    expect(await listPermissions(database, workflowId, { page: 2, perPage: 2 })).toEqual({
      rows: [community],
      total: 3,
    });

    const changed = { ...user, can_edit: false, can_delete: true };
    expect(
      await updatePermission(database, workflowId, user.permission_id, { can_edit: false, can_delete: true }),
    ).toEqual(changed);
    // A row is reached through its own workflow only.
    expect(await updatePermission(database, otherId, user.permission_id, { can_view: false })).toBeUndefined();
    expect(await removePermission(database, otherId, user.permission_id)).toBe(false);
    expect(await removePermission(database, workflowId, role.permission_id)).toBe(true);
    expect(await removePermission(database, workflowId, role.permission_id)).toBe(false);
    expect(await removePermission(database, workflowId, 99_999_999_999)).toBe(false);
    expect(await grantsFor(database, workflowId)).toEqual([changed, community]);
  });

  it("belong to a workflow that there is", async () => {
    expect(await addPermission(database, randomUUID(), { user_id: 7 }, { can_view: true })).toBeUndefined();
  });
});
