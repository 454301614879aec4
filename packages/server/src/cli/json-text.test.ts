import { expect, it } from "vitest";
import { JsonTextError, parseJsonText } from "./json-text.js";

const thrown = (text: string): JsonTextError => {
  try {
    parseJsonText(text);
  } catch (error) {
    if (error instanceof JsonTextError) return error;
  }
  throw new Error("nothing of the right kind was thrown");
};

it("reads JSON, with a byte order mark too", () => expect(parseJsonText('\uFEFF{"a": [1]}')).toEqual({ a: [1] }));

it.each([
  ['{\n  "a": 1,\n}', 3, 1, "Expected double-quoted property name"],
  ['{\n  "a": x\n}', 2, 8, "Unexpected token 'x'"],
  ['{"a": 1} }', 1, 10, "Unexpected non-whitespace character after JSON"],
  ['{"nodes": {\n', 2, 1, "Expected property name or '}'"],
  ["", 1, 1, "Unexpected end of the text"],
  ['["a",\n nope]', 2, 3, "Unexpected token 'o'"],
  ["[1,\n 2\n 3]", 3, 2, "Expected ',' or ']' after array element"],
  [`{"long": "${"x".repeat(5000)}",\n "b": tru}`, 2, 10, "Unexpected token '}'"],
])("says where %j is broken", (text, line, column, message) => {
  const error = thrown(text);
  expect([error.line, error.column, error.message]).toEqual([line, column, message]);
});
