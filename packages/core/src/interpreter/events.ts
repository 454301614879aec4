// What can happen to an execution (events, journaled because they come from outside) and what the world owes it
// (commands, read off the state).
import type { NodeFailure } from "../documents/execution.js";
import type { Json } from "../json.js";
import type { Limits } from "../limits.js";
import type { Performed } from "../node.js";
import type { CallContext } from "../outside.js";

/** Times are milliseconds since 1970, from the database's clock. */
export interface Started {
  type: "started";
  at: number;
  /** The trigger node that it starts from. */
  trigger: string;
  /** What the trigger gives; also the first variables. */
  data: Record<string, Json>;
  /** Variables that the caller adds; they win over the trigger's. */
  variables: Record<string, Json>;
  context: CallContext;
  limits: Limits;
  /** Source of chance for `random()`: the same seed gives the same numbers. */
  seed: string;
  /** Of workflows that use secrets: what marks their placeholders, 32 hexadecimal digits that nobody is told. */
  secret_mark?: string;
  /** Of a retry: answers of the repeated execution that are kept, by visit; these actions and delays are not done again. */
  prior?: Record<string, Performed>;
  /** Of an execution that is traced: the span that it is, as W3C's traceparent, and the id of the span that caused it. */
  trace?: { traceparent: string; parent?: string };
}

/** An attempt of an action worked. */
export interface PerformedEvent extends Performed {
  type: "performed";
  at: number;
  token: string;
  attempt: number;
}

/** An attempt of an action did not work. */
export interface Faulted {
  type: "faulted";
  at: number;
  token: string;
  attempt: number;
  failure: NodeFailure;
}

/** Of a node that says `retry: "never"`: its attempt is about to be sent. Whoever finds this later does not send it again. */
export interface Attempted {
  type: "attempted";
  at: number;
  token: string;
  attempt: number;
}

/** Time has passed: everything that was due by `at` goes on. */
export interface Elapsed {
  type: "elapsed";
  at: number;
}

/** Somebody ended it. */
export interface Cancelled {
  type: "cancelled";
  at: number;
  by?: string;
  reason?: string;
}

/** The engine ended it: it took its workers down too often, or its events cannot be read. */
export interface Abandoned {
  type: "abandoned";
  at: number;
  failure: NodeFailure;
}

export type ExecutionEvent = Started | Attempted | PerformedEvent | Faulted | Elapsed | Cancelled | Abandoned;

export type Command =
  /**
   * Perform this attempt; nothing else is to be done when it is performed already. What may be sent `once` is performed
   * after an `attempted` event is stored; what somebody else has announced so is not sent again: its outcome is unknown.
   */
  | {
      type: "perform";
      token: string;
      node: number;
      attempt: number;
      idempotencyKey: string;
      once?: "new" | "announced";
    }
  /** Send an `elapsed` event at this time. */
  | { type: "wake"; at: number };

/** An attempt that is owed. */
export type Owed = Extract<Command, { type: "perform" }>;
