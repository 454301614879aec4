// Schedules of a workflow: made by hand or drawn as trigger_schedule nodes, changed, paused, run at once.
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { type AppError, appError } from "../../errors.js";
import { countRun } from "../../store/due-schedules.js";
import {
  addSchedule,
  changeSchedule,
  getSchedule,
  listSchedules,
  removeSchedule,
  type Schedule,
} from "../../store/schedules.js";
import { sourceOf } from "../../triggers/fire-schedule.js";
import { fireTime, type ScheduleTimes } from "../../triggers/schedule-times.js";
import { archivedWorkflow } from "../authorise.js";
import { definedOnly } from "../defined-only.js";
import { paging, scheduleSchema } from "../documents.js";
import { ok, pagination } from "../envelope.js";
import { route } from "../route.js";
import { cronExpression, timezone } from "../schedule-fields.js";
import type { Services } from "../services.js";
import { accepted, acceptedSchema, idempotencyKey, principalRecord, runnableVersion } from "./execute.js";

const tag = "Schedules";

const name = z.string().trim().min(1).max(255);

const params = z.object({ id: z.string(), schedule_id: z.guid() });
const noSchedule = (): AppError => appError("NOT_FOUND", "The workflow has no such schedule.");
const belongsToNode = (field: string, nodeId: string | null = null): AppError => {
  const message = `belongs to the node${nodeId === null ? "" : ` "${nodeId}"`}; change it there and publish`;
  return appError("BAD_REQUEST", `${field}: ${message}`, { details: [{ path: field, message }] });
};

function timesOf({ times }: Services): ScheduleTimes {
  if (times === undefined) throw new Error("the server was given no times");
  return times;
}

async function found(services: Services, workflowId: string, scheduleId: string): Promise<Schedule> {
  const schedule = await getSchedule(services.database, workflowId, scheduleId);
  if (schedule === undefined) throw noSchedule();
  return schedule;
}

export const scheduleRoutes = [
  route({
    method: "GET",
    path: "/api/v1/workflows/:id/schedules",
    access: { workflow: "view" },
    tag,
    summary: "Lists the schedules of a workflow, oldest first.",
    schema: { query: z.object(paging), gives: z.array(scheduleSchema), paged: true },
    handler: async ({ workflow, query }, { database }) => {
      const { page, per_page: perPage } = query;
      const { rows, total } = await listSchedules(database, workflow.workflow_id, { page, perPage });
      return ok(rows, { pagination: pagination(page, perPage, total) });
    },
  }),

  route({
    method: "POST",
    path: "/api/v1/workflows/:id/schedules",
    access: { workflow: "edit" },
    tag,
    summary: "Makes a schedule that starts the published version.",
    description:
      "It starts the workflow's first trigger_schedule node, or else its first trigger. It fires while the workflow is " +
      "published and enabled. Without `timezone` its times are those of SCHEDULER_TIMEZONE. Needs the licence feature " +
      "`workflow_schedules`.",
    schema: {
      body: z.object({
        name: name.optional().meta({ description: "Unless given, the expression." }),
        ...{ cron_expression: cronExpression, timezone: timezone.nullish(), enabled: z.boolean().default(true) },
        license_key: z.string().min(1).max(255).optional(),
      }),
      gives: scheduleSchema,
      status: 201,
    },
    handler: async ({ workflow, body, request }, services) => {
      const { license_key: licenseKey, cron_expression, enabled } = body;
      const { workflow_id, community_id: communityId } = workflow;
      await services.license.require({ communityId, feature: "workflow_schedules", licenseKey });
      const schedule = await addSchedule(
        services.database,
        workflow_id,
        { name: body.name ?? cron_expression, cron_expression, timezone: body.timezone ?? null, enabled },
        timesOf(services).next,
      );
      if (schedule === undefined) throw archivedWorkflow();
      const { schedule_id } = schedule;
      request.audit("workflow_schedule_create", { schedule_id, cron_expression, timezone: schedule.timezone });
      return ok(schedule, {
        status: 201,
        message: "Schedule created",
        headers: { Location: `/api/v1/workflows/${workflow_id}/schedules/${schedule_id}` },
      });
    },
  }),

  route({
    method: "GET",
    path: "/api/v1/workflows/:id/schedules/:schedule_id",
    access: { workflow: "view" },
    tag,
    summary: "Gives one schedule.",
    schema: { params, gives: scheduleSchema },
    handler: async ({ workflow, params: { schedule_id } }, services) =>
      ok(await found(services, workflow.workflow_id, schedule_id)),
  }),

  route({
    method: "PUT",
    path: "/api/v1/workflows/:id/schedules/:schedule_id",
    access: { workflow: "edit" },
    tag,
    summary: "Changes the parts that are given and leaves the rest.",
    description:
      "`paused` stops any schedule for as long as it is true. The other parts of a schedule that a trigger_schedule " +
      "node draws belong to the node. Times that passed while it could not fire are not made up for.",
    schema: {
      params,
      body: z
        .object({ name, cron_expression: cronExpression, timezone: timezone.nullable(), enabled: z.boolean() })
        .extend({ paused: z.boolean() })
        .partial(),
      gives: scheduleSchema,
    },
    handler: async ({ workflow, params: { schedule_id }, body, request }, services) => {
      const changes = definedOnly(body);
      const { workflow_id } = workflow;
      const schedule = await changeSchedule(
        services.database,
        workflow_id,
        schedule_id,
        changes,
        timesOf(services).next,
      );
      if (schedule === undefined) throw noSchedule();
      if (schedule === "drawn") {
        const field = Object.keys(changes).find((each) => each !== "paused") ?? "name";
        throw belongsToNode(field, (await found(services, workflow_id, schedule_id)).node_id);
      }
      request.audit("workflow_schedule_update", { schedule_id, ...changes });
      return ok(schedule, { message: "Schedule updated" });
    },
  }),

  route({
    method: "DELETE",
    path: "/api/v1/workflows/:id/schedules/:schedule_id",
    access: { workflow: "edit" },
    tag,
    summary: "Removes a schedule that was made by hand; its executions stay.",
    schema: { params, gives: z.object({ schedule_id: z.guid() }) },
    handler: async ({ workflow, params: { schedule_id }, request }, { database }) => {
      const removed = await removeSchedule(database, workflow.workflow_id, schedule_id);
      if (removed === false) throw noSchedule();
      if (removed === "drawn") throw belongsToNode("schedule_id");
      request.audit("workflow_schedule_delete", { schedule_id });
      return ok({ schedule_id }, { message: "Schedule deleted" });
    },
  }),

  route({
    method: "POST",
    path: "/api/v1/workflows/:id/schedules/:schedule_id/run",
    access: { workflow: "execute" },
    tag,
    summary: "Starts what a schedule starts, now; its next time stays as it is.",
    description: "Also while it is paused. With the header `Idempotency-Key` one execution per key.",
    schema: { params, body: z.object({}).optional(), gives: acceptedSchema, status: 202 },
    handler: async ({ workflow, principal, params: { schedule_id }, request }, services) => {
      const schedule = await found(services, workflow.workflow_id, schedule_id);
      const version = runnableVersion(workflow);
      await services.license.require({ communityId: workflow.community_id, feature: "workflows" });
      const scheduled_time = fireTime(Math.floor(services.clock.now() / 1000) * 1000);
      const started = await services.start({
        workflow: { ...workflow, version },
        ...{ source: "schedule", kind: "trigger_schedule", principal: principalRecord(principal) },
        ...(schedule.node_id === null ? {} : { triggerNode: schedule.node_id }),
        data: { scheduled_time },
        about: { schedule_id, scheduled_time, by_hand: true },
        userId: principal.kind === "user" ? principal.user_id : null,
        dedupe: {
          source: sourceOf(schedule_id),
          key: `by-hand:${idempotencyKey(request.headers["idempotency-key"]) ?? randomUUID()}`,
        },
      });
      const { execution_id: executionId, start_time, duplicate } = started;
      if (!duplicate) await countRun(services.database, schedule_id, { at: start_time, executionId });
      const facts = { execution_id: executionId, schedule_id, duplicate, source: "schedule" };
      request.audit("workflow_execute_start", { ...facts, message: "Workflow execution started" });
      return ok(accepted(executionId, workflow.workflow_id, start_time), {
        status: 202,
        message: "Workflow execution started",
        headers: { Location: `/api/v1/workflows/executions/${executionId}` },
      });
    },
  }),
];
