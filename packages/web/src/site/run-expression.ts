// Evaluating an expression over data, with the clock and the chance of the examples: noon of 31 January 2026, and 0.5.
import { compileExpression, type Json } from "@workflow-core/core";

/** The value, or a sentence about what is wrong. */
export const runExpression = (source: string, data: Readonly<Record<string, Json>>): { value: Json } | string => {
  try {
    const value = compileExpression(source).evaluate({
      lookup: (name) => (Object.hasOwn(data, name) ? data[name] : undefined),
      names: () => Object.keys(data),
      now: Date.UTC(2026, 0, 31, 12),
      random: () => 0.5,
    });
    return { value: value ?? null };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};
