// The list of all routes. A new one is its definition and its place here.
import type { Route } from "../route.js";
import { auditRoutes } from "./audit.js";
import { buildingRoutes } from "./building.js";
import { docsRoutes } from "./docs.js";
import { dryRunRoutes } from "./dry-run.js";
import { eventRoutes } from "./events.js";
import { exampleRoutes } from "./examples.js";
import { executeRoutes } from "./execute.js";
import { executionRoutes } from "./executions.js";
import { permissionRoutes } from "./permissions.js";
import { presenceRoutes } from "./presence.js";
import { publishingRoutes } from "./publishing.js";
import { queueRoutes } from "./queue.js";
import { scheduleListRoutes } from "./schedule-list.js";
import { schedulePreviewRoutes } from "./schedule-preview.js";
import { scheduleRoutes } from "./schedules.js";
import { secretRoutes } from "./secrets.js";
import { sessionRoutes } from "./session.js";
import { statusRoutes } from "./status.js";
import { triggerRoutes } from "./triggers.js";
import { validationRoutes } from "./validation.js";
import { versionRoutes } from "./versions.js";
import { visitRoutes } from "./visits.js";
import { webhookRoutes } from "./webhooks.js";
import { workflowRoutes } from "./workflows.js";

export const routes: readonly Route[] = [
  ...statusRoutes,
  ...sessionRoutes,
  ...workflowRoutes,
  ...publishingRoutes,
  ...versionRoutes,
  ...validationRoutes,
  ...executeRoutes,
  ...dryRunRoutes,
  ...executionRoutes,
  ...visitRoutes,
  ...queueRoutes,
  ...eventRoutes,
  ...permissionRoutes,
  ...secretRoutes,
  ...auditRoutes,
  ...webhookRoutes,
  ...scheduleRoutes,
  ...scheduleListRoutes,
  ...schedulePreviewRoutes,
  ...triggerRoutes,
  ...buildingRoutes,
  ...presenceRoutes,
  ...exampleRoutes,
  ...docsRoutes,
];
