// What an evaluation is given from outside, and what it may use up. Time and chance come in as data, so an expression
// gives the same result whenever it is evaluated again.
import type { Json } from "../json.js";

/** Steps left. Shared and mutable: hand the same budget to many evaluations to bound them together. */
export interface Budget {
  steps: number;
  /** How many there were at first; for messages. */
  most?: number;
}

export interface Env {
  /** The value of a variable; undefined when there is none. The value is never changed. */
  lookup(name: string): Json | undefined;
  /** The logical time in milliseconds since 1970. */
  now: number;
  /** The next number of a deterministic source, at least 0 and below 1. */
  random(): number;
  /** Without one, every evaluation has `defaultSteps` of its own. */
  budget?: Budget;
  /** All names that `lookup` knows: only asked for "did you mean". */
  names?(): string[];
}

/** A step is some 100 ns to 1 µs of work, so this is a bound of about a tenth of a second. */
export const defaultSteps = 100_000;
