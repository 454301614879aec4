// One attempt of an owed action, performed through the ports to the outside.
import { type Outside, type Owed, type Plan, perform, type State } from "@workflow-core/core";
import type { CallOff } from "../call-off.js";
import { crashPoint } from "./crash-point.js";
import type { DatabaseClock } from "./database-clock.js";
import type { LaterEvent } from "./step.js";

export interface Performing {
  outside: Outside;
  /** How owed actions are performed: core's own way, unless somebody watches it. */
  perform?: typeof perform | undefined;
  databaseClock: DatabaseClock;
  /** Told what an action threw, which is a bug of ours. */
  onBug(error: unknown, executionId: string): void;
}

/** What an owed attempt comes to. Never rejects: an action that throws has failed. */
export const attempt = async (
  { outside, perform: act = perform, databaseClock, onBug }: Performing,
  plan: Plan,
  state: State,
  owed: Owed,
  callOff: CallOff,
): Promise<LaterEvent> => {
  const named = { token: owed.token, attempt: owed.attempt };
  try {
    crashPoint("B4");
    const answer = await act(plan, state, owed, outside, callOff);
    crashPoint("B6");
    const at = databaseClock.now();
    return answer.ok
      ? { type: "performed", at, ...named, ...answer.value }
      : { type: "faulted", at, ...named, failure: answer.failure };
  } catch (error) {
    onBug(error, state.started.context.execution_id);
    const failure = { code: "INTERNAL_ERROR", message: "The action failed unexpectedly.", retryable: false };
    return { type: "faulted", at: databaseClock.now(), ...named, failure };
  }
};
