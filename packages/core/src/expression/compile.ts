// From acorn's tree to closures. Only what is listed here exists: every other construct is refused by name, and
// nothing of the source is ever run to find that out.
import type { Expression, Identifier, Literal, TemplateLiteral } from "acorn";
import { cleanText, isForbiddenKey } from "../json.js";
import { compileCall } from "./compile-calls.js";
import { compileList, compileObject } from "./compile-collections.js";
import { compileChain, compileMember, isSecrets } from "./compile-members.js";
import { compileBinary, compileLogical, compileUnary } from "./compile-operators.js";
import { ExpressionFailure } from "./errors.js";
import { allowText, type Evaluation, spendText, textOf } from "./evaluation.js";
import { functionNamed } from "./functions/table.js";
import { maxNesting } from "./parse.js";
import { type Code, type CompileOptions, label, refuse, refusedConstructs, type Scope, type Unit } from "./scope.js";
import { didYouMean } from "./suggest.js";

/** Compiles a parsed expression; the unit then tells what the code needs. Throws ExpressionSyntaxError. */
export const compileTree = (
  source: string,
  tree: Expression,
  options: { forbiddenIsMissing: boolean },
): { code: Code; unit: Unit } => {
  const unit: Unit = {
    source,
    ...options,
    names: new Set(),
    slots: 0,
    size: 0,
    depth: 0,
    sealed: 0,
    builds: false,
    compile,
  };
  return { code: compile(tree, { unit, locals: new Map() }), unit };
};

const compile = (node: Expression, scope: Scope, options: CompileOptions = {}): Code => {
  const { unit } = scope;
  unit.size++;
  if (++unit.depth > maxNesting) refuse(node, `the expression is nested more than ${maxNesting} levels deep`);
  const seals = calculates(node, scope);
  if (seals) unit.sealed++;
  const code = compileNode(node, scope, options);
  if (seals) unit.sealed--;
  unit.depth--;
  return code;
};

/** Whether something new is made of what stands in it; texts, lists and choices only put it somewhere. */
const calculates = (node: Expression, scope: Scope): boolean =>
  node.type === "CallExpression" ||
  node.type === "UnaryExpression" ||
  (node.type === "BinaryExpression" && node.operator !== "+") ||
  (node.type === "MemberExpression" && !isSecrets(node.object, scope));

const compileNode = (node: Expression, scope: Scope, options: CompileOptions): Code => {
  switch (node.type) {
    case "Literal":
      return compileLiteral(node);
    case "TemplateLiteral":
      return compileTemplateLiteral(node, scope);
    case "Identifier":
      return compileIdentifier(node, scope, options);
    case "ParenthesizedExpression":
      return compile(node.expression, scope, options);
    case "UnaryExpression":
      return compileUnary(node, scope);
    case "BinaryExpression":
      return compileBinary(node, scope);
    case "LogicalExpression":
      return compileLogical(node, scope, options);
    case "ConditionalExpression": {
      const [test, yes, no] = [node.test, node.consequent, node.alternate].map((part) => compile(part, scope));
      return (at) => (test!(at) ? yes!(at) : no!(at));
    }
    case "MemberExpression":
      return compileMember(node, scope);
    case "ChainExpression":
      return compileChain(node, scope);
    case "CallExpression":
      return compileCall(node, scope);
    case "ArrayExpression":
      return compileList(node, scope);
    case "ObjectExpression":
      return compileObject(node, scope);
    default:
      return refuse(node, `${refusedConstructs[node.type] ?? node.type} is not possible in an expression`);
  }
};

const compileLiteral = (node: Literal): Code => {
  if (node.regex) refuse(node, `a regular expression is not possible here; write matches(text, "pattern")`);
  if (node.bigint) refuse(node, "a bigint is not possible in an expression");
  const { value } = node;
  if (typeof value === "string") {
    const text = cleanText(value);
    return () => text;
  }
  if (typeof value === "number" && !Number.isFinite(value)) refuse(node, "the number is too large");
  if (value === null || typeof value === "boolean" || typeof value === "number") return () => value;
  return refuse(node, "this literal is not possible in an expression");
};

const compileTemplateLiteral = (node: TemplateLiteral, scope: Scope): Code => {
  const texts = node.quasis.map((quasi) => cleanText(quasi.value.cooked ?? quasi.value.raw));
  const parts = node.expressions.map((part, index) => ({
    code: scope.unit.compile(part, scope),
    name: label(scope, part),
    after: texts[index + 1] ?? "",
  }));
  return (at) => {
    let text = texts[0] ?? "";
    for (const part of parts) {
      text += textOf(at, part.code(at), part.name) + part.after;
      allowText(at, text.length);
    }
    spendText(at, text.length);
    return text;
  };
};

const compileIdentifier = (node: Identifier, scope: Scope, { tolerant }: CompileOptions): Code => {
  const { name } = node;
  const slot = scope.locals.get(name);
  if (slot !== undefined) return (at) => at.locals[slot];
  if (name === "undefined") return () => undefined;
  if (isForbiddenKey(name)) {
    if (!scope.unit.forbiddenIsMissing) refuse(node, `${name} is not possible in an expression`);
    return tolerant ? () => undefined : (at) => missingName(at, name);
  }
  if (isSecrets(node, scope)) refuse(node, "secrets are read one by one: write secrets.name");
  scope.unit.names.add(name);
  if (tolerant) return (at) => at.env.lookup(name);
  return (at) => {
    const value = at.env.lookup(name);
    return value === undefined ? missingName(at, name) : value;
  };
};

const missingName = (at: Evaluation, name: string): never => {
  const hint = functionNamed(name)
    ? `; it is a function, so write ${name}(...)`
    : didYouMean(name, at.env.names?.() ?? []);
  throw new ExpressionFailure("MISSING_NAME", `"${name}" is not set${hint}`, at.source, name);
};
