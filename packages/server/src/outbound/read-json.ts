// Text from the other side becomes JSON only through the one gate of core: bounded depth, no hostile keys, storable text.
import { asJson, type Json } from "@workflow-core/core";

/** The value of a JSON text; undefined when it is none, or deeper than values may be. */
export function readJson(text: string): Json | undefined {
  try {
    return asJson(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Bytes as text: a byte order mark is dropped, what is no UTF-8 is replaced. */
export const decodeUtf8 = (bytes: Uint8Array): string => new TextDecoder("utf-8").decode(bytes);
