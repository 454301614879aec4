// Methods that look for something in a text.
import { ExpressionFailure, ExpressionSyntaxError } from "../errors.js";
import { type Evaluation, spend, spendSearch, spendText } from "../evaluation.js";
import { compilePattern, type Pattern } from "../pattern.js";
import { method } from "./entry.js";

/** Whether a text matches a pattern, paid for by the evaluation. */
export const matches = (at: Evaluation, text: string, pattern: string, flags = ""): boolean => {
  const compiled = patternFor(at, pattern, flags);
  spend(at, 4 + (pattern.length >> 1) + (compiled.states >> 1));
  spendText(at, text.length);
  return compiled.test(text, at.budget);
};

const patternFor = (at: Evaluation, pattern: string, flags: string): Pattern => {
  try {
    return compilePattern(pattern, flags);
  } catch (error) {
    if (error instanceof ExpressionSyntaxError)
      throw new ExpressionFailure("EXPRESSION_VALUE", `${error.message} (at ${error.position})`, at.source);
    throw error;
  }
};

export const textSearchMethods = [
  method(
    "text",
    "includes(part: text): boolean",
    "Whether the text contains a part.",
    ['"hello".includes("ell")', true],
    (at, text, part) => {
      spendSearch(at, text, part);
      return text.includes(part);
    },
  ),
  method(
    "text",
    "startsWith(part: text): boolean",
    "Whether the text begins with a part.",
    ['"!shoutout ada".startsWith("!shoutout")', true],
    (at, text, part) => {
      spendText(at, text.length);
      return text.startsWith(part);
    },
  ),
  method(
    "text",
    "endsWith(part: text): boolean",
    "Whether the text ends with a part.",
    ['"clip.mp4".endsWith(".mp4")', true],
    (at, text, part) => {
      spendText(at, text.length);
      return text.endsWith(part);
    },
  ),
  method(
    "text",
    "indexOf(part: text): number",
    "Where a part first occurs, from 0; -1 when it does not.",
    ['"hello".indexOf("l")', 2],
    (at, text, part) => {
      spendSearch(at, text, part);
      return text.indexOf(part);
    },
  ),
  method(
    "text",
    "matches(pattern: text, flags?: text): boolean",
    "Whether a pattern (regular expression) occurs in the text; flag i ignores capitals.",
    ['"!raid 20".matches("^!raid \\\\d+$")', true],
    matches,
  ),
];
