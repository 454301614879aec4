// Text from the other side becomes JSON only through the one gate of core: bounded depth, no hostile keys, storable text.
import { type Json, JsonError, parseJson } from "@workflow-core/core";

/** The value of a JSON text; undefined when it is none. Throws JsonError when it is more than a value may be. */
export function readJson(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof JsonError) throw error;
    return undefined;
  }
}

/** Bytes as text: a byte order mark is dropped, what is no UTF-8 is replaced. */
export const decodeUtf8 = (bytes: Uint8Array): string => new TextDecoder("utf-8").decode(bytes);
