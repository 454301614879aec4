// Texts as lists of characters. A character is a whole code point, so no list of them holds half of one.
import { cleanText } from "../json.js";
import { allowList, type Evaluation, maxListLength, spend } from "./evaluation.js";

/** The characters of a text. */
export const characters = (at: Evaluation, text: string): string[] => {
  // Two units make a character at most.
  allowList(at, text.length > maxListLength * 2 ? text.length : 0);
  spend(at, 1 + (text.length >> 4));
  const list = Array.from(cleanText(text));
  allowList(at, list.length);
  return list;
};
