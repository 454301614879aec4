import { expect, it } from "vitest";
import { withQuery } from "./query.js";

it.each([
  ["https://a.example/x", {}, "https://a.example/x"],
  ["https://a.example/x", { a: 1, b: "two words" }, "https://a.example/x?a=1&b=two%20words"],
  ["https://a.example/x?y=1", { a: true }, "https://a.example/x?y=1&a=true"],
  ["https://a.example/x?", { a: 1 }, "https://a.example/x?a=1"],
  ["https://a.example/x?y=1&", { a: 1 }, "https://a.example/x?y=1&a=1"],
  ["https://a.example/x#part", { a: 1 }, "https://a.example/x?a=1#part"],
  ["https://a.example/x#is?this", { a: 1 }, "https://a.example/x?a=1#is?this"],
  ["https://a.example/x", { a: [1, null, "b"], c: null, d: [] }, "https://a.example/x?a=1&a=b"],
  ["https://a.example/x", { a: { b: 1 } }, "https://a.example/x?a=%7B%22b%22%3A1%7D"],
  ["https://a.example/x", { "a&b": "c=d#e" }, "https://a.example/x?a%26b=c%3Dd%23e"],
  ["https://a.example/x", { a: "\ud83d" }, "https://a.example/x?a=%EF%BF%BD"],
])("%s with %j", (url, params, expected) => expect(withQuery(url, params)).toBe(expected));
