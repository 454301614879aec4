// Binding: a drawn config, compiled once, gives the node's values at each visit. The same field checks both.
import type { Env, ExpressionSyntaxError } from "../expression/index.js";
import { inputWords } from "../input-words.js";
import type { Json } from "../json.js";
import { secretPrefix } from "../secrets.js";
import { type Condition, type ConditionDocument, compileCondition } from "./condition.js";
import type { Field, Fields } from "./fields.js";
import { compileTextOnly, compileValue, constant, type ValueBinder } from "./templates.js";

/** Something wrong with one field of a config, at `path` (config.cases[0].value). */
export interface FieldProblem {
  path: string;
  message: string;
  /** What kind of problem it is, where the place does not say it. */
  code?: "secret_misplaced";
}

/** Thrown by `bind` when a bound value is not what its field allows. */
export class BindingError extends Error {
  readonly path: string;
  constructor(path: string, message: string) {
    super(`${path}: ${message}`);
    this.path = path;
  }
}

/** A compiled part of a config: gives a value, or for conditions a function. */
interface Part {
  names: readonly string[];
  constant: boolean;
  bind(env: Env): unknown;
}

export interface ConfigBinder {
  names: readonly string[];
  /** True when it depends on nothing: `bind` gives the same config each time. */
  constant: boolean;
  /** Gives the bound config; throws ExpressionFailure or BindingError. */
  bind(env: Env): Record<string, unknown>;
}

const isSyntaxError = (error: unknown): error is ExpressionSyntaxError =>
  error instanceof Error && error.name === "ExpressionSyntaxError";

/** An Env that knows a few more names than its outer one: the item of a list, say. */
const within = (env: Env, names: Record<string, Json>): Env => ({
  ...env,
  lookup: (name) => (Object.hasOwn(names, name) ? names[name] : env.lookup(name)),
});

const conditionPart = (compiled: Condition): Part => ({
  names: compiled.names,
  constant: false,
  bind: (env) => compiled.test(env),
});

const predicatePart = (compiled: Condition): Part => ({
  names: compiled.names.filter((name) => name !== "item" && name !== "index"),
  constant: false,
  bind: (env) => (names: Record<string, Json>) => compiled.test(within(env, names)),
});

const gather = (parts: readonly Part[], join: (values: unknown[]) => unknown): Part => {
  const fixed = parts.every((part) => part.constant);
  const all = (env: Env) => join(parts.map((part) => part.bind(env)));
  if (!fixed) return { names: parts.flatMap((part) => part.names), constant: false, bind: all };
  const shared = all({ lookup: () => undefined, now: 0, random: () => 0 });
  return { names: [], constant: true, bind: () => shared };
};

/** Compiles one drawn field; problems of templates and conditions are added to `problems`, with their path. */
const compileField = (field: Field, drawn: Json, path: string, problems: FieldProblem[]): Part => {
  const attempt = (make: () => Part): Part => {
    try {
      return make();
    } catch (error) {
      if (!isSyntaxError(error)) throw error;
      problems.push({ path, message: error.message });
      return constant(null);
    }
  };
  switch (field.binding) {
    case "literal":
      return constant(drawn);
    case "value":
      return attempt(() => compileValue(drawn));
    case "text":
    case "message":
    case "address": {
      const style = field.binding === "text" ? "strict" : field.binding;
      return attempt(() => compileTextOnly(String(drawn), style));
    }
    case "condition":
      return attempt(() => conditionPart(compileCondition(drawn as ConditionDocument)));
    case "predicate":
      return attempt(() => predicatePart(compileCondition(drawn as ConditionDocument)));
    case "list": {
      const items = (drawn as Json[]).map((each, index) =>
        compileField(field.item as Field, each, `${path}[${index}]`, problems),
      );
      return gather(items, (values) => values);
    }
    case "pairs": {
      const entries = Object.entries(drawn as Record<string, Json>);
      const items = entries.map(([key, each]) => compileField(field.item as Field, each, `${path}.${key}`, problems));
      return gather(items, (values) => Object.fromEntries(entries.map(([key], index) => [key, values[index]])));
    }
    case "object":
      return compileFields(field.fields as Fields, drawn as Record<string, Json>, path, problems);
  }
};

const compileFields = (fields: Fields, drawn: Record<string, Json>, path: string, problems: FieldProblem[]): Part => {
  const keys = Object.keys(fields).filter((key) => drawn[key] !== undefined || fields[key]?.default !== undefined);
  const parts = keys.map((key) => {
    const each = fields[key] as Field;
    return compileField(
      each,
      (drawn[key] === undefined ? each.default : drawn[key]) as Json,
      `${path}.${key}`,
      problems,
    );
  });
  return gather(parts, (values) => Object.fromEntries(keys.map((key, index) => [key, values[index]])));
};

const check = (field: Field, bound: unknown, path: string): unknown => {
  const result = field.bound.safeParse(bound, { error: inputWords });
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const inner = (issue?.path ?? []).map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`));
  throw new BindingError(`${path}${inner.join("")}`, issue?.message ?? "does not fit");
};

/** The first secret among some names. */
export const secretIn = (names: readonly string[]): string | undefined =>
  names.find((name) => name.startsWith(secretPrefix));

/** What is said about a secret where it has no place. */
export const misplaced = (secret: string): string =>
  `${secret} may only stand in what an HTTP request sends, or in the parameters for a module.`;

/**
 * Compiles a drawn config that fits its drawn schema. Fields that hold no template are checked once here (what is
 * wrong is added to `problems`), the others at each visit.
 */
export const compileConfig = (fields: Fields, drawn: Record<string, Json>, problems: FieldProblem[]): ConfigBinder => {
  const fixed: Record<string, unknown> = {};
  const moving: { key: string; field: Field; part: Part }[] = [];
  for (const [key, field] of Object.entries(fields)) {
    const given = drawn[key] === undefined ? field.default : drawn[key];
    if (given === undefined) continue;
    const before = problems.length;
    const part = compileField(field, given, `config.${key}`, problems);
    const secret = field.secrets === true ? undefined : secretIn(part.names);
    if (secret !== undefined)
      problems.push({ path: `config.${key}`, message: misplaced(secret), code: "secret_misplaced" });
    if (problems.length > before) continue;
    if (!part.constant) moving.push({ key, field, part });
    else {
      const result = field.bound.safeParse(part.bind({ lookup: () => undefined, now: 0, random: () => 0 }), {
        error: inputWords,
      });
      if (result.success) fixed[key] = result.data;
      else problems.push({ path: `config.${key}`, message: result.error.issues[0]?.message ?? "does not fit" });
    }
  }
  return {
    names: [...new Set(moving.flatMap(({ part }) => part.names))],
    constant: moving.length === 0,
    bind: (env) => {
      if (moving.length === 0) return fixed;
      const bound = { ...fixed };
      for (const { key, field, part } of moving) bound[key] = check(field, part.bind(env), `config.${key}`);
      return bound;
    },
  };
};

export type { ValueBinder };
