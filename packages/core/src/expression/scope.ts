// What compiling an expression keeps track of: the unit is the whole source, a scope the local names at one place in it.
import type { AnyNode, Expression, SpreadElement } from "acorn";
import { ExpressionSyntaxError } from "./errors.js";
import type { Evaluation } from "./evaluation.js";
import { shorten, type Value } from "./values.js";

/** A compiled piece: gives its value within an evaluation. */
export type Code = (at: Evaluation) => Value;

export interface Unit {
  readonly source: string;
  /** Templates are text made by many hands: there, a name that reaches for a prototype is merely never there. */
  readonly forbiddenIsMissing: boolean;
  /** The free variables that are read. */
  readonly names: Set<string>;
  /** Local variables so far; each parameter of each arrow function has a slot of its own. */
  slots: number;
  /** Nodes compiled so far: what one evaluation costs. */
  size: number;
  /** How deep the node being compiled lies. */
  depth: number;
  /** Above zero while something is compiled that would calculate with what stands in it: no place for a secret. */
  sealed: number;
  /** Whether the expression may build lists or objects, so that its result has to be measured. */
  builds: boolean;
  /** Compiles any expression; handed around so that the kinds of expressions can live in files of their own. */
  compile(node: Expression, scope: Scope, options?: CompileOptions): Code;
}

export interface CompileOptions {
  /**
   * The bare name of a variable may be missing here and is undefined then: under typeof, left of ??, before ?. and in
   * default(...). Everywhere else a missing variable is an error with its name.
   */
  tolerant?: boolean;
}

export interface Scope {
  readonly unit: Unit;
  readonly locals: ReadonlyMap<string, number>;
}

export const refuse = (node: { start: number }, message: string): never => {
  throw new ExpressionSyntaxError(message, node.start);
};

/** The source of a node, to be named in messages. */
export const label = (scope: Scope, node: { start: number; end: number }): string =>
  shorten(scope.unit.source.slice(node.start, node.end));

/** A closure cost in steps: 1, and 1 more for every eight nodes. */
export const costOf = (size: number): number => 1 + (size >> 3);

/** A list of values with spread elements, as in a list literal and a call. */
export type Items = readonly (Expression | SpreadElement)[];

/** Names for what has no place in an expression. */
export const refusedConstructs: Partial<Record<AnyNode["type"], string>> = {
  ArrowFunctionExpression: "a function that is not the argument of a call such as items.map(x => x.name)",
  AssignmentExpression: "assignment (to compare, write ===)",
  AwaitExpression: "await",
  ClassExpression: "class",
  FunctionExpression: "function (write x => ...)",
  ImportExpression: "import",
  MetaProperty: "import.meta and new.target",
  NewExpression: "new",
  SequenceExpression: "a comma between expressions",
  TaggedTemplateExpression: "a tagged template",
  ThisExpression: "this",
  UpdateExpression: "++ and --",
  YieldExpression: "yield",
};
