// Arrow functions, as arguments of calls. A parameter is a slot in the evaluation's locals: an arrow has no name, so it
// cannot call itself, so each of its parameters has one value at a time.
import type { ArrowFunctionExpression, Pattern } from "acorn";
import { isForbiddenKey } from "../json.js";
import { type Evaluation, spend } from "./evaluation.js";
import { type Code, costOf, refuse, type Scope } from "./scope.js";
import { Lambda, ownProperty, type Value } from "./values.js";

type Binder = (at: Evaluation, value: Value) => void;

/** Compiles `x => value`, with simple parameters, defaults and patterns such as `([key, value]) => ...`. */
export const compileArrow = (node: ArrowFunctionExpression, outer: Scope): ((at: Evaluation) => Lambda) => {
  const { body } = node;
  if (node.async) refuse(node, "async is not possible in an expression");
  if (body.type === "BlockStatement")
    return refuse(body, "a function has no braces here: write x => value, or x => ({...}) for an object");
  const { unit } = outer;
  const before = unit.size;
  const locals = new Map(outer.locals);
  const scope: Scope = { unit, locals };
  const binders = node.params.map((pattern) => compilePattern(pattern, scope, locals));
  const code = unit.compile(body, scope);
  const cost = costOf(unit.size - before);
  const arity = binders.length;
  const [first, second, third] = binders;
  if (arity > 3) refuse(node, "a function has three parameters at most");
  return (at) =>
    new Lambda(arity, (a, b, c) => {
      spend(at, cost);
      first?.(at, a);
      second?.(at, b);
      third?.(at, c);
      return code(at);
    });
};

const compilePattern = (pattern: Pattern, scope: Scope, locals: Map<string, number>): Binder => {
  scope.unit.size++;
  switch (pattern.type) {
    case "Identifier": {
      if (isForbiddenKey(pattern.name)) refuse(pattern, `${pattern.name} is not possible as a name`);
      const slot = scope.unit.slots++;
      locals.set(pattern.name, slot);
      return (at, value) => {
        at.locals[slot] = value;
      };
    }
    case "AssignmentPattern": {
      const fallback: Code = scope.unit.compile(pattern.right, scope);
      const bind = compilePattern(pattern.left, scope, locals);
      return (at, value) => bind(at, value === undefined ? fallback(at) : value);
    }
    case "ArrayPattern": {
      const binders = pattern.elements.map((element) => (element ? compilePattern(element, scope, locals) : undefined));
      return (at, value) => {
        for (const [index, bind] of binders.entries()) bind?.(at, Array.isArray(value) ? value[index] : undefined);
      };
    }
    case "ObjectPattern": {
      const binders = pattern.properties.map((property) => {
        if (property.type === "RestElement") return refuse(property, "... is not possible in parameters");
        const { key } = property;
        if (property.computed || key.type !== "Identifier")
          return refuse(key, "a key in a parameter has to be a simple name");
        if (isForbiddenKey(key.name)) refuse(key, `${key.name} is not possible as a key`);
        return { key: key.name, bind: compilePattern(property.value, scope, locals) };
      });
      return (at, value) => {
        for (const { key, bind } of binders) bind(at, ownProperty(value, key));
      };
    }
    default:
      return refuse(pattern, "this is not possible as a parameter");
  }
};
