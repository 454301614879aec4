// Versions of a workflow: listed, read, named. What was frozen never changes; only its labels do.
import { z } from "zod";
import { getVersion, labelVersion, listVersions } from "../../store/versions.js";
import { definedOnly } from "../defined-only.js";
import { versionSchema, versionSummarySchema } from "../documents.js";
import { ok } from "../envelope.js";
import { route } from "../route.js";
import { noVersion, versionLabel, versionName } from "../version-fields.js";

const tag = "Workflows";
const params = z.object({ id: z.string(), version: versionName });

export const versionRoutes = [
  route({
    method: "GET",
    path: "/api/v1/workflows/:id/versions",
    access: { workflow: "view" },
    tag,
    summary: "Lists the versions of a workflow, newest first, without their documents.",
    schema: { gives: z.array(versionSummarySchema) },
    handler: async ({ workflow }, { database }) => ok(await listVersions(database, workflow.workflow_id)),
  }),

  route({
    method: "GET",
    path: "/api/v1/workflows/:id/versions/:version",
    access: { workflow: "view" },
    tag,
    summary: "Gives one version with its document. It never changes.",
    schema: { params, gives: versionSchema },
    handler: async ({ workflow, params }, { database }) => {
      const version = await getVersion(database, workflow.workflow_id, params.version);
      if (version === undefined) throw noVersion(params.version);
      return ok(version);
    },
  }),

  route({
    method: "PUT",
    path: "/api/v1/workflows/:id/versions/:version",
    access: { workflow: "edit" },
    tag,
    summary: "Names a version, or says why it was made; its document never changes.",
    description: "What is given is changed, the rest stays. Empty text takes the name or the note away.",
    schema: { params, body: versionLabel.partial().strict(), gives: versionSummarySchema },
    handler: async ({ workflow, params: { version }, body, request }, { database }) => {
      const label = definedOnly(body);
      const named = await labelVersion(database, workflow.workflow_id, version, label);
      if (named === undefined) throw noVersion(version);
      request.audit("workflow_version_label", { version, ...label });
      return ok(named, { message: "Version named" });
    },
  }),
];
