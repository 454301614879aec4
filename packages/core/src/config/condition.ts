// A condition as drawn, and compiled: an expression, one comparison, or conditions joined by and, or, not.
import { z } from "zod";
import {
  compileExpression,
  compilePattern,
  type Env,
  ExpressionFailure,
  ExpressionSyntaxError,
} from "../expression/index.js";
import type { Json } from "../json.js";
import { jsonSchema } from "../json-schema.js";
import { type OperatorName, operatorNames, operators } from "./operators.js";
import { compileValue, type ValueBinder } from "./templates.js";

export type ConditionDocument =
  | string
  | boolean
  | { operator: OperatorName; left: Json; right?: Json | undefined }
  | { and: ConditionDocument[] }
  | { or: ConditionDocument[] }
  | { not: ConditionDocument };

export const conditionSchema: z.ZodType<ConditionDocument> = z.lazy(() =>
  z.union(
    [
      z.string().min(1),
      z.boolean(),
      z.strictObject({ operator: z.enum(operatorNames), left: jsonSchema, right: jsonSchema.optional() }),
      z.strictObject({ and: z.array(conditionSchema).min(1).max(100) }),
      z.strictObject({ or: z.array(conditionSchema).min(1).max(100) }),
      z.strictObject({ not: conditionSchema }),
    ],
    {
      error:
        "must be an expression, {operator, left, right} with a known operator, or {and: [...]}, {or: [...]}, {not: ...} of conditions",
    },
  ),
);

export interface Condition {
  names: readonly string[];
  /** Whether it holds; throws ExpressionFailure when it cannot be said. */
  test(env: Env): boolean;
}

const union = (parts: readonly Condition[]): string[] => [...new Set(parts.flatMap((part) => part.names))];

/** Compiles a drawn condition; throws ExpressionSyntaxError when a part does not parse. */
export const compileCondition = (drawn: ConditionDocument): Condition => {
  if (typeof drawn === "boolean") return { names: [], test: () => drawn };
  if (typeof drawn === "string") return expressionCondition(drawn);
  if ("and" in drawn) {
    const parts = drawn.and.map(compileCondition);
    return { names: union(parts), test: (env) => parts.every((part) => part.test(env)) };
  }
  if ("or" in drawn) {
    const parts = drawn.or.map(compileCondition);
    return { names: union(parts), test: (env) => parts.some((part) => part.test(env)) };
  }
  if ("not" in drawn) {
    const part = compileCondition(drawn.not);
    return { names: part.names, test: (env) => !part.test(env) };
  }
  return comparison(drawn.operator, compileValue(drawn.left), compileValue(drawn.right ?? null));
};

/** People also write the expression inside a template; both mean the same. */
const expressionCondition = (text: string): Condition => {
  const inner = /^\s*\{\{([\s\S]*)\}\}\s*$/.exec(text);
  const expression = compileExpression(inner?.[1] ?? text);
  return { names: expression.names, test: (env) => Boolean(expression.evaluate(env)) };
};

const comparison = (name: OperatorName, left: ValueBinder, right: ValueBinder): Condition => {
  // A pattern that stands there as it is can be said to be wrong while it is being drawn.
  if (name === "matches_regex" && right.constant) checkPattern(right);
  return {
    names: [...new Set([...left.names, ...right.names])],
    test: (env) => {
      try {
        return operators[name].test(left.bind(env), right.bind(env));
      } catch (error) {
        if (error instanceof TypeError) throw new ExpressionFailure("EXPRESSION_TYPE", `${name}: ${error.message}`);
        if (error instanceof ExpressionSyntaxError)
          throw new ExpressionFailure("EXPRESSION_VALUE", `${name}: ${error.message}`);
        throw error;
      }
    },
  };
};

const checkPattern = (right: ValueBinder): void => {
  const pattern = right.bind({ lookup: () => undefined, now: 0, random: () => 0 });
  if (typeof pattern === "string") compilePattern(pattern);
};
