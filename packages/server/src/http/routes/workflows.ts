// Workflows: made, listed, read, changed, archived.
import { z } from "zod";
import { appError } from "../../errors.js";
import {
  archiveWorkflow,
  createWorkflow,
  createWorkflowWithin,
  listWorkflows,
  updateWorkflow,
} from "../../store/workflows.js";
import { workflowChange } from "../audit-summary.js";
import { definedOnly } from "../defined-only.js";
import { graphParts, int32, paging, wholeNumber, workflowSchema, workflowStatuses } from "../documents.js";
import { ok, pagination } from "../envelope.js";
import { changed, expectationOf, workflowAnswer } from "../revision.js";
import { route } from "../route.js";
import { viewerOf } from "../viewer.js";

const tag = "Workflows";
const biggestId = 2_147_483_647;

const described = {
  name: z.string().trim().min(1).max(255),
  description: z.string().max(10_000).nullable(),
};
const licenseKey = z.string().min(1).max(255).optional().meta({ description: "Handed to the licence server." });

export const workflowRoutes = [
  route({
    method: "POST",
    path: "/api/v1/workflows",
    access: "signed-in",
    tag,
    summary: "Makes a workflow, as a draft.",
    description:
      "A draft may be wrong or empty; publishing it may not. People make workflows in the communities that their " +
      "token names, or in any when it names none. Needs the licence feature `workflows`.",
    schema: {
      body: z.object({
        name: described.name,
        description: described.description.optional(),
        entity_id: int32,
        community_id: int32,
        ...z.object(graphParts).partial().shape,
        license_key: licenseKey,
      }),
      gives: workflowSchema,
      status: 201,
    },
    handler: async ({ principal, body, request }, { database, license }) => {
      const { license_key: key, description, ...rest } = body;
      const { community_id: communityId } = body;
      if (request.communities !== undefined && !request.communities.includes(communityId)) {
        request.log.authz("workflow_create", {
          user: principal.kind === "user" ? principal.user_id : undefined,
          community: communityId,
          result: "DENIED",
        });
        throw appError("FORBIDDEN", "You do not belong to this community.");
      }
      const terms = await license.require({ communityId, feature: "workflows", licenseKey: key });
      const { workflowsMax: most } = terms;
      const made = {
        ...definedOnly(rest),
        description: description ?? null,
        author_id: principal.kind === "user" ? principal.user_id : 0,
      };
      const workflow = await (most === undefined
        ? createWorkflow(database, made)
        : createWorkflowWithin(database, made, most));
      if (workflow === undefined) {
        throw appError("PAYMENT_REQUIRED", `The licence of community ${communityId} allows ${most} workflows.`, {
          details: { limit: "workflows_max", value: most },
        });
      }
      request.audit("workflow_create", {
        ...{ community: communityId, workflow_id: workflow.workflow_id },
        after: { name: workflow.name, nodes: Object.keys(workflow.nodes).length },
      });
      return workflowAnswer(workflow, {
        status: 201,
        message: "Workflow created",
        headers: { Location: `/api/v1/workflows/${workflow.workflow_id}` },
      });
    },
  }),

  route({
    method: "GET",
    path: "/api/v1/workflows",
    access: "signed-in",
    tag,
    summary: "Lists the workflows that the caller may view, the newest change first.",
    description: "Without `status`, everything but what is archived.",
    schema: {
      query: z.object({
        ...paging,
        entity_id: wholeNumber(0, biggestId).optional(),
        community_id: wholeNumber(0, biggestId).optional(),
        status: z.enum(workflowStatuses).optional(),
        search: z
          .string()
          .max(255)
          .optional()
          .meta({ description: "Text in name or description; nothing in it is a wildcard." }),
      }),
      gives: z.array(workflowSchema),
      paged: true,
    },
    handler: async ({ principal, query }, { database }) => {
      const viewer = viewerOf(principal);
      const { rows, total } = await listWorkflows(database, {
        viewer,
        page: query.page,
        perPage: query.per_page,
        ...definedOnly({
          entityId: query.entity_id,
          communityId: query.community_id,
          status: query.status,
          search: query.search,
        }),
      });
      return ok(rows, { pagination: pagination(query.page, query.per_page, total) });
    },
  }),

  route({
    method: "GET",
    path: "/api/v1/workflows/:id",
    access: { workflow: "view" },
    tag,
    summary: "Gives one workflow, archived or not.",
    description: "The ETag is its revision, for If-Match.",
    schema: { gives: workflowSchema },
    handler: ({ workflow }) => workflowAnswer(workflow),
  }),

  route({
    method: "PUT",
    path: "/api/v1/workflows/:id",
    access: { workflow: "edit" },
    tag,
    summary: "Changes the parts that are given and leaves the rest.",
    description:
      "What is published stays as it is until it is published again; `enabled` takes effect at once. With If-Match, a " +
      "change that is based on an older revision is refused with CONFLICT. Fields that cannot be changed are ignored, " +
      "so a workflow may be sent back as it was read.",
    schema: {
      body: z.object({
        ...z.object({ ...described, ...graphParts, enabled: z.boolean() }).partial().shape,
        ...{ entity_id: int32.optional(), community_id: int32.optional() },
      }),
      gives: workflowSchema,
    },
    handler: async ({ workflow, body, request }, { database, also }) => {
      const { entity_id, community_id: _, ...changes } = body;
      if (entity_id !== undefined && entity_id !== workflow.entity_id) {
        throw appError("BAD_REQUEST", "entity_id: cannot be changed", {
          details: [{ path: "entity_id", message: "cannot be changed" }],
        });
      }
      const options = {
        ...expectationOf(request.headers["if-match"], workflow),
        ...(also === undefined || changes.enabled === undefined ? {} : { also }),
      };
      const result = await updateWorkflow(database, workflow.workflow_id, definedOnly(changes), options);
      const after = await changed(database, workflow.workflow_id, result);
      request.audit("workflow_update", {
        ...{ fields: Object.keys(definedOnly(changes)), revision: after.revision },
        ...workflowChange(workflow, after),
      });
      return workflowAnswer(after, { message: "Workflow updated" });
    },
  }),

  route({
    method: "DELETE",
    path: "/api/v1/workflows/:id",
    access: { workflow: "delete" },
    tag,
    summary: "Archives a workflow: nothing starts it any more; its executions and versions stay.",
    description: "Lists leave it out unless they ask for it; archiving it again changes nothing.",
    schema: { gives: workflowSchema },
    handler: async ({ workflow, request }, { database, also }) => {
      if (workflow.status === "archived") return workflowAnswer(workflow, { message: "Workflow archived" });
      const options = {
        ...expectationOf(request.headers["if-match"], workflow),
        ...(also === undefined ? {} : { also }),
      };
      const result = await archiveWorkflow(database, workflow.workflow_id, options);
      const after = await changed(database, workflow.workflow_id, result);
      request.audit("workflow_delete", workflowChange(workflow, after));
      return workflowAnswer(after, { message: "Workflow archived" });
    },
  }),
];
