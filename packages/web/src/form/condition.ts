// Drawn conditions as a structure that can be edited row by row, and back to an expression.
import { type ConditionDocument, type Json, type OperatorName, operators } from "@workflow-core/core";

export type Comparison = { operator: OperatorName; left: Json; right?: Json };
export type Group = { and: ConditionDocument[] } | { or: ConditionDocument[] };

export const isComparison = (condition: ConditionDocument | undefined): condition is Comparison =>
  typeof condition === "object" && "operator" in condition;

export const isGroup = (condition: ConditionDocument | undefined): condition is Group =>
  typeof condition === "object" && ("and" in condition || "or" in condition);

export const isNegation = (condition: ConditionDocument | undefined): condition is { not: ConditionDocument } =>
  typeof condition === "object" && "not" in condition;

export const blankComparison: Comparison = { operator: "equals", left: "", right: "" };

const operand = (value: Json | undefined): string => {
  if (typeof value !== "string") return JSON.stringify(value ?? null);
  const exact = /^\s*\{\{([\s\S]*)\}\}\s*$/.exec(value)?.[1]?.trim();
  return exact ?? JSON.stringify(value);
};

const symbols: Partial<Record<OperatorName, (left: string, right: string) => string>> = {
  equals: (left, right) => `${left} === ${right}`,
  not_equals: (left, right) => `${left} !== ${right}`,
  greater_than: (left, right) => `${left} > ${right}`,
  less_than: (left, right) => `${left} < ${right}`,
  greater_equal: (left, right) => `${left} >= ${right}`,
  less_equal: (left, right) => `${left} <= ${right}`,
  contains: (left, right) => `${left}.includes(${right})`,
  not_contains: (left, right) => `!${left}.includes(${right})`,
  starts_with: (left, right) => `${left}.startsWith(${right})`,
  ends_with: (left, right) => `${left}.endsWith(${right})`,
  in_list: (left, right) => `${right}.includes(${left})`,
  not_in_list: (left, right) => `!${right}.includes(${left})`,
  is_empty: (left) => `!${left}`,
  is_not_empty: (left) => `!!${left}`,
};

/** The expression that means the same, as far as there is one. */
export const toExpression = (condition: ConditionDocument): string => {
  if (typeof condition === "string") return condition;
  if (typeof condition === "boolean") return String(condition);
  if (isGroup(condition)) {
    const [parts, word] = "and" in condition ? [condition.and, " && "] : [condition.or, " || "];
    return parts.map((part) => (isGroup(part) ? `(${toExpression(part)})` : toExpression(part))).join(word);
  }
  if (isNegation(condition)) return `!(${toExpression(condition.not)})`;
  const { operator, left, right } = condition;
  return (
    symbols[operator]?.(operand(left), operand(right)) ??
    `${operand(left)} ${operators[operator].title} ${operand(right)}`
  );
};

/** `score > 10` as a comparison; undefined when the expression is more than one. */
export const toComparison = (expression: string): Comparison | undefined => {
  const match =
    /^\s*([\p{L}_$][\p{L}\p{N}_$.[\]"']*)\s*(===?|!==?|>=|<=|>|<)\s*("[^"]*"|'[^']*'|-?\d+(?:\.\d+)?|true|false|null)\s*$/u.exec(
      expression,
    );
  if (!match) return undefined;
  const [, left = "", symbol = "", right = ""] = match;
  const names: Record<string, OperatorName> = {
    "==": "equals",
    "===": "equals",
    "!=": "not_equals",
    "!==": "not_equals",
    ">": "greater_than",
    "<": "less_than",
    ">=": "greater_equal",
    "<=": "less_equal",
  };
  const value = right.startsWith("'") ? right.slice(1, -1) : (JSON.parse(right) as Json);
  return { operator: names[symbol] ?? "equals", left: `{{ ${left} }}`, right: value };
};
