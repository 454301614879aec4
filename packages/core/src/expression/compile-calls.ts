// Calls: of functions and methods in the table, and of nothing else. Which function is meant is settled while
// compiling; which type's method, when the value is there.
import type { CallExpression, Expression, MemberExpression } from "acorn";
import { compileArrow } from "./compile-arrows.js";
import { spreadable } from "./compile-collections.js";
import { compileReceiver, skipped } from "./compile-members.js";
import { allowList, type Evaluation, fail, spend, spendItems } from "./evaluation.js";
import type { Entry } from "./functions/entry.js";
import { functionNamed, functionNames, methodNames, methodsNamed } from "./functions/table.js";
import { type Code, type CompileOptions, type Items, label, refuse, type Scope } from "./scope.js";
import { didYouMean } from "./suggest.js";
import { type Argument, describe, kindOf } from "./values.js";

export const compileCall = (node: CallExpression, scope: Scope): Code => {
  if (node.optional) refuse(node, "?.( is not possible; write ?. before the method's name");
  scope.unit.builds = true;
  const { callee } = node;
  if (callee.type === "Identifier") {
    if (scope.locals.has(callee.name)) refuse(callee, `${callee.name} is a value, not a function`);
    const entry = functionNamed(callee.name);
    return entry ? compileFunction(entry, node, scope) : refuseName(callee, callee.name, functionNames());
  }
  if (callee.type !== "MemberExpression" || callee.computed || callee.property.type !== "Identifier") {
    return refuse(callee, `only functions such as round(x) and methods such as text.trim() can be called`);
  }
  const { object, property } = callee;
  if (object.type === "Identifier" && !scope.locals.has(object.name)) {
    const entry = functionNamed(`${object.name}.${property.name}`);
    if (entry) return compileFunction(entry, node, scope);
  }
  return compileMethod(callee, property.name, node, scope);
};

const refuseName = (node: { start: number }, name: string, known: Iterable<string>): never =>
  refuse(node, `there is no function ${name}${didYouMean(name, known)}`);

const compileFunction = (entry: Entry, node: CallExpression, scope: Scope): Code => {
  checkCount(node, [entry], entry.name);
  const gather = compileArguments(node.arguments, scope, entry.tolerant);
  return (at) => {
    spend(at, 1);
    return entry.call(at, undefined, gather(at));
  };
};

const compileMethod = (callee: MemberExpression, method: string, node: CallExpression, scope: Scope): Code => {
  const receiver = compileReceiver(callee.object, callee.optional, scope);
  const entries = methodsNamed(method);
  if (entries === undefined) {
    return refuse(callee.property, `there is no method .${method}()${didYouMean(method, methodNames())}`);
  }
  checkCount(node, [...entries.values()], `.${method}()`);
  const name = label(scope, callee.object);
  const gather = compileArguments(node.arguments, scope, false);
  return (at) => {
    const self = receiver(at);
    if (self === skipped) return skipped;
    spend(at, 1);
    const entry = entries.get(kindOf(self));
    if (entry !== undefined) return entry.call(at, self, gather(at));
    const missing = self === undefined || self === null ? name : undefined;
    const reason =
      missing === undefined
        ? `.${method}() is for: ${[...entries.keys()].join(", ")}`
        : `.${method}() cannot be called`;
    return fail(at, "EXPRESSION_TYPE", `${name} is ${describe(self)}, so ${reason}`, missing);
  };
};

const checkCount = (node: CallExpression, entries: readonly Entry[], name: string): void => {
  const count = node.arguments.length;
  if (node.arguments.some((argument) => argument.type === "SpreadElement")) return;
  const most = Math.max(...entries.map((entry) => entry.most));
  const least = Math.min(...entries.map((entry) => entry.least));
  if (count <= most && count >= least) return;
  const forms = entries.map((entry) => entry.signature).join(" or ");
  refuse(node, `${name} was given ${count} value${count === 1 ? "" : "s"}, but it is ${forms}`);
};

type Gather = (at: Evaluation) => Argument[];

const compileArguments = (items: Items, scope: Scope, tolerant: boolean): Gather => {
  const parts = items.map((item, index) => {
    if (item.type === "SpreadElement") return compileSpread(item.argument, scope);
    const code = compileArgument(item, scope, { tolerant: tolerant && index === 0 });
    return (at: Evaluation, values: Argument[]) => {
      values.push(code(at));
    };
  });
  return (at) => {
    const values: Argument[] = [];
    for (const part of parts) part(at, values);
    return values;
  };
};

const compileArgument = (node: Expression, scope: Scope, options: CompileOptions): ((at: Evaluation) => Argument) =>
  node.type === "ArrowFunctionExpression" ? compileArrow(node, scope) : scope.unit.compile(node, scope, options);

const compileSpread = (node: Expression, scope: Scope): ((at: Evaluation, values: Argument[]) => void) => {
  const code = scope.unit.compile(node, scope);
  const name = label(scope, node);
  return (at, values) => {
    const more = spreadable(at, code(at), name);
    allowList(at, values.length + more.length);
    spendItems(at, more.length);
    for (const value of more) values.push(value);
  };
};
