// Arrays as Postgres reads them. pg can write them too, but an array of JSON texts takes it twice as long.

/** `{1,NULL,"a \\"b\\""}`: numbers as they are, everything else as quoted text, null and undefined as NULL. */
export const arrayLiteral = (values: readonly unknown[]): string => `{${values.map(element).join(",")}}`;

const element = (value: unknown): string => {
  if (value === null || value === undefined) return "NULL";
  if (typeof value === "number") return String(value);
  const text = String(value);
  return `"${(text.includes("\\") ? text.replaceAll("\\", "\\\\") : text).replaceAll('"', '\\"')}"`;
};
