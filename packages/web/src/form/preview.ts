// What a field would be with sample data: bound exactly as the interpreter binds it.
import {
  BindingError,
  compileConfig,
  type Env,
  ExpressionFailure,
  type Field,
  type FieldProblem,
  type Json,
} from "@workflow-core/core";

export type Preview = { kind: "value"; text: string } | { kind: "failure"; text: string } | undefined;

const hasTemplate = (value: unknown): boolean => JSON.stringify(value ?? "").includes("{{");

/** Whether the value depends on data at all. */
const moves = (field: Field, value: Json): boolean =>
  field.binding === "condition" || (field.binding !== "literal" && field.binding !== "predicate" && hasTemplate(value));

const shown = (value: unknown): string => {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing");
  return text.length > 400 ? `${text.slice(0, 399)}…` : text === "" ? "(empty)" : text;
};

/** The preview of a drawn value; undefined when there is nothing to say, or `compile` says it already. */
export const previewOf = (field: Field, value: Json | undefined, env: Env): Preview => {
  if (value === undefined || value === null || !moves(field, value) || !field.drawn.safeParse(value).success)
    return undefined;
  const problems: FieldProblem[] = [];
  try {
    const bound = compileConfig({ field }, { field: value }, problems).bind(env);
    return problems.length > 0 ? undefined : { kind: "value", text: shown(bound.field) };
  } catch (error) {
    if (error instanceof ExpressionFailure || error instanceof BindingError)
      return { kind: "failure", text: error.message.replace(/^config\.field(: )?/, "") };
    throw error;
  }
};
