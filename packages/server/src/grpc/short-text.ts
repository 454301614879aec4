// Short texts in messages: protobuf takes any text, the database does not.
import { refusal } from "../http/json-text.js";

/** A text that is stored with the execution, or is a key there. Throws BAD_REQUEST with the field's name. */
export function short(field: string, value: string): string {
  if (value.length > 255) throw refusal(field, "must have at most 255 characters");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is what no text of the database may hold
  if (/\u0000/.test(value)) throw refusal(field, "holds a character that is not allowed");
  return value;
}
