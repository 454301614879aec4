// The audit: who changed what.
import { z } from "zod";
import { listAudit } from "../../store/audit.js";
import { definedOnly } from "../defined-only.js";
import { int32, paging, record, time, wholeNumber } from "../documents.js";
import { ok, pagination } from "../envelope.js";
import { route } from "../route.js";
import { viewerOf } from "../viewer.js";

const biggestId = 2_147_483_647;

const auditSchema = z.object({
  ...{ audit_id: z.int(), at: time, action: z.string(), actor: z.string().nullable() },
  ...{ user_id: int32.nullable(), community_id: int32.nullable() },
  ...{ workflow_id: z.guid().nullable(), execution_id: z.guid().nullable(), request_id: z.guid().nullable() },
  summary: record.meta({ description: "What the action says; of changes with `before` and `after`. Never a secret." }),
});

export const auditRoutes = [
  route({
    method: "GET",
    path: "/api/v1/audit",
    access: "signed-in",
    tag: "Operation",
    summary: "Lists who changed what, the newest first.",
    description:
      "People see what was done to the workflows that they may view, and to the secrets of the communities that their " +
      "token names. Who started an execution stands in the execution. Rows are removed by AUDIT_RETENTION_DAYS.",
    schema: {
      query: z.object({
        ...paging,
        workflow_id: z.guid().optional(),
        community_id: wholeNumber(0, biggestId).optional(),
        user_id: wholeNumber(0, biggestId).optional(),
        action: z.string().min(1).max(100).optional().meta({ description: "Such as workflow_publish." }),
        since: z.iso.datetime({ offset: true }).optional(),
        before: z.iso.datetime({ offset: true }).optional(),
      }),
      gives: z.array(auditSchema),
      paged: true,
    },
    handler: async ({ principal, query }, { database }) => {
      const { page, per_page: perPage, workflow_id, community_id, user_id, ...rest } = query;
      const { rows, total } = await listAudit(database, {
        viewer: viewerOf(principal),
        ...definedOnly({ workflowId: workflow_id, communityId: community_id, userId: user_id, ...rest }),
        ...{ page, perPage },
      });
      return ok(rows, { pagination: pagination(page, perPage, total) });
    },
  }),
];
