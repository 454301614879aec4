// JSON that people write.
import type { Json } from "@workflow-core/core";

/** The value of a text; undefined when it is not JSON. */
export const parseJson = (text: string): { value: Json } | undefined => {
  try {
    return { value: JSON.parse(text) as Json };
  } catch {
    return undefined;
  }
};

export const stableText = (value: unknown): string => (value === undefined ? "" : JSON.stringify(value, null, 2));
