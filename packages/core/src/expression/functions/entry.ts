// What an entry of the function table is, and how one is written: its signature is text that documents it, that the
// compiler of our own sources reads as the types of its parameters, and by which the values of a call are checked.
//
//   method("text", "padStart(length: whole, filler?: text): text", "Puts ... in front.", ['"7".padStart(3)', "  7"], (at, self, length, filler) => ...)
import { isJsonObject, type Json, type JsonObject } from "../../json.js";
import { type Evaluation, fail, spend } from "../evaluation.js";
import { follow, parsePath } from "../path.js";
import { type Argument, describe, type Kind, Lambda, type Value } from "../values.js";
import { parseDate } from "./date-text.js";

/** The kinds that parameters can have, and what an implementation is handed for them. */
interface Kinds {
  text: string;
  number: number;
  /** A number without a fraction. */
  whole: number;
  list: readonly Json[];
  object: JsonObject;
  /** Anything but a function. */
  value: Value;
  function: Lambda;
  /** A function of an element, or the path of a property of it. */
  key: Lambda;
  /** ISO text or milliseconds since 1970; handed over as milliseconds. */
  date: number;
}
type KindName = keyof Kinds;

interface Receivers {
  text: string;
  number: number;
  boolean: boolean;
  list: readonly Json[];
  object: JsonObject;
}

type ParameterType<P extends string> = P extends `${string}?: ${infer K extends KindName}`
  ? Kinds[K] | undefined
  : P extends `${string}: ${infer K extends KindName}`
    ? Kinds[K]
    : never;
type ParameterTypes<P extends string> = P extends `${infer First}, ${infer Rest}`
  ? [ParameterType<First>, ...ParameterTypes<Rest>]
  : P extends `...${string}: ${infer K extends KindName}`
    ? Kinds[K][]
    : [ParameterType<P>];
type TypesOf<Signature extends string> = Signature extends `${string}(${infer P}): ${string}`
  ? P extends ""
    ? []
    : ParameterTypes<P>
  : never;

export interface Entry {
  /** As it is called: `round`, `Math.round`, and for methods `trim`. */
  readonly name: string;
  /** The type whose method it is; none for functions. */
  readonly on?: keyof Receivers;
  /** The heading it stands under in the manual. */
  readonly group: string;
  /** For people: `round(x: number, digits?: whole): number`. */
  readonly signature: string;
  /** One sentence. */
  readonly summary: string;
  /** An expression and its value: documentation and test in one. */
  readonly example: readonly [source: string, value: Json];
  /** How many values a call may have. */
  readonly least: number;
  readonly most: number;
  /** Whether the first value may be the name of a variable that is not there. */
  readonly tolerant: boolean;
  /** The function that it is another name of. */
  readonly aliasOf?: string;
  /** Checks the values and calls. Throws ExpressionFailure. */
  call(at: Evaluation, self: Value, values: readonly Argument[]): Value;
}

type Example = readonly [source: string, value: Json];

/** A function that is called by its name. */
export const fn = <const S extends string>(
  group: string,
  signature: S,
  summary: string,
  example: Example,
  run: (at: Evaluation, ...values: TypesOf<S>) => Value,
  options: { tolerant?: boolean } = {},
): Entry => {
  const { name, check, least, most } = readSignature(signature);
  return {
    ...{ name, group, signature, summary, example, least, most, tolerant: options.tolerant ?? false },
    // `check` gives just what the signature says, which is where the types of `run` come from.
    call: (at, _self, values) => run(at, ...(check(at, values) as TypesOf<S>)),
  };
};

/** A method of a type. */
export const method = <const R extends keyof Receivers, const S extends string>(
  on: R,
  signature: S,
  summary: string,
  example: Example,
  run: (at: Evaluation, self: Receivers[R], ...values: TypesOf<S>) => Value,
): Entry => {
  const { name, check, least, most } = readSignature(signature);
  return {
    ...{ name, on, group: on, signature: `${on}.${signature}`, summary, example, least, most, tolerant: false },
    // A method is found by the kind of the value before the dot, so that value is of this kind.
    call: (at, self, values) => run(at, self as Receivers[R], ...(check(at, values) as TypesOf<S>)),
  };
};

interface Parameter {
  name: string;
  kind: KindName;
  optional: boolean;
  rest: boolean;
}

const readSignature = (signature: string) => {
  const [, name = "", inside = ""] = /^([\w.]+)\((.*)\): \w+$/.exec(signature) ?? [];
  const parameters = inside === "" ? [] : inside.split(", ").map(readParameter);
  const least = parameters.filter(({ optional, rest }) => !optional && !rest).length;
  const most = parameters.some(({ rest }) => rest) ? Number.POSITIVE_INFINITY : parameters.length;
  return {
    name,
    least,
    most,
    check: (at: Evaluation, values: readonly Argument[]) => check(at, name, parameters, values),
  };
};

const readParameter = (text: string): Parameter => {
  const [, dots = "", name = "", mark = "", kind = ""] = /^(\.\.\.)?(\w+)(\?)?: (\w+)$/.exec(text) ?? [];
  // The type of `signature` has only let names of kinds through.
  return { name, kind: kind as KindName, optional: mark !== "", rest: dots !== "" };
};

const check = (
  at: Evaluation,
  name: string,
  parameters: readonly Parameter[],
  values: readonly Argument[],
): unknown[] => {
  const checked: unknown[] = [];
  for (const [index, parameter] of parameters.entries()) {
    if (parameter.rest) {
      spend(at, values.length >> 4);
      for (const value of values.slice(index)) checked.push(convert(at, name, parameter, value));
    } else if (parameter.optional && values[index] === undefined) checked.push(undefined);
    else checked.push(convert(at, name, parameter, values[index]));
  }
  return checked;
};

const wanted: Record<KindName, string> = {
  text: "a text",
  number: "a number",
  whole: "a whole number",
  list: "a list",
  object: "an object",
  value: "a value",
  function: "a function such as x => x.name",
  key: "a function such as x => x.name, or the name of a property",
  date: "a date such as 2026-01-31T12:00:00Z",
};

const convert = (at: Evaluation, name: string, parameter: Parameter, value: Argument): unknown => {
  const converted = converters[parameter.kind](value, at);
  if (converted !== unfit) return converted;
  const missing = value === undefined || value === null ? parameter.name : undefined;
  const code = parameter.kind === "date" && typeof value === "string" ? "EXPRESSION_VALUE" : "EXPRESSION_TYPE";
  return fail(
    at,
    code,
    `${name} needs ${wanted[parameter.kind]} as ${parameter.name}, but it is ${describe(value)}`,
    missing,
  );
};

const unfit = Symbol("unfit");

const converters: { readonly [K in KindName]: (value: Argument, at: Evaluation) => Kinds[K] | typeof unfit } = {
  text: (value) => (typeof value === "string" ? value : unfit),
  number: (value) => (typeof value === "number" ? value : unfit),
  whole: (value) => (typeof value === "number" && Number.isSafeInteger(value) ? value : unfit),
  list: (value) => (Array.isArray(value) ? value : unfit),
  object: (value) => (!(value instanceof Lambda) && isJsonObject(value) ? value : unfit),
  value: (value) => (value instanceof Lambda ? unfit : value),
  function: (value) => (value instanceof Lambda ? value : unfit),
  key: (value, at) => {
    if (value instanceof Lambda) return value;
    const path = typeof value === "string" ? parsePath(value) : undefined;
    if (path === undefined) return unfit;
    return new Lambda(1, (element) => {
      spend(at, 1 + (path.length >> 3));
      return follow(element, path);
    });
  },
  date: (value, at) => {
    if (typeof value === "number") return Math.abs(value) <= 8.64e15 ? value : unfit;
    spend(at, 4);
    return (typeof value === "string" ? parseDate(value) : undefined) ?? unfit;
  },
};

/** The kinds of values that have methods. */
export type ReceiverKind = Extract<Kind, keyof Receivers>;
