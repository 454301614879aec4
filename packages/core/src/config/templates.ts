// From drawn values to bound values: every string inside a drawn value may hold templates. What holds none is
// prepared once and shared by all visits.
import { compileTemplate, type Env, ExpressionFailure, type Template } from "../expression/index.js";
import type { Json } from "../json.js";
import { beginsWithSecret } from "../secrets.js";
import { percentEncode } from "./percent.js";

export interface ValueBinder {
  names: readonly string[];
  /** True when nothing in it depends on variables: `bind` then returns the same value each time. */
  constant: boolean;
  bind(env: Env): Json;
}

export const constant = (value: Json): ValueBinder => ({ names: [], constant: true, bind: () => value });

/** The one value of an exact template; a template that yields nothing is an error with its text in it. */
const exactValue = (template: Template, env: Env): Json => {
  const value = template.value(env);
  if (value === undefined)
    throw new ExpressionFailure(
      "MISSING_NAME",
      `${template.source.trim()} has no value`,
      template.source,
      template.names[0],
    );
  return value;
};

const compileText = (text: string): ValueBinder => {
  const template = compileTemplate(text);
  if (template.isLiteral) return constant(text);
  const bind = template.isExact ? (env: Env) => exactValue(template, env) : (env: Env) => template.text(env);
  return { names: template.names, constant: false, bind };
};

/** Compiles any drawn JSON value; throws ExpressionSyntaxError when a template in it does not parse. */
export const compileValue = (drawn: Json): ValueBinder => {
  if (typeof drawn === "string") return compileText(drawn);
  if (drawn === null || typeof drawn !== "object") return constant(drawn);
  const keys = Array.isArray(drawn) ? null : Object.keys(drawn);
  const parts = (Array.isArray(drawn) ? drawn : Object.values(drawn)).map(compileValue);
  if (parts.every((part) => part.constant)) return constant(drawn);
  return {
    names: [...new Set(parts.flatMap((part) => part.names))],
    constant: false,
    bind: (env) => {
      const values = parts.map((part) => part.bind(env));
      return keys ? Object.fromEntries(keys.map((key, index) => [key, values[index] as Json])) : values;
    },
  };
};

export type TextStyle = "strict" | "message" | "address";

/**
 * Compiles text that stays text. `message`: what is missing is empty. `address`: what is put in behind the host is
 * percent-encoded, so that data cannot change where a call goes.
 */
export const compileTextOnly = (text: string, style: TextStyle): ValueBinder => {
  const template = compileTemplate(text);
  if (template.isLiteral) return constant(text);
  const bind =
    style === "address"
      ? (env: Env) => addressText(template, env)
      : (env: Env) => template.text(env, { lenient: style === "message" });
  return { names: template.names, constant: false, bind };
};

/** Whether scheme and host are complete, so that what follows belongs to the path, the query or the fragment. */
export const isBehindHost = (before: string): boolean => /^[a-z][a-z0-9+.-]*:\/\/[^/?#]+[/?#]/i.test(before);

/**
 * Puts an address together from left to right: a part before the end of the host goes in as it is, a part behind it is
 * encoded. A secret at the front may hold the host, so nothing behind it goes in as it is. Dots alone cannot be encoded and would climb up the path, so they are refused.
 */
const addressText = (template: Template, env: Env): string => {
  const parts: string[] = [];
  // NUL cannot occur in text here, so it marks the places where parts go.
  const marked = template.text(env, { encode: (part) => `\0${parts.push(part) - 1}\0` });
  return marked.split("\0").reduce((before, piece, index) => {
    if (index % 2 === 0) return before + piece;
    const part = parts[Number(piece)] ?? "";
    if (!isBehindHost(before) && !beginsWithSecret(before)) return before + part;
    if (/^\.+$/.test(part) && !/[?#]/.test(before))
      throw new ExpressionFailure("EXPRESSION_VALUE", `"${part}" may not be a part of an address`, template.source);
    return before + percentEncode(part);
  }, "");
};
