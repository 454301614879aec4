// How the ports answer: with a value, or with a failure whose text is short and storable.
import { type Answer, cleanText, type Json, type NodeFailure } from "@workflow-core/core";

/** The longest message of a failure, in characters. */
const longestMessage = 1_000;

export interface Failed {
  ok: false;
  failure: NodeFailure;
}

export interface FailureOptions {
  retryable?: boolean;
  retryAfterSeconds?: number | undefined;
  /** Nothing was sent, by our own choice: it is no attempt. */
  unsent?: true;
  details?: Json;
}

export const ok = <T>(value: T): Answer<T> => ({ ok: true, value });

/** A failure; not retryable unless it says so, its message cut to 1,000 characters. */
export function failed(code: string, message: string, options: FailureOptions = {}): Failed {
  const { retryable = false, retryAfterSeconds, unsent, details } = options;
  const failure: NodeFailure = { code, message: cleanText(message.slice(0, longestMessage)), retryable };
  if (retryAfterSeconds !== undefined) failure.retryAfterSeconds = retryAfterSeconds;
  if (unsent) failure.unsent = unsent;
  if (details !== undefined) failure.details = details;
  return { ok: false, failure };
}

/** The failure of a call that the execution no longer wants. */
export const aborted = (): Failed => failed("ABORTED", "The execution no longer waits for the answer.");
