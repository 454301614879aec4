// The expression language: JavaScript's expression syntax over plain JSON, with templates, paths and safe patterns.

export { type CompletionEntry, completions } from "./completions.js";
export { type Budget, defaultSteps, type Env } from "./env.js";
export { ExpressionFailure, type ExpressionFailureCode, ExpressionSyntaxError } from "./errors.js";
export { compileExpression, type Expression } from "./expression.js";
export type { Entry as FunctionEntry } from "./functions/entry.js";
export { functions } from "./functions/table.js";
export { readPath } from "./path.js";
export { compilePattern, type Pattern } from "./pattern.js";
export { didYouMean } from "./suggest.js";
export { compileTemplate, type Template, type TextOptions } from "./template.js";
