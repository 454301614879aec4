// Going on with executions that were claimed: their events are replayed, and what was wished meanwhile is applied.
import { type ExecutionEvent, isFinal, isoTime, transition } from "@workflow-core/core";
import type { ClaimedExecution } from "../store/claim-due.js";
import { readEvents } from "../store/claims.js";
import type { Pool } from "../store/database.js";
import { databaseFailure } from "../store/database-failure.js";
import type { EventRecord } from "../store/flight-records.js";
import type { DatabaseClock } from "./database-clock.js";
import type { Begun } from "./hand.js";
import { Fenced, type Journal } from "./journal.js";
import type { Live } from "./live.js";
import type { Plans } from "./plans.js";
import { fromEventRecord, toEventRecord, toFinishRecord, unreadableFinish } from "./records.js";
import type { Remembered } from "./remembered.js";
import { replayInTurns } from "./replay-in-turns.js";

export interface ResumeOptions {
  pool: Pool;
  plans: Plans;
  databaseClock: DatabaseClock;
  live: Live;
  remembered: Remembered;
  journal: Pick<Journal, "append">;
  /** The lease under which they were claimed. */
  lease: string;
  /** Told what could not even be given back; it stays claimed until the worker finds that it does not have it in hand. */
  onError(error: unknown, executionId: string): void;
}

/** So many times may an execution be in hand when its worker dies, without a step in between. */
const recoveryLimit = 3;

/**
 * For each claimed execution where it stands, or undefined when there is nothing left to drive. Poison fails alone;
 * when the database cannot be asked, the claim is given back once it can.
 */
export const resume = async (
  options: ResumeOptions,
  claimed: readonly ClaimedExecution[],
): Promise<(Begun | undefined)[]> => {
  const first = new Map(claimed.map((execution) => [execution.execution_id, options.remembered.take(execution)]));
  const ids = claimed.flatMap(({ execution_id }) => (first.get(execution_id) ? [] : execution_id));
  const stored = ids.length === 0 ? new Map() : await readEvents(options.pool, ids).catch((error: unknown) => error);
  return Promise.all(
    claimed.map((execution) =>
      resumeOne(options, execution, () => {
        const started = first.get(execution.execution_id);
        if (started) return [started];
        if (!(stored instanceof Map)) throw stored;
        return eventsOf(stored.get(execution.execution_id) ?? []);
      }),
    ),
  );
};

/** Stored events as they were. Throws when one is missing or cannot be read. */
const eventsOf = (records: readonly EventRecord[]): ExecutionEvent[] => {
  const missing = records.findIndex(({ sequence }, index) => sequence !== index + 1);
  if (missing >= 0) throw new Error(`event ${missing + 1} is missing`);
  return records.map(fromEventRecord);
};

const resumeOne = async (
  options: ResumeOptions,
  execution: ClaimedExecution,
  events: () => readonly ExecutionEvent[],
): Promise<Begun | undefined> => {
  try {
    return await settle(options, execution, await rebuild(options, execution, events()));
  } catch (error) {
    if (error instanceof Fenced) return undefined;
    const poison = databaseFailure(error) === "other";
    await (poison ? unreadable(options, execution, error) : giveBack(options, execution)).catch((refused: unknown) => {
      if (!(refused instanceof Fenced)) options.onError(refused, execution.execution_id);
    });
    return undefined;
  }
};

/** The claim is given back: it is due again at once. */
export const giveBack = async (
  { databaseClock, journal, lease }: ResumeOptions,
  { execution_id, status, fence }: Pick<ClaimedExecution, "execution_id" | "status" | "fence">,
): Promise<void> =>
  journal.append({ lease, fence }, { park: { execution_id, status, available_at: isoTime(databaseClock.now()) } });

const rebuild = async (
  { plans }: ResumeOptions,
  execution: ClaimedExecution,
  events: readonly ExecutionEvent[],
): Promise<Begun> => {
  const plan = await plans.of(execution.workflow_id, execution.workflow_version ?? "");
  if (!plan) throw new Error(`version ${execution.workflow_version} of the workflow cannot be run`);
  const state = await replayInTurns(plan, events);
  const { execution_id: executionId, workflow_id: workflowId, community_id: communityId } = execution;
  return { executionId, workflowId, communityId, plan, state, sequence: events.length, fence: execution.fence };
};

/** Applies a cancellation, or the end of patience with a worker's killer; stores an end that had not been stored. */
const settle = (options: ResumeOptions, execution: ClaimedExecution, begun: Begun): Promise<Begun | undefined> => {
  return applyTo(options, begun, pendingEvent(execution, options.databaseClock.now()));
};

export type Ending = Extract<ExecutionEvent, { type: "cancelled" | "abandoned" }>;

/** Applies what ends an execution that is not driven yet, and stores its end; what is not over then is given. */
export const applyTo = async (
  { journal, lease, live }: ResumeOptions,
  begun: Begun,
  event: Ending | undefined,
): Promise<Begun | undefined> => {
  const { executionId, plan, sequence, fence } = begun;
  const state = event ? transition(plan, begun.state, event) : begun.state;
  if (!isFinal(state.status)) return { ...begun, state };
  const events = event && state !== begun.state ? [toEventRecord(executionId, sequence + 1, event)] : [];
  await journal.append({ lease, fence }, { events, finish: toFinishRecord(executionId, plan, state) });
  live.publish({ ...begun, state, sequence: sequence + events.length, events: event ? [event] : [] });
  return undefined;
};

const pendingEvent = (execution: ClaimedExecution, at: number): Ending | undefined => {
  if (execution.cancel_requested) return { type: "cancelled", at, ...execution.cancel_requested };
  if (execution.recoveries < recoveryLimit) return undefined;
  const message = `recovery_limit: its worker died ${execution.recoveries} times while it was in hand`;
  return { type: "abandoned", at, failure: { code: "RECOVERY_LIMIT", message, retryable: false } };
};

const unreadable = async (
  { databaseClock, journal, lease }: ResumeOptions,
  execution: ClaimedExecution,
  error: unknown,
): Promise<void> => {
  const message = `The stored execution cannot be read: ${error instanceof Error ? error.message : error}`;
  const finish = unreadableFinish(execution, databaseClock.now(), message);
  await journal.append({ lease, fence: execution.fence }, { finish });
};
