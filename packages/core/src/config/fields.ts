// The kinds of fields that node configs are made of, each a function of its title and its options.
import { z } from "zod";
import type { Json } from "../json.js";
import { jsonSchema } from "../json-schema.js";
import { conditionSchema } from "./condition.js";
import {
  type Bound,
  boundSchema,
  drawnSchema,
  type Field,
  type FieldOptions,
  type Fields,
  field,
  type Widget,
} from "./field.js";

export * from "./field.js";

/** Asks whether a drawn string is one template and nothing else: its value's type is then only known when it runs. */
const exactTemplate = z.string().regex(/^\s*\{\{[\s\S]*\}\}\s*$/, "must be a value or one {{ template }}");

/** Text where what is missing is an error; `min: 1` for text that may not be empty. */
export const text = (
  title: string,
  { help = "", min = 0, max = 100_000 }: FieldOptions & { min?: number; max?: number } = {},
): Field<string> => {
  const schema = z.string().min(min).max(max);
  return field({ title, help, widget: "line", binding: "text", bound: schema, drawn: schema });
};

/** Text for people: what is missing is simply not there. */
export const message = (title: string, { help = "" }: FieldOptions = {}): Field<string> =>
  field({
    title,
    help,
    widget: "lines",
    binding: "message",
    bound: z.string().max(100_000),
    drawn: z.string().max(100_000),
  });

/** The address of an HTTP call. */
export const address = (title: string, { help = "" }: FieldOptions = {}): Field<string> =>
  field({
    title,
    help,
    widget: "address",
    binding: "address",
    bound: z.string().min(1).max(8192),
    drawn: z.string().min(1).max(8192),
  });

interface PlainOptions extends FieldOptions {
  pattern?: RegExp;
  /** What is said when the pattern does not match. */
  mismatch?: string;
  max?: number;
  widget?: Widget;
}

/** Text that is never a template: names of commands, ports, event types. */
export const plain = (
  title: string,
  { help = "", pattern, mismatch, max = 255, widget = "line" }: PlainOptions = {},
): Field<string> => {
  const any = z.string().min(1).max(max);
  const schema = pattern ? any.regex(pattern, mismatch) : any;
  return field({ title, help, widget, binding: "literal", bound: schema, drawn: schema });
};

const reserved = ["__proto__", "constructor", "prototype", "nodes", "secrets", "execution", "trigger"];

/** The name of a variable, as expressions write it. */
export const name = (title: string, { help = "" }: FieldOptions = {}): Field<string> => {
  const schema = z
    .string()
    .max(100)
    .regex(/^[\p{L}_$][\p{L}\p{N}_$]*$/u, "must be a variable name: a letter, then letters, digits or _")
    .refine((value) => !reserved.includes(value), "is a name that the program uses itself");
  return field({ title, help, widget: "name", binding: "literal", bound: schema, drawn: schema });
};

/** Source code; templates in it are not replaced. */
export const code = (title: string, { help = "" }: FieldOptions = {}): Field<string> => {
  const schema = z.string().min(1).max(100_000);
  return field({ title, help, widget: "code", binding: "literal", bound: schema, drawn: schema });
};

interface NumberOptions extends FieldOptions {
  min?: number;
  max?: number;
  int?: boolean;
  widget?: Widget;
}

/** A number; when a template gives text that is a number, the number is meant (chat arguments are always text). */
export const number = (
  title: string,
  { help = "", min, max, int, widget = "number" }: NumberOptions = {},
): Field<number> => {
  let plainNumber = int ? z.int() : z.number();
  if (min !== undefined) plainNumber = plainNumber.min(min);
  if (max !== undefined) plainNumber = plainNumber.max(max);
  const bound = z.preprocess(
    (value) => (typeof value === "string" && /^\s*-?\d+(\.\d+)?\s*$/.test(value) ? Number(value) : value),
    plainNumber,
  );
  return field<number>({ title, help, widget, binding: "value", bound, drawn: z.union([plainNumber, exactTemplate]) });
};

/** A duration in seconds. */
export const seconds = (title: string, options: NumberOptions = {}): Field<number> =>
  number(title, { min: 0, ...options, widget: "seconds" });

/** A number that cannot depend on variables: limits that the compiler must know. */
export const fixedNumber = (
  title: string,
  { help = "", min = 0, max = 1e9, int = false }: NumberOptions = {},
): Field<number> => {
  const schema = (int ? z.int() : z.number()).min(min).max(max);
  return field({ title, help, widget: "number", binding: "literal", bound: schema, drawn: schema });
};

/** Yes or no. */
export const flag = (title: string, { help = "" }: FieldOptions = {}): Field<boolean> =>
  field({
    title,
    help,
    widget: "switch",
    binding: "value",
    bound: z.boolean(),
    drawn: z.union([z.boolean(), exactTemplate]),
  });

/** Yes or no, fixed when the workflow is drawn. */
export const fixedFlag = (title: string, { help = "" }: FieldOptions = {}): Field<boolean> =>
  field({ title, help, widget: "switch", binding: "literal", bound: z.boolean(), drawn: z.boolean() });

/** One of a few words, fixed when the workflow is drawn. */
export const choice = <const T extends readonly [string, ...string[]]>(
  title: string,
  choices: T,
  { help = "" }: FieldOptions = {},
): Field<T[number]> => {
  const schema = z.enum(choices);
  return field({ title, help, widget: "choice", binding: "literal", bound: schema, drawn: schema, choices });
};

/** Any value: a literal, a template, or a structure with templates inside. */
export const value = (title: string, { help = "" }: FieldOptions = {}): Field<Json> =>
  field<Json>({ title, help, widget: "value", binding: "value", bound: jsonSchema, drawn: jsonSchema });

/** Any value as it is: templates in it are not replaced. */
export const fixedValue = (title: string, { help = "" }: FieldOptions = {}): Field<Json> =>
  field<Json>({ title, help, widget: "value", binding: "literal", bound: jsonSchema, drawn: jsonSchema });

/** A list: drawn as one, or a template that gives one. */
export const collection = (title: string, { help = "" }: FieldOptions = {}): Field<Json[]> =>
  field<Json[]>({
    title,
    help,
    widget: "value",
    binding: "value",
    bound: z.array(jsonSchema, { error: "must be a list, such as [1, 2] or {{ items }}" }),
    drawn: z.union([z.array(jsonSchema), exactTemplate]),
  });

/** A condition, answered when the node is visited. */
export const condition = (title: string, { help = "" }: FieldOptions = {}): Field<boolean> =>
  field({ title, help, widget: "condition", binding: "condition", bound: z.boolean(), drawn: conditionSchema });

/** A condition, answered once per item: bound to a function of the names it adds. */
export type Predicate = (names: Record<string, Json>) => boolean;
export const predicate = (title: string, { help = "" }: FieldOptions = {}): Field<Predicate> =>
  field<Predicate>({
    title,
    help,
    widget: "condition",
    binding: "predicate",
    bound: z.custom<Predicate>((value) => typeof value === "function"),
    drawn: conditionSchema,
  });

/** Several of the same. */
export const listOf = <T>(
  title: string,
  item: Field<T>,
  { help = "", max = 1000, widget = "list" }: FieldOptions & { max?: number; widget?: Widget } = {},
): Field<T[]> =>
  field<T[]>({
    title,
    help,
    widget,
    binding: "list",
    bound: z.array(item.bound).max(max),
    drawn: z.array(item.drawn).max(max),
    item: item as Field,
  });

/** Named values of the same kind, such as headers. */
export const pairs = <T>(title: string, item: Field<T>, { help = "" }: FieldOptions = {}): Field<Record<string, T>> =>
  field<Record<string, T>>({
    title,
    help,
    widget: "pairs",
    binding: "pairs",
    bound: z.record(z.string().max(255), item.bound),
    drawn: z.record(z.string().max(255), item.drawn),
    item: item as Field,
  });

/** A small structure with fields of its own. */
export const object = <F extends Fields>(title: string, fields: F, { help = "" }: FieldOptions = {}): Field<Bound<F>> =>
  field<Bound<F>>({
    title,
    help,
    widget: "object",
    binding: "object",
    // The schema is put together from the fields, so its type is known to the fields only.
    bound: boundSchema(fields) as unknown as z.ZodType<Bound<F>>,
    drawn: drawnSchema(fields),
    fields,
  });
