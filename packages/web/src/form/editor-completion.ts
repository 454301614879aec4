// What can be written at a place: variables with their sample values, members of objects, methods of the value's type,
// and functions, all from core's own table.
import type { Completion, CompletionContext, CompletionResult, CompletionSource } from "@codemirror/autocomplete";
import { type CompletionEntry, completions, type Json, readPath } from "@workflow-core/core";
import type { SampleData } from "./context.js";
import type { CodeLanguage } from "./editor-props.js";

const entries = completions();

const kindOf = (value: Json | undefined): string =>
  value === undefined || value === null
    ? ""
    : Array.isArray(value)
      ? "list"
      : typeof value === "string"
        ? "text"
        : typeof value;

const brief = (value: Json | undefined): string => {
  const text = value === undefined ? "" : typeof value === "string" ? `"${value}"` : (JSON.stringify(value) ?? "");
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
};

const callable = ({ name, signature, summary, example, result }: CompletionEntry, boost: number): Completion => ({
  label: name,
  detail: signature.replace(/^[^(]*/, ""),
  apply: `${name}(`,
  info: `${summary}\n${example} → ${JSON.stringify(result)}`,
  boost,
  type: "function",
});

const member = (name: string, value: Json | undefined, boost: number): Completion => ({
  label: name,
  detail: brief(value),
  boost,
  type: "variable",
});

const isName = (text: string): boolean => /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(text);

/** Whether a position of a text lies between {{ and }}. */
const insideTemplate = (before: string): boolean => before.lastIndexOf("{{") > before.lastIndexOf("}}");

const pathPattern = /((?:[\p{L}_$][\p{L}\p{N}_$]*)(?:\.[\p{L}_$][\p{L}\p{N}_$]*|\[\d+\])*)\.([\p{L}\p{N}_$]*)$/u;
const namePattern = /[\p{L}\p{N}_$]*$/u;

const members = (value: Json | undefined): Completion[] => {
  const keys = typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
  const kind = kindOf(value);
  const methods = entries.filter(
    (each) => each.kind === "method" && (kind === "" || each.group.toLowerCase().startsWith(kind)),
  );
  return [
    ...keys.filter(([key]) => isName(key)).map(([key, each]) => member(key, each, 20)),
    ...methods.map((each) => callable(each, 0)),
  ];
};

const everything = ({ variables, unknown }: SampleData): Completion[] => [
  ...Object.entries(variables).map(([name, value]) =>
    member(name, value, ["nodes", "trigger", "execution"].includes(name) ? 5 : 20),
  ),
  ...unknown.map((name) => member(name, undefined, 15)),
  ...entries
    .filter(({ kind, aliasOf }) => kind === "function" && aliasOf === undefined)
    .map((each) => callable(each, 0)),
];

const inCode = (language: CodeLanguage, before: string): boolean =>
  language === "expression" || ((language === "template" || language === "json") && insideTemplate(before));

export const completionSource =
  (language: CodeLanguage, sample: () => SampleData): CompletionSource =>
  (context: CompletionContext): CompletionResult | null => {
    const before = context.state.sliceDoc(Math.max(0, context.pos - 500), context.pos);
    if (!inCode(language, before)) return null;
    const path = pathPattern.exec(before);
    if (path) {
      const value = readPath({ ...sample().variables }, path[1] ?? "");
      return { from: context.pos - (path[2] ?? "").length, options: members(value), validFor: namePattern };
    }
    const word = namePattern.exec(before)?.[0] ?? "";
    if (word === "" && !context.explicit && !/\{\{\s*$/.test(before)) return null;
    return { from: context.pos - word.length, options: everything(sample()), validFor: namePattern };
  };
