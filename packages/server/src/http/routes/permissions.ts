// Permissions of a workflow: rows that give a user, a role or the community some of four rights.
import { z } from "zod";
import { appError } from "../../errors.js";
import {
  addPermission,
  type Grantee,
  getPermission,
  listPermissions,
  removePermission,
  updatePermission,
} from "../../store/permissions.js";
import { definedOnly } from "../defined-only.js";
import { grantSchema, int32, paging } from "../documents.js";
import { ok, pagination } from "../envelope.js";
import { route } from "../route.js";

const tag = "Permissions";

const flags = z
  .object({ can_view: z.boolean(), can_edit: z.boolean(), can_delete: z.boolean(), can_execute: z.boolean() })
  .partial();
const ids = { user_id: int32.nullish(), role_id: int32.nullish(), community_id: int32.nullish() };

/** The three ids of a row; exactly one of them is set. */
const grantee = (body: z.output<z.ZodObject<typeof ids>>): Grantee[] => [
  ...(typeof body.user_id === "number" ? [{ user_id: body.user_id }] : []),
  ...(typeof body.role_id === "number" ? [{ role_id: body.role_id }] : []),
  ...(typeof body.community_id === "number" ? [{ community_id: body.community_id }] : []),
];

const params = z.object({
  id: z.string(),
  permission_id: z
    .string()
    .regex(/^\d{1,10}$/)
    .transform(Number)
    .pipe(int32),
});

const noPermission = () => appError("NOT_FOUND", "The workflow has no such permission.");

export const permissionRoutes = [
  route({
    method: "GET",
    path: "/api/v1/workflows/:id/permissions",
    access: { workflow: "edit" },
    tag,
    summary: "Lists the permissions of a workflow, oldest first.",
    schema: { query: z.object(paging), gives: z.array(grantSchema), paged: true },
    handler: async ({ workflow, query }, { database }) => {
      const { page, per_page: perPage } = query;
      const { rows, total } = await listPermissions(database, workflow.workflow_id, { page, perPage });
      return ok(rows, { pagination: pagination(page, perPage, total) });
    },
  }),

  route({
    method: "POST",
    path: "/api/v1/workflows/:id/permissions",
    access: { workflow: "edit" },
    tag,
    summary: "Gives a user, a role or the workflow's community some rights.",
    description: "Exactly one of `user_id`, `role_id`, `community_id`; rights that are not named are not given.",
    schema: {
      body: z
        .object({ ...ids, ...flags.shape })
        .refine((body) => grantee(body).length === 1, "exactly one of user_id, role_id, community_id must be given"),
      gives: grantSchema,
      status: 201,
    },
    handler: async ({ workflow, body, request }, { database }) => {
      const [who] = grantee(body);
      const { can_view, can_edit, can_delete, can_execute } = body;
      const rights = definedOnly({ can_view, can_edit, can_delete, can_execute });
      const grant = who && (await addPermission(database, workflow.workflow_id, who, rights));
      if (grant === undefined) throw appError("WORKFLOW_NOT_FOUND");
      request.audit("workflow_permission_create", { permission_id: grant.permission_id, to: who, ...rights });
      return ok(grant, { status: 201, message: "Permission created" });
    },
  }),

  route({
    method: "PUT",
    path: "/api/v1/workflows/:id/permissions/:permission_id",
    access: { workflow: "edit" },
    tag,
    summary: "Changes the rights that are named and leaves the rest.",
    schema: { params, body: flags, gives: grantSchema },
    handler: async ({ workflow, params: { permission_id }, body, request }, { database }) => {
      const before = await getPermission(database, workflow.workflow_id, permission_id);
      const grant = await updatePermission(database, workflow.workflow_id, permission_id, definedOnly(body));
      if (grant === undefined) throw noPermission();
      request.audit("workflow_permission_update", { permission_id, before, after: grant });
      return ok(grant, { message: "Permission updated" });
    },
  }),

  route({
    method: "DELETE",
    path: "/api/v1/workflows/:id/permissions/:permission_id",
    access: { workflow: "edit" },
    tag,
    summary: "Takes a permission away.",
    schema: { params, gives: z.object({ permission_id: z.int() }) },
    handler: async ({ workflow, params: { permission_id }, request }, { database }) => {
      const before = await getPermission(database, workflow.workflow_id, permission_id);
      if (!(await removePermission(database, workflow.workflow_id, permission_id))) throw noPermission();
      request.audit("workflow_permission_delete", { permission_id, before });
      return ok({ permission_id }, { message: "Permission deleted" });
    },
  }),
];
