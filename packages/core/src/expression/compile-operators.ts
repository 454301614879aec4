// Operators. They take values as they are: no operator turns text into a number or an object into text unasked, and
// what cannot be compared or calculated is an error, never quietly false or NaN.
import type { BinaryExpression, Expression, LogicalExpression, UnaryExpression } from "acorn";
import { isJsonObject } from "../json.js";
import { ExpressionFailure } from "./errors.js";
import { allowText, type Evaluation, fail, spend, textOf } from "./evaluation.js";
import { type Code, type CompileOptions, label, refuse, type Scope } from "./scope.js";
import { describe, hasOwn, type Value } from "./values.js";

const arithmetic: Readonly<Record<string, (a: number, b: number) => number>> = {
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "%": (a, b) => a % b,
  "**": (a, b) => a ** b,
};
const orders: Readonly<Record<string, <T extends number | string>(a: T, b: T) => boolean>> = {
  "<": (a, b) => a < b,
  ">": (a, b) => a > b,
  "<=": (a, b) => a <= b,
  ">=": (a, b) => a >= b,
};

export const compileUnary = (node: UnaryExpression, scope: Scope): Code => {
  const { operator } = node;
  if (operator === "typeof") {
    const code = scope.unit.compile(node.argument, scope, { tolerant: true });
    return (at) => typeof code(at);
  }
  const code = scope.unit.compile(node.argument, scope);
  if (operator === "!") return (at) => !code(at);
  if (operator !== "-" && operator !== "+") refuse(node, `${operator} is not possible in an expression`);
  const sign = operator === "-" ? -1 : 1;
  const name = label(scope, node.argument);
  return (at) => {
    const value = code(at);
    return typeof value === "number"
      ? sign * value
      : fail(at, "EXPRESSION_TYPE", ...wrongOperand(operator, "a number", name, value));
  };
};

export const compileBinary = (node: BinaryExpression, scope: Scope): Code => {
  const { operator } = node;
  const leftNode: { type: string } = node.left;
  if (leftNode.type === "PrivateIdentifier") refuse(node, "a private name is not possible in an expression");
  // acorn's type allows a private name on the left of `in`; that was refused above.
  const left = node.left as Expression;
  const a = scope.unit.compile(left, scope);
  const b = scope.unit.compile(node.right, scope);
  const names: Names = { operator, left: label(scope, left), right: label(scope, node.right) };
  const calculate = Object.hasOwn(arithmetic, operator) ? arithmetic[operator] : undefined;
  if (calculate) return compileArithmetic(calculate, a, b, names);
  const order = Object.hasOwn(orders, operator) ? orders[operator] : undefined;
  if (order) return (at) => compareOrder(at, order, a(at), b(at), names);
  switch (operator) {
    case "+":
      return (at) => add(at, a(at), b(at), names);
    case "===":
    case "!==": {
      const wanted = operator === "===";
      return (at) => isSame(at, a(at), b(at)) === wanted;
    }
    case "==":
    case "!=": {
      // As strict as ===, except that null and "not there" are one thing: people write `x == null` to ask for both.
      const wanted = operator === "==";
      return (at) => isSame(at, a(at) ?? null, b(at) ?? null) === wanted;
    }
    case "in":
      return (at) => hasKey(at, a(at), b(at), names);
    default:
      return refuse(node, `the operator ${operator} is not possible in an expression`);
  }
};

/** Of a ?? b ?? c, each but the last may be missing. */
export const compileLogical = (node: LogicalExpression, scope: Scope, options: CompileOptions): Code => {
  const isDefault = node.operator === "??";
  const left = scope.unit.compile(node.left, scope, { tolerant: isDefault });
  const right = scope.unit.compile(node.right, scope, isDefault ? options : {});
  if (node.operator === "&&") return (at) => left(at) && right(at);
  if (node.operator === "||") return (at) => left(at) || right(at);
  return (at) => left(at) ?? right(at);
};

/** What the operands are called in the source. */
interface Names {
  operator: string;
  left: string;
  right: string;
}

const compileArithmetic =
  (calculate: (a: number, b: number) => number, a: Code, b: Code, names: Names): Code =>
  (at) => {
    const left = a(at);
    const right = b(at);
    if (typeof left !== "number" || typeof right !== "number") return failOperands(at, "numbers", left, right, names);
    const result = calculate(left, right);
    return Number.isFinite(result) ? result : notFinite(at, names);
  };

const add = (at: Evaluation, left: Value, right: Value, names: Names): Value => {
  if (typeof left === "number" && typeof right === "number") {
    const sum = left + right;
    return Number.isFinite(sum) ? sum : notFinite(at, names);
  }
  if (typeof left !== "string" && typeof right !== "string")
    return failOperands(at, "two numbers, or text", left, right, names);
  const front = textOf(at, left, names.left);
  const back = textOf(at, right, names.right);
  allowText(at, front.length + back.length);
  // The engine joins without copying the longer side; whoever reads the result pays for its length.
  spend(at, 1 + (Math.min(front.length, back.length) >> 8));
  return front + back;
};

type Order = <T extends number | string>(a: T, b: T) => boolean;

const compareOrder = (at: Evaluation, order: Order, left: Value, right: Value, names: Names): boolean => {
  if (typeof left === "number" && typeof right === "number") return order(left, right);
  if (typeof left !== "string" || typeof right !== "string") {
    return failOperands(at, "two numbers or two texts", left, right, names);
  }
  spend(at, Math.min(left.length, right.length) >> 8);
  return order(left, right);
};

const isSame = (at: Evaluation, left: Value, right: Value): boolean => {
  if (typeof left === "string" && typeof right === "string" && left.length === right.length)
    spend(at, left.length >> 8);
  return left === right;
};

const hasKey = (at: Evaluation, key: Value, value: Value, names: Names): boolean => {
  if (typeof key !== "string" && typeof key !== "number") {
    return fail(at, "EXPRESSION_TYPE", ...wrongOperand("in", "a text or number on its left", names.left, key));
  }
  if (Array.isArray(value)) return typeof key === "number" && Number.isInteger(key) && key >= 0 && key < value.length;
  if (isJsonObject(value)) return hasOwn(value, String(key));
  return fail(at, "EXPRESSION_TYPE", ...wrongOperand("in", "an object or list on its right", names.right, value));
};

const notFinite = (at: Evaluation, names: Names): never =>
  fail(at, "EXPRESSION_TYPE", `${names.left} ${names.operator} ${names.right} is not a finite number`);

const wrongOperand = (
  operator: string,
  wanted: string,
  name: string,
  value: Value,
): [message: string, missing?: string] => {
  const message = `${operator} needs ${wanted}, but ${name} is ${describe(value)}`;
  return value === undefined || value === null ? [message, name] : [message];
};

const failOperands = (at: Evaluation, wanted: string, left: Value, right: Value, names: Names): never => {
  const missing = isNothing(left) ? names.left : isNothing(right) ? names.right : undefined;
  const message = `${names.operator} needs ${wanted}, but ${names.left} is ${describe(left)} and ${names.right} is ${describe(right)}`;
  throw new ExpressionFailure("EXPRESSION_TYPE", message, at.source, missing);
};

const isNothing = (value: Value): boolean => value === undefined || value === null;
