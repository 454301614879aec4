// Running a workflow once in this process, without any database: the interpreter and the driver are those of the
// server, the journal keeps nothing. What is lost with this process is lost for good.
import { randomBytes, randomUUID } from "node:crypto";
import { begin, isFinal, type Json, type Limits, type Outside, type Plan, type State } from "@workflow-core/core";
import { systemClock } from "../clock.js";
import { databaseClock } from "../execution/database-clock.js";
import { Drive } from "../execution/drive.js";
import { Inbox } from "../execution/inbox.js";
import { createLive } from "../execution/live.js";
import { cleanStarted } from "../execution/records.js";
import { withSecrets } from "../outbound/secrets.js";

export interface RunOnceOptions {
  plan: Plan;
  outside: Outside;
  limits: Limits;
  /** The trigger node that it starts from. */
  trigger: string;
  data?: Record<string, Json>;
  variables?: Record<string, Json>;
  userId?: number | string | null;
  /** Source of chance: the same text gives the same draws. */
  seed?: string;
  /** Told after everything that happens. */
  onState?(state: State): void;
  onBug?(error: unknown): void;
}

export interface OnceRunning {
  executionId: string;
  /** The state at the end. Rejects for bugs only. */
  over: Promise<State>;
  /** Ends it as cancelled. */
  cancel(reason: string): void;
}

/** Starts the execution; it is under way when this returns. */
export function runOnce(options: RunOnceOptions): OnceRunning {
  const { plan, outside, limits, onState, onBug } = options;
  const clock = systemClock;
  const now = databaseClock(clock);
  const executionId = randomUUID();
  const context = { execution_id: executionId, workflow_id: "file", community_id: 1, entity_id: 1, session_id: null };
  const started = cleanStarted({
    type: "started",
    at: now.now(),
    trigger: options.trigger,
    data: options.data ?? {},
    variables: options.variables ?? {},
    context: { ...context, user_id: options.userId ?? null },
    limits,
    seed: options.seed ?? executionId,
    ...(plan.secrets.length > 0 ? { secret_mark: randomBytes(16).toString("hex") } : {}),
  });
  const state = begin(plan, started);
  onState?.(state);
  const live = createLive();
  live.onAny((happening) => onState?.(happening.state));
  const drive = new Drive({
    ...{ executionId, workflowId: context.workflow_id, communityId: context.community_id },
    ...{ plan, state, sequence: 1, clock, live },
    inbox: new Inbox({
      // There is no community here, so what needs a secret fails and says so.
      outside: withSecrets(outside, { resolve: async () => new Map(), routerUrl: undefined }),
      clock,
      databaseClock: now,
      onBug: (error) => onBug?.(error),
    }),
    databaseClock: now,
    holding: { lease: "none", fence: 0 },
    journal: { append: async () => undefined },
    parkAfterMs: Number.POSITIVE_INFINITY,
  });
  const over = isFinal(state.status) ? Promise.resolve(state) : drive.run().then(() => drive.state);
  return {
    executionId,
    over,
    cancel: (reason) => drive.deliver({ type: "cancelled", at: now.now(), reason }),
  };
}
