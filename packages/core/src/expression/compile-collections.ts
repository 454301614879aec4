// List and object literals, and the spreading of lists in them and in calls.
import type { ArrayExpression, ObjectExpression, Property } from "acorn";
import { isForbiddenKey, type Json, type JsonObject } from "../json.js";
import { copyInto, putInto } from "./build-object.js";
import { characters } from "./characters.js";
import { allowList, type Evaluation, fail, spend, spendItems } from "./evaluation.js";
import { type Code, type Items, label, refuse, type Scope } from "./scope.js";
import { describe, orNull, type Value } from "./values.js";

export const compileList = (node: ArrayExpression, scope: Scope): Code => {
  scope.unit.builds = true;
  const items: Items = node.elements.map((item) => item ?? refuse(node, "a list with holes is not possible"));
  const append = items.map((item) => compileAppend(item, scope));
  return (at) => {
    spend(at, 1);
    const list: Json[] = [];
    for (const add of append) add(at, list);
    return list;
  };
};

const compileAppend = (item: Items[number], scope: Scope): ((at: Evaluation, list: Json[]) => void) => {
  if (item.type !== "SpreadElement") {
    const code = scope.unit.compile(item, scope);
    return (at, list) => {
      list.push(orNull(code(at)));
    };
  }
  const code = scope.unit.compile(item.argument, scope);
  const name = label(scope, item.argument);
  return (at, list) => {
    const more = spreadable(at, code(at), name);
    allowList(at, list.length + more.length);
    spendItems(at, more.length);
    for (const value of more) list.push(value);
  };
};

/** The elements of a list, or the characters of a text, to be spread. */
export const spreadable = (at: Evaluation, value: Value, name: string): readonly Json[] => {
  if (Array.isArray(value)) return value;
  if (typeof value === "string") return characters(at, value);
  const missing = value === undefined || value === null ? name : undefined;
  return fail(at, "EXPRESSION_TYPE", `...${name} needs a list, but it is ${describe(value)}`, missing);
};

export const compileObject = (node: ObjectExpression, scope: Scope): Code => {
  scope.unit.builds = true;
  const assign = node.properties.map((property) => {
    if (property.type === "Property") return compileProperty(property, scope);
    const code = scope.unit.compile(property.argument, scope);
    const name = label(scope, property.argument);
    return (at: Evaluation, object: JsonObject) => copyInto(at, object, code(at), name);
  });
  return (at) => {
    spend(at, 1);
    const object: JsonObject = {};
    for (const add of assign) add(at, object);
    return object;
  };
};

const compileProperty = (node: Property, scope: Scope): ((at: Evaluation, object: JsonObject) => void) => {
  if (node.kind !== "init" || node.method)
    refuse(node, "an object in an expression has no methods, getters or setters");
  const value = scope.unit.compile(node.value, scope);
  if (node.computed) {
    const key = scope.unit.compile(node.key, scope);
    return (at, object) => putInto(at, object, keyText(at, key(at)), value(at));
  }
  const { key } = node;
  const name =
    key.type === "Identifier" ? key.name : key.type === "Literal" ? String(key.value) : refuse(key, "unexpected key");
  if (isForbiddenKey(name)) refuse(key, `${name} is not possible as a key`);
  return (at, object) => {
    const result = value(at);
    if (result !== undefined) object[name] = result;
  };
};

const keyText = (at: Evaluation, key: Value): string => {
  if (typeof key === "string" || typeof key === "number") return String(key);
  return fail(at, "EXPRESSION_TYPE", `a key has to be a text or a number, but it is ${describe(key)}`);
};
