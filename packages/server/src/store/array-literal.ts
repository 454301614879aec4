// Arrays as Postgres reads them. pg can write them too, but an array of JSON texts takes it twice as long.

/**
 * `{1,NULL,"a \\"b\\""}`: numbers as they are, everything else as quoted text, null and undefined as NULL. With `json`
 * the values are JSON texts: those need no escapes but JSON's own, which the engine writes fastest.
 */
export const arrayLiteral = (values: readonly unknown[], json = false): string => {
  const element = json ? jsonElement : plainElement;
  let literal = "{";
  for (let index = 0; index < values.length; index += 1) {
    if (index > 0) literal += ",";
    literal += element(values[index]);
  }
  return `${literal}}`;
};

const special = /["\\]/;
const specials = /["\\]/g;
const plainElement = (value: unknown): string => {
  if (value === null || value === undefined) return "NULL";
  if (typeof value === "number") return String(value);
  const text = String(value);
  return special.test(text) ? `"${text.replace(specials, "\\$&")}"` : `"${text}"`;
};

// JSON text has no bare control characters, so a string's JSON escapes only quotes and backslashes of it.
const jsonElement = (value: unknown): string =>
  value === null || value === undefined ? "NULL" : JSON.stringify(value);
