// What happens when a workflow is started while an execution of it is not over: metadata.on_overlap. Without it they
// may run beside one another; with "queue" one runs after the other, which is the claim's work (C2 in store/claims.ts).
//
// O1. skip: at most one unfinished execution, over all processes; the next start is refused.
// O2. cancel_previous: of executions that were accepted, the newest stays. The older ones are cancelled once the new one
//     is stored, before it takes its first step here; so a refused start cancels nothing.
// O3. A start that repeats a key is answered as a duplicate, never refused because of itself and never cancelling.
import type { Plan } from "@workflow-core/core";
import { AppError } from "../errors.js";
import type { Pool } from "../store/database.js";
import { findByKeys, keyName } from "../store/flight-aftermath.js";
import { cancelOlder, giveBackTurn, takeTurn } from "../store/turns.js";
import type { Worker, WorkerLog } from "./worker.js";

/** The workflow does not want to overlap; `details` name the rule and the execution that is not over. */
export class OverlapError extends AppError {
  constructor(executionId: string | null) {
    const which = executionId === null ? "an execution" : `execution ${executionId}`;
    super("EXECUTION_ERROR", `on_overlap skip: ${which} of this workflow is not over yet`, {
      details: { limit: "on_overlap", value: "skip", execution_id: executionId },
    });
  }
}

export interface Overlapping {
  plan: Plan;
  workflowId: string;
  /** The execution that is about to be stored. */
  executionId: string;
  dedupe: { source: string; key: string } | undefined;
}

export interface Admission {
  /** The key is taken: this execution holds it, and nothing is to be stored. */
  duplicate?: string;
  /** The execution is stored: now the rule takes effect on others. Never rejects. */
  stored(): Promise<void>;
  /** It was not stored after all. Never rejects. */
  dropped(): Promise<void>;
}

export interface Overlap {
  /** Asks before an execution is stored. Undefined: the workflow has no rule. Throws OverlapError. */
  admit(overlapping: Overlapping): Promise<Admission> | undefined;
}

export interface OverlapOptions {
  pool: Pool;
  worker: Pick<Worker, "cancel">;
  log: WorkerLog;
}

const nothing = async () => undefined;

/** The rule, for every door alike; a workflow without one costs a look at its plan. */
export const createOverlap = ({ pool, worker, log }: OverlapOptions): Overlap => {
  const quietly = (action: string, workflow_id: string, work: () => Promise<void>) => () =>
    work().catch((error: unknown) => log.error(action, error, { workflow_id }));

  const skip = async ({ workflowId, executionId, dedupe }: Overlapping): Promise<Admission> => {
    const turn = { workflowId, executionId };
    const taken = await takeTurn(pool, turn);
    if (taken.taken)
      return { stored: nothing, dropped: quietly("overlap_turn", workflowId, () => giveBackTurn(pool, turn)) };
    const duplicate = dedupe && (await findByKeys(pool, [dedupe])).get(keyName(dedupe.source, dedupe.key));
    if (duplicate === undefined) throw new OverlapError(taken.holder);
    return { duplicate, stored: nothing, dropped: nothing };
  };

  const cancelPrevious = ({ workflowId }: Overlapping): Admission => ({
    stored: quietly("overlap_cancel", workflowId, async () => {
      const wish = { by: "on_overlap", reason: "a newer execution of the workflow was started" };
      const older = await cancelOlder(pool, workflowId, wish);
      await Promise.all(older.map((id) => worker.cancel(id, wish)));
    }),
    dropped: nothing,
  });

  return {
    admit: (overlapping) => {
      const rule = overlapping.plan.graph.metadata.on_overlap;
      if (rule === "skip") return skip(overlapping);
      return rule === "cancel_previous" ? Promise.resolve(cancelPrevious(overlapping)) : undefined;
    },
  };
};
