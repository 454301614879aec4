// Arrays as text, for where each row of a statement has one of its own: an array of arrays cannot hold different lengths.

/** `{1,NULL,"a \"b\""}`: numbers as they are, everything else as quoted text, null and undefined as NULL. */
export const arrayLiteral = (values: readonly unknown[]): string => `{${values.map(element).join(",")}}`;

const element = (value: unknown): string => {
  if (value === null || value === undefined) return "NULL";
  if (typeof value === "number") return String(value);
  return `"${String(value).replace(/["\\]/g, "\\$&")}"`;
};
