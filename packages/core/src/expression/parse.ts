// From text to acorn's tree. What acorn throws becomes our error with a position; how deep a source may nest is counted
// while it is read, because acorn reads nested brackets by calling itself.
import { type Comment, type Expression, type Options, Parser, type Token } from "acorn";
import { ExpressionSyntaxError } from "./errors.js";

export const maxSourceLength = 10_000;
/** How deep brackets, and operators without brackets, may nest. */
export const maxNesting = 250;

/** The same for all parsers: acorn is always asked for the same language. */
let keywords: RegExp | undefined;

/** acorn, but `default` is a name like any other: default(nickname, "friend") is a function of ours. */
class ExpressionParser extends Parser {
  // acorn's own field, which its types leave out: the words that are keywords and no names.
  declare keywords: RegExp;

  constructor(options: Options, input: string, startPos?: number) {
    super(options, input, startPos);
    keywords ??= new RegExp(this.keywords.source.replace(/\bdefault\|?/, ""));
    this.keywords = keywords;
  }
}

export interface Parsed {
  tree: Expression;
  /** Where the expression ends, behind the white space and comments that follow it. */
  end: number;
}

/** Reads the expression at the front of a text; what follows it is not looked at. */
export const parseFront = (text: string): Parsed => {
  const comments: Comment[] = [];
  try {
    const tree = ExpressionParser.parseExpressionAt(text, 0, {
      ecmaVersion: 2023,
      // The strict rules: no HTML comments, and `await` is refused as what it is.
      sourceType: "module",
      // The end of a tree in parentheses would be inside them otherwise.
      preserveParens: true,
      onComment: comments,
      onToken: nestingGuard(),
    });
    return { tree, end: behindSpace(text, tree.end, comments) };
  } catch (error) {
    throw asSyntaxError(error, text);
  }
};

/** Reads a text that is one expression and nothing else. */
export const parseWhole = (source: string): Expression => {
  if (source.length > maxSourceLength) {
    throw new ExpressionSyntaxError(`an expression may have ${maxSourceLength} characters at most`, maxSourceLength);
  }
  if (source.trim() === "") throw new ExpressionSyntaxError("there is no expression", 0);
  const { tree, end } = parseFront(source);
  if (end < source.length) throw unexpected(source, end);
  return tree;
};

export const unexpected = (text: string, position: number): ExpressionSyntaxError => {
  const word = /^(?:[\p{L}\p{N}_$]+|[\s\S])/u.exec(text.slice(position, position + 40))?.[0];
  return new ExpressionSyntaxError(
    word === undefined ? "the expression ends too early" : `unexpected ${JSON.stringify(word)}`,
    position,
  );
};

const tooDeep = (position: number): ExpressionSyntaxError =>
  new ExpressionSyntaxError(`the expression is nested more than ${maxNesting} levels deep`, position);

const opening = new Set(["(", "[", "{", "${"]);
const closing = new Set([")", "]", "}"]);

const nestingGuard = (): ((token: Token) => void) => {
  let depth = 0;
  return (token) => {
    if (opening.has(token.type.label) && ++depth > maxNesting) throw tooDeep(token.start);
    if (closing.has(token.type.label)) depth--;
  };
};

const behindSpace = (text: string, from: number, comments: readonly Comment[]): number => {
  const space = /\s*/y;
  let end = from;
  for (;;) {
    space.lastIndex = end;
    space.test(text);
    end = space.lastIndex;
    const comment = comments.find(({ start }) => start === end);
    if (comment === undefined) return end;
    end = comment.end;
  }
};

const asSyntaxError = (error: unknown, text: string): unknown => {
  if (error instanceof ExpressionSyntaxError) return error;
  // Nesting without brackets, as in !!!!x: acorn has called itself until the stack ended, and may say so in its own words.
  if (error instanceof RangeError) return tooDeep(0);
  if (!(error instanceof SyntaxError)) return error;
  if (error.message.startsWith("Not enough stack space")) return tooDeep(0);
  const position = "pos" in error && typeof error.pos === "number" ? error.pos : 0;
  const message = error.message.replace(/ \(\d+:\d+\)$/, "");
  if (message === "Unexpected token") return unexpected(text, position);
  return new ExpressionSyntaxError(message.charAt(0).toLowerCase() + message.slice(1), position);
};
