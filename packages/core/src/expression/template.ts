// Text with {{ expression }} in it. The text is cut into parts once; what is substituted is never looked at again.
//
// 1. acorn decides where an expression ends, so }} in a text or an object inside of it is no end. The front up to the
//    first }} is tried first, which is nearly always the whole of it.
// 2. Every character is looked at a bounded number of times, whatever braces the text holds.
import type { Json } from "../json.js";
import { type Budget, defaultSteps, type Env } from "./env.js";
import { ExpressionFailure, ExpressionSyntaxError } from "./errors.js";
import { allowText, type Evaluation, textOf } from "./evaluation.js";
import { type CompiledExpression, compileTemplatePart } from "./expression.js";
import { boundedCache } from "./lru.js";
import { maxSourceLength, parseFront, unexpected } from "./parse.js";
import { shorten } from "./values.js";

const maxTemplateLength = 1_000_000;
const maxTemplateParts = 10_000;
const maxCachedCharacters = 300_000;
const open = "{{";
const close = "}}";

export interface TextOptions {
  /** For messages: what is missing, undefined or null becomes empty text instead of an error. */
  lenient?: boolean;
  /** Applied to each substituted part, never to the text around it: encodeURIComponent for URLs. */
  encode?: (part: string) => string;
}

export interface Template {
  readonly source: string;
  /** No template in it: the text stands for itself. */
  readonly isLiteral: boolean;
  /** Exactly one template and nothing else but white space: `value` keeps its type. */
  readonly isExact: boolean;
  /** The free variables that it reads, each once. */
  readonly names: readonly string[];
  /** The value if exact, else the text. Throws ExpressionFailure. */
  value(env: Env): Json | undefined;
  /** The text. Throws ExpressionFailure. */
  text(env: Env, options?: TextOptions): string;
}

type Part = string | CompiledExpression;

const templates = boundedCache<Template>(maxCachedCharacters);

/** Compiles text with `{{ expression }}` in it. Throws ExpressionSyntaxError with the position in the text. */
export const compileTemplate = (text: string): Template => templates.get(text) ?? templates.set(text, prepare(text));

const prepare = (source: string): Template => {
  const parts = split(source);
  const expressions = parts.filter((part) => typeof part !== "string");
  const [only] = expressions;
  const isExact = expressions.length === 1 && parts.every((part) => typeof part !== "string" || part.trim() === "");
  const text = (env: Env, options: TextOptions = {}): string => fill(source, parts, env, options);
  return {
    source,
    isLiteral: expressions.length === 0,
    isExact,
    names: [...new Set(expressions.flatMap((expression) => expression.names))],
    value: isExact && only ? (env) => only.evaluate(env) : text,
    text,
  };
};

/** The text's parts in order: literal text and compiled expressions. */
const split = (text: string): Part[] => {
  if (text.length > maxTemplateLength) {
    throw new ExpressionSyntaxError(`a text may have ${maxTemplateLength} characters at most`, maxTemplateLength);
  }
  const parts: Part[] = [];
  let position = 0;
  for (;;) {
    const start = text.indexOf(open, position);
    if (start === -1) break;
    if (start > position) parts.push(text.slice(position, start));
    const end = expressionEnd(text, start);
    parts.push(compileAt(text, start + open.length, end));
    if (parts.length > maxTemplateParts)
      throw new ExpressionSyntaxError("there are too many templates in the text", start);
    position = end + close.length;
  }
  if (position < text.length) parts.push(text.slice(position));
  return parts;
};

/** Where the }} stands that closes the {{ at `start`. */
const expressionEnd = (text: string, start: number): number => {
  const from = start + open.length;
  const first = text.indexOf(close, from);
  const unclosed = () => new ExpressionSyntaxError(`the {{ at position ${start} is never closed by }}`, start);
  if (first === -1) throw unclosed();
  // Further away than any expression is long: the {{ was not meant for that }}.
  const window = text.slice(from, from + maxSourceLength + close.length);
  if (window.slice(0, first - from).trim() === "" && first - from < window.length) {
    throw new ExpressionSyntaxError("there is no expression between {{ and }}", start);
  }
  if (first - from <= maxSourceLength && isComplete(text.slice(from, first))) return first;
  const { end } = within(from, () => parseFront(window));
  if (window.startsWith(close, end)) return from + end;
  if (end >= window.length) throw unclosed();
  const found = unexpected(window, end);
  throw new ExpressionSyntaxError(`${found.message}, expected }}`, from + end);
};

/** Whether the front up to the first }} is an expression: if so, it is the one that acorn would find in the whole text. */
const isComplete = (source: string): boolean => {
  try {
    compileTemplatePart(source);
    return true;
  } catch (error) {
    if (error instanceof ExpressionSyntaxError) return false;
    throw error;
  }
};

const compileAt = (text: string, from: number, to: number): CompiledExpression =>
  within(from, () => compileTemplatePart(text.slice(from, to)));

/** Runs a compilation of a part of the text; positions in its errors become positions in the text. */
const within = <T>(from: number, compile: () => T): T => {
  try {
    return compile();
  } catch (error) {
    if (error instanceof ExpressionSyntaxError) throw new ExpressionSyntaxError(error.message, from + error.position);
    throw error;
  }
};

const fill = (source: string, parts: readonly Part[], env: Env, options: TextOptions): string => {
  const budget: Budget = env.budget ?? { steps: defaultSteps };
  const at: Evaluation = { env, budget, source, locals: [] };
  let text = "";
  for (const part of parts) {
    text += typeof part === "string" ? part : substitute(at, part, options);
    allowText(at, text.length);
  }
  return text;
};

const substitute = (at: Evaluation, part: CompiledExpression, options: TextOptions): string => {
  const { lenient = false, encode } = options;
  try {
    const text = textOf(at, part.evaluateWithin(at.env, at.budget), shorten(part.source.trim()));
    return encode ? encode(text) : text;
  } catch (error) {
    if (lenient && error instanceof ExpressionFailure && error.missing !== undefined) return "";
    throw error;
  }
};
