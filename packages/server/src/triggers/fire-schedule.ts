// One due schedule: which of its times start an execution, and what becomes of it then.
//
// F1. A fire time is the key of its execution, so however often it is tried, it starts one.
// F2. Several times that are due: with coalesce the last of them stands for all, so that what is started again after a
//     crash is the same as long as no further time has come; without, the first ones up to the limit, oldest first.
// F3. With as many unfinished executions as allowed, a time starts nothing; that is said in the log and on the schedule.
// F4. Scheduled executions need the licence; a no starts nothing, as F3 does.
// F5. What cannot be started now but may be later (the database, a drain, the licence server) leaves the claim to run out: it is tried again.
import type { License } from "../access/license.js";
import { isAppError } from "../errors.js";
import { Fenced } from "../execution/journal.js";
import { OverlapError } from "../execution/overlap.js";
import type { Start, StartResult } from "../execution/start.js";
import type { Log } from "../log.js";
import { databaseFailure } from "../store/database-failure.js";
import type { DueSchedule, Settlement } from "../store/due-schedules.js";
import type { TriggerLine, TriggerOutcome } from "../store/trigger-log.js";
import { CronError } from "./cron.js";
import { fireTime, type ScheduleTimes } from "./schedule-times.js";

export interface FireOptions {
  start: Start;
  license: License;
  times: ScheduleTimes;
  log: Log;
  /** SCHEDULER_JOB_DEFAULTS_COALESCE */
  coalesce: boolean;
  /** SCHEDULER_JOB_DEFAULTS_MAX_INSTANCES */
  maxInstances: number;
  /** When an execution that was there already was started, ISO-8601. */
  startedAt(executionId: string): Promise<string | undefined>;
}

/** What came of it, and lines for the trigger log. */
export interface Fired {
  /** Undefined: it is tried again when the claim runs out (F5). */
  settlement: Settlement | undefined;
  lines: TriggerLine[];
}

/** The source that executions of a schedule are unique in. */
export const sourceOf = (scheduleId: string): string => `schedule:${scheduleId}`;

/** Starts what a claimed schedule owes. Never throws. */
export async function fireSchedule(options: FireOptions, schedule: DueSchedule): Promise<Fired> {
  const { times, log } = options;
  const about = { community: schedule.community_id, workflow_id: schedule.workflow_id };
  const settlement = emptySettlement(schedule);
  const lines: TriggerLine[] = [];
  if (!schedule.live || schedule.published_version === null) return { settlement, lines };
  try {
    const next = times.next(schedule, schedule.now);
    settlement.next_run_at = next === undefined ? null : new Date(next).toISOString();
    const refusal = await unlicensed(options, schedule);
    if (refusal === "unknown") return { settlement: undefined, lines: [] }; // the log says that the server is away
    let unfinished = schedule.unfinished;
    for (const time of dueTimes(options, schedule)) {
      if (refusal !== undefined) {
        skip(options, schedule, settlement, lines, time, "limit", refusal);
        continue;
      }
      if (unfinished >= options.maxInstances) {
        skip(options, schedule, settlement, lines, time, "limit", limitReason(unfinished));
        continue;
      }
      const started = await startOne(options, schedule, time);
      if ("reason" in started) skip(options, schedule, settlement, lines, time, started.outcome, started.reason);
      else {
        if (!started.duplicate) unfinished += 1;
        const { execution_id } = started;
        settlement.runs += 1;
        settlement.last_execution_id = execution_id;
        settlement.last_run_at = started.duplicate
          ? ((await options.startedAt(execution_id)) ?? started.start_time)
          : started.start_time;
        lines.push(lineOf(schedule, time, started.duplicate ? "duplicate" : "started", null, execution_id));
      }
    }
    return { settlement, lines };
  } catch (error) {
    if (mayPass(error)) {
      log.system("WARNING", "schedule_postponed", { ...about, schedule_id: schedule.schedule_id, error });
      return { settlement: undefined, lines: [] };
    }
    const reason = error instanceof Error ? error.message : String(error);
    const facts = { ...about, schedule_id: schedule.schedule_id };
    if (error instanceof CronError)
      log.system("WARNING", "schedule_broken", {
        ...facts,
        message: `A schedule cannot be read: ${error.field} ${reason}`,
      });
    else log.error("schedule_broken", { ...facts, error });
    return {
      settlement: {
        ...settlement,
        last_skip_at: new Date(schedule.due).toISOString(),
        last_skip_reason: reason.slice(0, 500),
      },
      lines,
    };
  }
}

/** F4: why the community may not, if it may not; "unknown" while nobody can say. */
async function unlicensed({ license }: FireOptions, schedule: DueSchedule): Promise<string | undefined> {
  const { community_id: communityId } = schedule;
  const features = ["workflows", "workflow_schedules"] as const;
  try {
    await Promise.all(features.map((feature) => license.require({ communityId, feature })));
    return undefined;
  } catch (error) {
    if (isAppError(error) && error.code === "PAYMENT_REQUIRED") return `limit licence: ${error.message}`;
    if (isAppError(error) && error.code === "SERVICE_UNAVAILABLE") return "unknown";
    throw error;
  }
}

/** F2. All of them are due; the first one is what the row says. */
function dueTimes({ times, coalesce, maxInstances, log }: FireOptions, schedule: DueSchedule): number[] {
  const { due, now } = schedule;
  const cron = times.cron(schedule);
  const second = cron.next(due);
  if (second === undefined || second > now) return [due];
  const chosen = coalesce
    ? [cron.latest(due, now)]
    : [due, ...cron.upcoming(due, maxInstances - 1).filter((time) => time <= now)];
  log.system("schedule_misfired", {
    ...{ community: schedule.community_id, workflow_id: schedule.workflow_id, schedule_id: schedule.schedule_id },
    ...{ missed_since: fireTime(due), made_up_for: chosen.map(fireTime) },
    message: coalesce
      ? "Several times of a schedule passed; one execution stands for all."
      : `Several times of a schedule passed; the first ${chosen.length} are made up for.`,
  });
  return chosen;
}

/** Why a time starts nothing. */
interface Refused {
  outcome: TriggerOutcome;
  reason: string;
}

/** The execution, or why this time starts none. Throws what may pass, and bugs. */
async function startOne(options: FireOptions, schedule: DueSchedule, time: number): Promise<StartResult | Refused> {
  const { schedule_id, workflow_id, community_id, entity_id, node_id, published_version } = schedule;
  const scheduled_time = fireTime(time);
  try {
    const started = await options.start({
      workflow: { workflow_id, community_id, entity_id, version: published_version ?? "" },
      ...{ source: "schedule", kind: "trigger_schedule" },
      ...(node_id === null ? {} : { triggerNode: node_id }),
      data: { scheduled_time },
      about: { schedule_id, scheduled_time },
      principal: { kind: "schedule", schedule_id },
      dedupe: { source: sourceOf(schedule_id), key: scheduled_time },
    });
    if (!started.duplicate) {
      options.log.audit("workflow_execute_start", {
        ...{ user: "schedule", community: community_id, workflow_id, execution_id: started.execution_id },
        ...{ source: "schedule", schedule_id, scheduled_time, message: "Workflow execution started" },
      });
    }
    return started;
  } catch (error) {
    if (!isAppError(error) || error.code === "SERVICE_UNAVAILABLE" || error.code === "INTERNAL_ERROR") throw error;
    return { outcome: error instanceof OverlapError ? "limit" : "filtered", reason: error.message };
  }
}

/** F5. */
const mayPass = (error: unknown): boolean =>
  error instanceof Fenced ||
  (isAppError(error) && error.code === "SERVICE_UNAVAILABLE") ||
  databaseFailure(error) !== "other";

const limitReason = (unfinished: number): string =>
  `${unfinished} executions of the schedule were not over (SCHEDULER_JOB_DEFAULTS_MAX_INSTANCES).`;

function skip(
  { log }: FireOptions,
  schedule: DueSchedule,
  settlement: Settlement,
  lines: TriggerLine[],
  time: number,
  outcome: TriggerOutcome,
  reason: string,
): void {
  settlement.last_skip_at = new Date(time).toISOString();
  settlement.last_skip_reason = reason.slice(0, 500);
  lines.push(lineOf(schedule, time, outcome, reason.slice(0, 500), null));
  log.system("WARNING", "schedule_skipped", {
    ...{ community: schedule.community_id, workflow_id: schedule.workflow_id, schedule_id: schedule.schedule_id },
    ...{ scheduled_time: fireTime(time), message: `A scheduled time started nothing: ${reason}` },
  });
}

const emptySettlement = ({ schedule_id, due_text }: DueSchedule): Settlement => ({
  ...{ schedule_id, due_text, next_run_at: null, runs: 0, last_run_at: null, last_execution_id: null },
  ...{ last_skip_at: null, last_skip_reason: null },
});

const lineOf = (
  schedule: DueSchedule,
  time: number,
  outcome: TriggerOutcome,
  detail: string | null,
  execution_id: string | null,
): TriggerLine => ({
  at: new Date(Math.max(time, schedule.now)).toISOString(),
  ...{ community_id: schedule.community_id, workflow_id: schedule.workflow_id, node_id: schedule.node_id ?? "" },
  ...{ trigger: schedule.cron_expression, platform: "schedule", user_id: "", user_name: "", roles: [] },
  ...{ outcome, detail, delivery_id: fireTime(time), execution_id },
});
