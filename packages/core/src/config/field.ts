// What a field of a node's config is. One field says how it is drawn (with templates), what it must be once bound
// (without), how its form looks and what its manual says; everything else is derived from that.
import { z } from "zod";
import type { Json } from "../json.js";

/** How a drawn value becomes a bound one; see bind.ts. */
export type Binding =
  | "literal"
  | "value"
  | "text"
  | "message"
  | "address"
  | "condition"
  | "predicate"
  | "list"
  | "object"
  | "pairs";

/** The widget that the builder shows. */
export type Widget =
  | "line"
  | "lines"
  | "number"
  | "switch"
  | "choice"
  | "value"
  | "condition"
  | "code"
  | "name"
  | "names"
  | "cron"
  | "timezone"
  | "seconds"
  | "address"
  | "list"
  | "object"
  | "pairs"
  | "cases";

export interface Field<T = unknown> {
  readonly title: string;
  readonly help: string;
  readonly widget: Widget;
  readonly binding: Binding;
  /** What the bound value must be. */
  readonly bound: z.ZodType<T>;
  /** What may be drawn: the bound shape, or templates where the binding allows them. */
  readonly drawn: z.ZodType<Json>;
  readonly optional: boolean;
  /** Whether secrets may stand in it: only where the outside is called with it and nothing else is done with it. */
  readonly secrets?: boolean;
  readonly default?: Json;
  readonly choices?: readonly string[];
  readonly item?: Field;
  readonly fields?: Fields;
}

export type Fields = Readonly<Record<string, Field>>;
type OutputOf<F> = F extends Field<infer T> ? T : never;
/** The bound config of a node: optional fields without a default may be undefined. */
export type Bound<F extends Fields> = { readonly [K in keyof F]: OutputOf<F[K]> };

export interface FieldOptions {
  help?: string;
}

/** Puts a field together; the kinds of fields are in fields.ts. */
export const field = <T>(rest: Omit<Field<T>, "optional" | "drawn"> & { drawn: z.ZodType }): Field<T> => ({
  ...rest,
  drawn: rest.drawn as z.ZodType<Json>,
  optional: false,
});

/** Makes a field optional: absent, it is bound to undefined. */
export const optional = <T>(base: Field<T>): Field<T | undefined> => ({
  ...base,
  bound: base.bound.optional(),
  optional: true,
});

/** Gives a field a default: absent, it is as if the default had been drawn. */
export const withDefault = <T>(base: Field<T>, value: Json): Field<T> => ({ ...base, optional: true, default: value });

/** Lets `{{ secrets.name }}` stand in a field. */
export const withSecrets = <T>(base: Field<T>): Field<T> => ({ ...base, secrets: true });

/** What a drawn config must look like: unknown keys are mistakes. */
export const drawnSchema = (fields: Fields): z.ZodObject =>
  z.strictObject(
    Object.fromEntries(
      Object.entries(fields).map(([key, each]) => [key, each.optional ? each.drawn.optional() : each.drawn]),
    ),
  );

/** What a bound config must look like. */
export const boundSchema = (fields: Fields): z.ZodObject =>
  z.object(Object.fromEntries(Object.entries(fields).map(([key, each]) => [key, each.bound])));
