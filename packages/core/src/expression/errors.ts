// The two ways an expression can fail: it cannot be compiled (its author sees that when saving), or it could not be
// evaluated over the data at hand (the interpreter makes a NodeFailure of it). Nothing else leaves this room.

const maxMessageLength = 1_000;

export type ExpressionFailureCode =
  /** A variable is not there. */
  | "MISSING_NAME"
  /** A value is not of the kind that was needed. */
  | "EXPRESSION_TYPE"
  /** A function was given a value of the right kind that it cannot work with, such as text that is no date. */
  | "EXPRESSION_VALUE"
  /** A text, a list or the nesting of a value became too large. */
  | "EXPRESSION_LIMIT"
  /** Too many steps. */
  | "EXPRESSION_BUDGET";

/** V8's own; elsewhere it means nothing. */
const engine = Error as { stackTraceLimit?: number | undefined };

/**
 * The source is no expression of ours. `position` counts characters from 0 in the text that was compiled. It holds no
 * stack, which would say nothing to an author and cost more than reading the source: a document may hold thousands.
 */
export class ExpressionSyntaxError extends Error {
  override readonly name = "ExpressionSyntaxError";
  readonly position: number;

  constructor(message: string, position: number) {
    const { stackTraceLimit } = engine;
    engine.stackTraceLimit = 0;
    super(cut(message));
    engine.stackTraceLimit = stackTraceLimit;
    this.position = position;
  }
}

/** An expression could not be evaluated. `missing` is the name or path that is not set, where that is the reason. */
export class ExpressionFailure extends Error {
  override readonly name = "ExpressionFailure";
  readonly code: ExpressionFailureCode;
  readonly source: string;
  readonly missing: string | undefined;

  constructor(code: ExpressionFailureCode, message: string, source = "", missing?: string) {
    super(cut(message));
    this.code = code;
    this.source = source;
    this.missing = missing;
  }
}

const cut = (message: string): string =>
  message.length <= maxMessageLength ? message : `${message.slice(0, maxMessageLength - 1)}…`;
