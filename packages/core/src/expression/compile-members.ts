// Reading properties: own ones only, `length` of texts and lists, elements by index. What is not there is undefined;
// reading from undefined is an error that names the path, unless ?. says otherwise.
import type { ChainExpression, Expression, MemberExpression, Super } from "acorn";
import { isForbiddenKey, type Json } from "../json.js";
import { cutText, type Evaluation, fail } from "./evaluation.js";
import { type Code, label, refuse, type Scope } from "./scope.js";
import { describe, ownProperty, type Value } from "./values.js";

/** Stands for "a ?. found nothing" up to the end of its chain; known by its identity and never seen outside of one. */
export const skipped: Json = [];

/** A chain such as a?.b.c: where a ?. finds nothing, the rest is skipped and the whole is undefined. */
export const compileChain = (node: ChainExpression, scope: Scope): Code => {
  const code = scope.unit.compile(node.expression, scope);
  return (at) => {
    const value = code(at);
    return value === skipped ? undefined : value;
  };
};

/** What stands before a dot. Gives `skipped` where the chain ends here. */
export const compileReceiver = (object: Expression | Super, optional: boolean, scope: Scope): Code => {
  if (object.type === "Super") return refuse(object, "super is not possible in an expression");
  if (!optional) return scope.unit.compile(object, scope);
  const code = scope.unit.compile(object, scope, { tolerant: true });
  return (at) => code(at) ?? skipped;
};

export const compileMember = (node: MemberExpression, scope: Scope): Code => {
  const { property } = node;
  if (property.type === "PrivateIdentifier") return refuse(property, "a private name is not possible in an expression");
  if (isSecrets(node.object, scope)) return compileSecret(node, property, scope);
  const receiver = compileReceiver(node.object, node.optional, scope);
  const name = label(scope, node.object);
  const key = staticKey(node.computed, property);
  if (key === undefined) {
    const keyCode = scope.unit.compile(property, scope);
    return (at) => {
      const value = receiver(at);
      return value === skipped ? skipped : readComputed(at, value, keyCode(at), name);
    };
  }
  if (isForbiddenKey(key)) {
    if (!scope.unit.forbiddenIsMissing) refuse(property, `.${key} is not possible in an expression`);
    return (at) => (receiver(at) === skipped ? skipped : undefined);
  }
  return (at) => {
    const value = receiver(at);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return readOther(at, value, key, name);
    return Object.hasOwn(value, key) ? value[key] : undefined;
  };
};

/** Whether a name means the secrets of the community: always, unless it is a parameter of an arrow function. */
export const isSecrets = (node: Expression | Super, scope: Scope): boolean =>
  node.type === "Identifier" && node.name === "secrets" && !scope.locals.has("secrets");

/** Secrets are looked up one by one, under their whole name; what the lookup gives stands for the value. */
const compileSecret = (node: MemberExpression, property: Expression, scope: Scope): Code => {
  const key = staticKey(node.computed, property);
  if (key === undefined || node.optional || !/^[A-Za-z_][A-Za-z0-9_]{0,63}$/.test(key))
    return refuse(node, "a secret is written secrets.name, with a name of up to 64 letters, digits and _");
  if (scope.unit.sealed > 0)
    return refuse(node, `secrets.${key} can only be put in as it is: nothing can be calculated from a secret`);
  const name = `secrets.${key}`;
  scope.unit.names.add(name);
  return (at) => at.env.lookup(name) ?? fail(at, "MISSING_NAME", `"${name}" is not there`, name);
};

const staticKey = (computed: boolean, property: Expression): string | undefined => {
  if (!computed) return property.type === "Identifier" ? property.name : undefined;
  return property.type === "Literal" && typeof property.value === "string" ? property.value : undefined;
};

const readComputed = (at: Evaluation, value: Value, key: Value, name: string): Value => {
  if (typeof key !== "string" && typeof key !== "number") {
    return fail(at, "EXPRESSION_TYPE", `${name}[...] needs a text or a number as key, but got ${describe(key)}`);
  }
  if (typeof key === "string" && isForbiddenKey(key)) return undefined;
  if (Array.isArray(value) && typeof key === "number") return value === skipped ? skipped : value[key];
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return ownProperty(value, String(key));
  return readOther(at, value, String(key), name);
};

const readOther = (at: Evaluation, value: Value, key: string, name: string): Value => {
  if (value === skipped) return skipped;
  if (value === undefined || value === null) {
    const path = `${name} is ${describe(value)}`;
    return fail(
      at,
      "EXPRESSION_TYPE",
      `${path}, so ${/^[\p{L}$_]/u.test(key) ? `.${key}` : `[${key}]`} cannot be read`,
      name,
    );
  }
  if (typeof value !== "string" && !Array.isArray(value)) return undefined;
  if (key === "length") return value.length;
  if (!/^(?:0|[1-9]\d{0,8})$/.test(key)) return undefined;
  if (Array.isArray(value)) return value[Number(key)];
  const character = cutText(at, value, (text) => text[Number(key)] ?? "");
  return character === "" ? undefined : character;
};
