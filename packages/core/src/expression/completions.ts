// The function table as an editor shows it.
import type { Json } from "../json.js";
import { functions } from "./functions/table.js";

export interface CompletionEntry {
  /** As it is called: `round`, `Math.round`, and for methods `trim`. */
  name: string;
  kind: "function" | "method";
  /** The type whose method it is, or the heading of a function. */
  group: string;
  signature: string;
  /** One sentence. */
  summary: string;
  example: string;
  result: Json;
  /** The function that it is another name of. */
  aliasOf?: string;
}

/** Everything that can be called, in the order of the manual. */
export const completions = (): CompletionEntry[] =>
  functions.map(({ name, on, group, signature, summary, example: [example, result], aliasOf }) => ({
    ...{ name, kind: on === undefined ? "function" : "method", group, signature, summary, example, result },
    ...(aliasOf === undefined ? {} : { aliasOf }),
  }));
