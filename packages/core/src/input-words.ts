// What people are told when a value does not fit, in place of the schema library's words: sentences that go on from
// the name of a field. Schemas that have words of their own are heard first.
import type { z } from "zod";

const kinds: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  tuple: "a list",
  object: "an object",
  record: "an object",
  null: "null",
};

/** For `schema.safeParse(value, { error: inputWords })`: "is needed", "must be text", "must be one of chat, reply, dm". */
export const inputWords: z.core.$ZodErrorMap = (issue) => {
  if (issue.input === undefined && missable.has(issue.code)) return "is needed";
  switch (issue.code) {
    case "invalid_type":
      return kinds[issue.expected] && `must be ${kinds[issue.expected]}`;
    case "invalid_value":
      return `must be ${issue.values.length === 1 ? "" : "one of "}${issue.values.map(String).join(", ")}`;
    case "too_small":
      if (issue.minimum === 1 && issue.origin !== "number" && issue.origin !== "int") return "must not be empty";
      return bound(issue.origin, issue.inclusive === false ? "more than" : "at least", issue.minimum);
    case "too_big":
      return bound(issue.origin, issue.inclusive === false ? "less than" : "at most", issue.maximum);
    case "invalid_union":
      return alternatives(issue.errors);
    default:
      return undefined;
  }
};

const missable = new Set<string>(["invalid_type", "invalid_value", "invalid_union"]);

const counted: Readonly<Record<string, string>> = {
  string: "characters",
  array: "entries",
  set: "entries",
  map: "entries",
  object: "fields",
  record: "fields",
};

const bound = (origin: string, than: string, limit: number | bigint): string =>
  counted[origin] === undefined ? `must be ${than} ${limit}` : `must have ${than} ${limit} ${counted[origin]}`;

/** "must be a number or a list", when each alternative fails as a whole and says what it must be. */
const alternatives = (errors: readonly (readonly z.core.$ZodIssue[])[]): string | undefined => {
  const words = errors.map(([only, ...more]) =>
    more.length === 0 && only?.path.length === 0 ? /^must be (.*)$/s.exec(only.message)?.[1] : undefined,
  );
  return words.length > 0 && words.every((each) => each !== undefined)
    ? `must be ${[...new Set(words)].join(" or ")}`
    : undefined;
};
