// Publishing: versions frozen, chosen and rolled back to. Reading and naming them is in versions.ts.
import type { Compiled, WorkflowGraph } from "@workflow-core/core";
import { z } from "zod";
import type { Principal } from "../../access/identity.js";
import { mayUseSecrets } from "../../access/secrets.js";
import { appError } from "../../errors.js";
import { getVersion, publishWorkflow, rollbackWorkflow, unpublishWorkflow } from "../../store/versions.js";
import type { Workflow } from "../../store/workflows.js";
import { workflowChange } from "../audit-summary.js";
import { checkNotArchived } from "../authorise.js";
import { workflowSchema } from "../documents.js";
import { changed, expectationOf, workflowAnswer } from "../revision.js";
import { route } from "../route.js";
import type { Services } from "../services.js";
import { featuresOf, validate } from "../validation.js";
import { noVersion, versionCalled, versionLabel, versionName } from "../version-fields.js";

const tag = "Workflows";
const authorOf = (principal: { kind: "service" } | { kind: "user"; user_id: number }): number | null =>
  principal.kind === "user" ? principal.user_id : null;

export const publishingRoutes = [
  route({
    method: "POST",
    path: "/api/v1/workflows/:id/publish",
    access: { workflow: "edit" },
    tag,
    summary: "Validates what is drawn, freezes it as a new version and lets its triggers start it.",
    description:
      "400 VALIDATION_FAILED, with the full result in the details, when it has errors. Needs the licence feature " +
      "`advanced_workflows` when it holds an advanced node, and `workflow_schedules` when it holds a trigger_schedule.",
    schema: {
      body: versionLabel
        .extend({ license_key: z.string().min(1).max(255).optional() })
        .partial()
        .optional(),
      gives: workflowSchema,
    },
    handler: async ({ workflow, principal, body, request }, { database, limits, license, also }) => {
      checkNotArchived(workflow);
      await checkPublishable(workflow, workflow, { principal, limits, license, licenseKey: body?.license_key });
      const asked = expectationOf(request.headers["if-match"], workflow);
      // What was validated is what is published, whoever else edits meanwhile.
      const options = {
        ...{ expectedRevision: workflow.revision, ...asked, authorId: authorOf(principal) },
        label: { title: body?.title ?? null, note: body?.note ?? null },
        ...(also === undefined ? {} : { also }),
      };
      const published = await publishWorkflow(database, workflow.workflow_id, options);
      const after = await changed(database, workflow.workflow_id, published);
      const version = { version: after.published_version ?? "", title: body?.title ?? null };
      request.audit("workflow_publish", { ...version, ...workflowChange(workflow, after) });
      return workflowAnswer(after, { message: `Published as version ${versionCalled(version)}` });
    },
  }),

  route({
    method: "POST",
    path: "/api/v1/workflows/:id/unpublish",
    access: { workflow: "edit" },
    tag,
    summary: "Makes a published workflow a draft again; nothing starts it any more.",
    schema: { body: z.object({}).optional(), gives: workflowSchema },
    handler: async ({ workflow, request }, { database, also }) => {
      const options = {
        ...expectationOf(request.headers["if-match"], workflow),
        ...(also === undefined ? {} : { also }),
      };
      const after = await changed(
        database,
        workflow.workflow_id,
        await unpublishWorkflow(database, workflow.workflow_id, options),
      );
      request.audit("workflow_unpublish", workflowChange(workflow, after));
      return workflowAnswer(after, { message: "Workflow unpublished" });
    },
  }),

  route({
    method: "POST",
    path: "/api/v1/workflows/:id/rollback",
    access: { workflow: "edit" },
    tag,
    summary: "Makes an older version the drawn and the published one.",
    description:
      "What was drawn and is in no version is kept as an unpublished version. The version must be right and licensed, as " +
      "for publishing.",
    schema: {
      body: z.object({ version: versionName, license_key: z.string().min(1).max(255).optional() }),
      gives: workflowSchema,
    },
    handler: async ({ workflow, principal, body, request }, { database, limits, license, also }) => {
      checkNotArchived(workflow);
      const options = {
        ...{ ...expectationOf(request.headers["if-match"], workflow), authorId: authorOf(principal) },
        ...(also === undefined ? {} : { also }),
      };
      const version = await getVersion(database, workflow.workflow_id, body.version);
      if (version === undefined) throw noVersion(body.version);
      await checkPublishable(workflow, version, { principal, limits, license, licenseKey: body.license_key });
      const result = await rollbackWorkflow(database, workflow.workflow_id, body.version, options);
      if (result === "no_version") throw noVersion(body.version);
      const after = await changed(database, workflow.workflow_id, result);
      const title = version?.title ?? null;
      request.audit("workflow_rollback", { version: body.version, title, ...workflowChange(workflow, after) });
      return workflowAnswer(after, { message: `Rolled back to version ${versionCalled({ ...body, title })}` });
    },
  }),
];

interface Publishing extends Pick<Services, "limits" | "license"> {
  principal: Principal;
  licenseKey: string | undefined;
}

/** Whether a document may go live as this workflow. Throws VALIDATION_FAILED, FORBIDDEN and PAYMENT_REQUIRED. */
async function checkPublishable(
  workflow: Workflow,
  document: WorkflowGraph,
  { principal, limits, license, licenseKey }: Publishing,
): Promise<void> {
  const { compiled, ...result } = await validate(document, limits);
  if (!result.is_valid) throw appError("VALIDATION_FAILED", undefined, { details: result });
  checkSecretUse(principal, workflow, compiled);
  // Beside each other: the licence server may take its time.
  await Promise.all(
    featuresOf(compiled).map((feature) => license.require({ communityId: workflow.community_id, feature, licenseKey })),
  );
}

/** Who lets a workflow send a community's secrets must belong to it. Throws FORBIDDEN. */
function checkSecretUse(principal: Principal, { community_id }: Workflow, { plan }: Pick<Compiled, "plan">): void {
  const [first] = plan?.secrets ?? [];
  if (first === undefined || mayUseSecrets(principal, community_id)) return;
  throw appError(
    "FORBIDDEN",
    `The workflow uses secrets.${first}; only members of community ${community_id}, as their token says, may publish it.`,
  );
}
