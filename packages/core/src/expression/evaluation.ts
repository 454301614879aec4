// One evaluation under way: its outside, its budget, its local variables, and the few functions by which everything
// it does is counted and refused.
//
// 1. Whatever repeats pays steps before or while it repeats, in proportion to the work.
// 2. No text is longer than maxTextLength, no list longer than maxListLength, and both are checked before the memory is taken.
import { cleanText, type Json, MAX_JSON_DEPTH } from "../json.js";
import { type Budget, defaultSteps, type Env } from "./env.js";
import { ExpressionFailure, type ExpressionFailureCode } from "./errors.js";
import type { Value } from "./values.js";

export const maxTextLength = 1_000_000;
export const maxListLength = 100_000;

export interface Evaluation {
  readonly env: Env;
  readonly budget: Budget;
  readonly source: string;
  /** The parameters of arrow functions, one slot for each in the source. An arrow cannot call itself, so that is enough. */
  readonly locals: Value[];
}

export const fail = (at: Evaluation, code: ExpressionFailureCode, message: string, missing?: string): never => {
  throw new ExpressionFailure(code, message, at.source, missing);
};

/** Takes steps from the budget; the evaluation ends when there are none left. */
export const spend = (at: Evaluation, steps: number): void => {
  at.budget.steps -= steps;
  if (at.budget.steps < 0) fail(at, "EXPRESSION_BUDGET", tooManySteps(at.budget));
};

/** In the engine, all that is evaluated for one event has one budget. */
export const tooManySteps = ({ most = defaultSteps }: Budget): string =>
  `what is calculated here takes more than ${most} steps, as many as it may at once`;

/** Pays for handling so many elements one by one inside the engine. */
export const spendItems = (at: Evaluation, count: number): void => spend(at, 1 + (count >> 4));

/** Pays for copying or comparing so many characters. */
export const spendText = (at: Evaluation, length: number): void => spend(at, 1 + (length >> 8));

/** Pays for looking for one text in another: the engine's search may compare each character with each in the worst case. */
export const spendSearch = (at: Evaluation, text: string, part: string): void =>
  spend(at, 1 + (text.length >> 8) + Math.floor((text.length * part.length) / 4_096));

/** Refuses a text of this length before it is made. */
export const allowText = (at: Evaluation, length: number): void => {
  if (length > maxTextLength) fail(at, "EXPRESSION_LIMIT", `a text may have ${maxTextLength} characters at most`);
};

/** Refuses a list of this length before it is made. */
export const allowList = (at: Evaluation, length: number): void => {
  if (length > maxListLength) fail(at, "EXPRESSION_LIMIT", `a list may have ${maxListLength} elements at most`);
};

/** Pays for handling so many members of an object: each is looked up by its key. */
export const spendKeys = (at: Evaluation, count: number): void => spend(at, 1 + count);

/**
 * A part cut out of a text: never half a character. The whole text is paid for: one that was joined is laid out anew
 * when it is first read, however little of it is wanted.
 */
export const cutText = (at: Evaluation, text: string, cut: (text: string) => string): string => {
  spendText(at, text.length);
  const part = cut(text);
  spend(at, part.length >> 7);
  return cleanText(part);
};

/**
 * Walks a value that an expression has built: refuses one that is too deep, and pays for each visit, so that a list
 * that holds itself many times over costs what its JSON text would. Gives a rough length of that text.
 */
export const measure = (at: Evaluation, value: Json, depth = 0): number => {
  if (typeof value === "string") {
    spend(at, value.length >> 8);
    return value.length + 2;
  }
  if (typeof value !== "object" || value === null) return 5;
  if (depth >= MAX_JSON_DEPTH) fail(at, "EXPRESSION_LIMIT", `a value may be ${MAX_JSON_DEPTH} levels deep at most`);
  let length = 2;
  if (Array.isArray(value)) {
    spendItems(at, value.length);
    for (const item of value) length += 1 + measure(at, item, depth + 1);
    return length;
  }
  const entries = Object.entries(value);
  spend(at, 1 + (entries.length >> 1));
  for (const [key, item] of entries) length += key.length + 4 + measure(at, item, depth + 1);
  return length;
};

/** The JSON text of a value. */
export const jsonText = (at: Evaluation, value: Json, indent = 0): string => {
  const length = measure(at, value);
  // A scalar is counted as 6 characters and may have 1: only what is surely too long is refused before it is made.
  allowText(at, length / 6);
  spend(at, length >> 6);
  const text = JSON.stringify(value, null, indent);
  allowText(at, text.length);
  return text;
};

/** A value as text inside other text. `label` says in the message what was to be put there. */
export const textOf = (at: Evaluation, value: Value, label: string): string => {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (value === undefined) return fail(at, "EXPRESSION_TYPE", `${label} is not set, so it cannot become text`, label);
  if (value === null) return fail(at, "EXPRESSION_TYPE", `${label} is null, so it cannot become text`, label);
  return jsonText(at, value);
};
