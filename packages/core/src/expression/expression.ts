// Expressions as the rest of the product sees them: compiled once, cached by source, evaluated many times.
import type { Expression as Tree } from "acorn";
import type { Json } from "../json.js";
import { compileTree } from "./compile.js";
import { type Budget, defaultSteps, type Env } from "./env.js";
import { type Evaluation, measure, spend } from "./evaluation.js";
import { boundedCache } from "./lru.js";
import { parseWhole } from "./parse.js";
import { costOf } from "./scope.js";

/** Compiled code takes up to some 150 bytes for each character of its source, so a full cache is some 50 MB. */
const maxCachedCharacters = 300_000;

export interface Expression {
  readonly source: string;
  /** The free variables that it reads, each once. */
  readonly names: readonly string[];
  /** The value over this data: plain JSON, or undefined. Throws ExpressionFailure. */
  evaluate(env: Env): Json | undefined;
}

/** An expression whose budget is handed in apart from the Env. */
export interface CompiledExpression extends Expression {
  evaluateWithin(env: Env, budget: Budget): Json | undefined;
}

const expressions = boundedCache<CompiledExpression>(maxCachedCharacters);
const templateParts = boundedCache<CompiledExpression>(maxCachedCharacters);

/** Compiles a bare expression. Throws ExpressionSyntaxError. */
export const compileExpression = (source: string): Expression =>
  expressions.get(source) ?? expressions.set(source, prepare(source, parseWhole(source), false));

/** Compiles what stands between {{ and }}. There a forbidden name is merely missing. Throws ExpressionSyntaxError. */
export const compileTemplatePart = (source: string): CompiledExpression =>
  templateParts.get(source) ?? templateParts.set(source, prepare(source, parseWhole(source), true));

const prepare = (source: string, tree: Tree, forbiddenIsMissing: boolean): CompiledExpression => {
  const { code, unit } = compileTree(source, tree, { forbiddenIsMissing });
  const { slots, builds } = unit;
  const cost = costOf(unit.size);
  const evaluateWithin = (env: Env, budget: Budget): Json | undefined => {
    const at: Evaluation = { env, budget, source, locals: slots === 0 ? noLocals : new Array(slots) };
    spend(at, cost);
    const value = code(at);
    if (builds && typeof value === "object") measure(at, value);
    return value;
  };
  return {
    source,
    names: [...unit.names],
    evaluate: (env) => evaluateWithin(env, env.budget ?? { steps: defaultSteps }),
    evaluateWithin,
  };
};

/** Shared by all expressions without arrow functions: nothing is ever written to it. */
const noLocals: never[] = [];
