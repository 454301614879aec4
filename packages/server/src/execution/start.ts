// The one way in: every door starts executions here. Accepted means stored.
import { randomBytes } from "node:crypto";
import {
  begin,
  isFinal,
  isoTime,
  type Json,
  type Limits,
  type Performed,
  type Plan,
  type Started,
  type State,
} from "@workflow-core/core";
import { appError } from "../errors.js";
import type { AcceptRecord } from "../store/flight-records.js";
import { crashPoint } from "./crash-point.js";
import type { DatabaseClock } from "./database-clock.js";
import { timedUuid } from "./identifiers.js";
import type { Accepted, Journal } from "./journal.js";
import type { Overlap } from "./overlap.js";
import type { Plans } from "./plans.js";
import { cleanStarted, toEventRecord, toFinishRecord } from "./records.js";
import { Step } from "./step.js";
import type { Worker } from "./worker.js";

export interface StartRequest {
  workflow: { workflow_id: string; community_id: number; entity_id: number; version: string };
  /** The trigger node; unless given, the first enabled one of `kind`, else the first of all. */
  triggerNode?: string | undefined;
  /** What started it, as the execution's `trigger` says: manual, command, event, webhook, schedule, grpc, retry. */
  source: string;
  /** The node type of trigger that fits the source. */
  kind?: string | undefined;
  data?: Record<string, Json>;
  variables?: Record<string, Json>;
  /** Told with the execution's `trigger`. */
  about?: Record<string, Json>;
  userId?: number | string | null;
  sessionId?: string | null;
  principal?: Record<string, Json>;
  /** One execution per source and key. */
  dedupe?: { source: string; key: string } | undefined;
  /** Of a retry: the execution that is repeated, and the answers that are kept. */
  retry?: { of: string; prior: Record<string, Performed> };
  /** Its place in a trace. */
  trace?: NonNullable<Started["trace"]>;
}

export interface StartResult extends Accepted {
  workflow_id: string;
  /** ISO-8601 */
  start_time: string;
  status: "queued" | "running" | State["status"];
  /** As it was stored; of a duplicate nothing was. */
  record: AcceptRecord | undefined;
}

export interface StartOptions {
  journal: Journal;
  plans: Plans;
  worker: Worker;
  databaseClock: DatabaseClock;
  limits: Limits;
  overlap: Overlap;
}

const triggerOf = (plan: Plan, request: StartRequest): string => {
  if (request.triggerNode !== undefined) {
    if (plan.triggers.some(({ id }) => id === request.triggerNode)) return request.triggerNode;
    throw appError("BAD_REQUEST", `The workflow has no enabled trigger "${request.triggerNode}".`);
  }
  const fitting = plan.triggers.find(({ type }) => type.type === request.kind) ?? plan.triggers[0];
  if (!fitting) throw appError("EXECUTION_ERROR", "The workflow has no enabled trigger.");
  return fitting.id;
};

export type Start = (request: StartRequest) => Promise<StartResult>;

/**
 * Starts an execution of a published version. It is stored before this returns; it runs here at once when a slot is
 * free, else in its turn on any worker. Throws AppError when it cannot be accepted.
 */
export const createStart = ({ journal, plans, worker, databaseClock, limits, overlap }: StartOptions): Start => {
  return async (request) => {
    const { workflow } = request;
    const plan = await plans.of(workflow.workflow_id, workflow.version);
    if (!plan)
      throw appError("EXECUTION_ERROR", `Version ${workflow.version} of the workflow cannot be run; publish it again.`);
    const at = databaseClock.now();
    const executionId = timedUuid(at);
    const started = cleanStarted({
      type: "started",
      at,
      trigger: triggerOf(plan, request),
      data: request.data ?? {},
      variables: request.variables ?? {},
      context: {
        execution_id: executionId,
        workflow_id: workflow.workflow_id,
        community_id: workflow.community_id,
        entity_id: workflow.entity_id,
        user_id: request.userId ?? null,
        session_id: request.sessionId ?? null,
      },
      limits,
      seed: executionId,
      ...(plan.secrets.length > 0 ? { secret_mark: randomBytes(16).toString("hex") } : {}),
      ...(request.retry ? { prior: request.retry.prior } : {}),
      ...(request.trace ? { trace: request.trace } : {}),
    });
    const { dedupe } = request;
    const admission = await overlap.admit({ plan, workflowId: workflow.workflow_id, executionId, dedupe });
    if (admission?.duplicate !== undefined) return duplicateOf(admission.duplicate, workflow.workflow_id, at);
    crashPoint("B0");
    const queueKey = plan.graph.metadata.on_overlap === "queue" ? workflow.workflow_id : null;
    // What must wait for those before it is claimed in its turn, never begun here at once.
    const slot = queueKey === null ? worker.reserve(executionId) : undefined;
    try {
      const step = slot && new Step({ executionId, plan, state: begin(plan, started), sequence: 1 });
      if (step) await slot.lookAhead(step);
      const state = step?.state;
      // Told as begun: decided to its end already, or in a slot.
      const status = state && (slot?.beginsAtOnce || isFinal(state.status)) ? state.status : "queued";
      const record = acceptRecord(request, started, plan, step, {
        ...{ workerId: slot ? worker.id : null, queueKey, status },
      });
      const accepted = await journal.accept(record);
      crashPoint("B1");
      await (accepted.duplicate ? admission?.dropped() : admission?.stored());
      if (accepted.duplicate) slot?.release();
      else if (!slot || !step) worker.remember(record, started);
      else if (isFinal(step.state.status)) slot.release();
      else slot.drive(standing(workflow, step), { accepted: true });
      if (step && status !== "queued" && !accepted.duplicate)
        worker.announce({ ...standing(workflow, step), events: [started, ...step.events] });
      return {
        ...accepted,
        workflow_id: workflow.workflow_id,
        start_time: isoTime(at),
        status: accepted.duplicate ? "queued" : status,
        record: accepted.duplicate ? undefined : record,
      };
    } catch (error) {
      slot?.release();
      await admission?.dropped();
      throw error;
    }
  };
};

const standing = (workflow: StartRequest["workflow"], { executionId, plan, state, sequence }: Step) => ({
  executionId,
  workflowId: workflow.workflow_id,
  communityId: workflow.community_id,
  plan,
  state,
  sequence,
  fence: 0,
});

/** What a repeated key is answered with when nothing was even sent to be stored. */
const duplicateOf = (executionId: string, workflowId: string, at: number): StartResult => ({
  execution_id: executionId,
  duplicate: true,
  workflow_id: workflowId,
  start_time: isoTime(at),
  status: "queued",
  record: undefined,
});

const acceptRecord = (
  request: StartRequest,
  started: Started,
  plan: Plan,
  step: Step | undefined,
  place: { workerId: string | null; queueKey: string | null; status: AcceptRecord["status"] },
): AcceptRecord => {
  const { execution_id } = started.context;
  const time = isoTime(started.at);
  const seconds = plan.graph.metadata.max_execution_time_seconds ?? started.limits.timeoutSeconds;
  const state = step?.state;
  const over = state !== undefined && isFinal(state.status);
  return {
    execution_id,
    workflow_id: request.workflow.workflow_id,
    status: place.status,
    start_time: time,
    community_id: request.workflow.community_id,
    entity_id: request.workflow.entity_id,
    workflow_version: request.workflow.version,
    trigger: JSON.stringify({ source: request.source, node_id: started.trigger, ...request.about }),
    principal: JSON.stringify(request.principal ?? {}),
    dedupe_source: request.dedupe?.source ?? null,
    dedupe_key: request.dedupe?.key ?? null,
    available_at: place.workerId === null ? time : null,
    claimed_by: over ? null : place.workerId,
    deadline_at: isoTime(started.at + seconds * 1000),
    retried_from: request.retry?.of ?? null,
    queue_key: place.queueKey,
    events: [toEventRecord(execution_id, 1, started), ...(step?.records ?? [])],
    finish: over ? toFinishRecord(execution_id, plan, state) : null,
  };
};
