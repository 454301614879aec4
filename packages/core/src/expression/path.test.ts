import { expect, test } from "vitest";
import type { Json } from "../json.js";
import { readPath } from "./index.js";

const value: Json = {
  user: { name: "Ada", "a.b": 1, "": 2 },
  items: [{ x: 1 }, [2, 3]],
  "first name": "A",
  length: 9,
  "0": "zero",
};

test.each([
  ["user.name", "Ada"],
  ["items[0].x", 1],
  ["items.0.x", 1],
  ["items[1][1]", 3],
  ['user["a.b"]', 1],
  ["user['']", 2],
  ['["first name"]', "A"],
  ["length", 9],
  ["[0]", "zero"],
  ["user", { name: "Ada", "a.b": 1, "": 2 }],
])("%s", (path, expected) => {
  expect(readPath(value, path)).toEqual(expected);
});

test.each([
  "",
  ".",
  "user.",
  ".user",
  "user..name",
  "gone",
  "user.name.x",
  "items[9]",
  "items[-1]",
  "items[x]",
  "items.length",
  "user.toString",
  "__proto__",
  "__proto__.x",
  "['__proto__'].x",
  "constructor.name",
  "toString",
  "user name",
  "a".repeat(10_000),
  "\u0000",
  "items[0]x",
  "[",
  "user[",
  "user['name]",
])("%s leads nowhere", (path) => {
  expect(readPath(value, path)).toBeUndefined();
});
