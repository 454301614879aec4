import { describe, expect, it } from "vitest";
import { z } from "zod";
import { inputWords } from "./input-words.js";

const said = (schema: z.ZodType, value?: unknown): string[] =>
  (schema.safeParse(value, { error: inputWords }).error?.issues ?? []).map(({ message }) => message);

describe("inputWords", () => {
  it.each<[string, z.ZodType, unknown]>([
    ["is needed", z.string(), undefined],
    ["is needed", z.enum(["chat", "dm"]), undefined],
    ["is needed", z.union([z.string(), z.number()]), undefined],
    ["must be text", z.string(), 5],
    ["must be a number", z.number(), "5"],
    ["must be a whole number", z.int(), 1.5],
    ["must be true or false", z.boolean(), "yes"],
    ["must be a list", z.array(z.string()), {}],
    ["must be an object", z.record(z.string(), z.string()), []],
    ["must be an object", z.strictObject({}), "text"],
    ["must be one of chat, dm", z.enum(["chat", "dm"]), "all"],
    ["must be 7", z.literal(7), 8],
    ["must not be empty", z.string().min(1), ""],
    ["must not be empty", z.array(z.string()).min(1), []],
    ["must have at least 3 characters", z.string().min(3), "ab"],
    ["must have at most 2 entries", z.array(z.string()).max(2), ["a", "b", "c"]],
    ["must be at least 0", z.number().min(0), -1],
    ["must be more than 0", z.number().positive(), 0],
    ["must be at most 10", z.int().max(10), 11],
    ["must be a number or text", z.union([z.number(), z.string()]), true],
    ["its own words", z.string("its own words"), 5],
  ])("%s", (words, schema, value) => expect(said(schema, value)).toEqual([words]));

  it("leaves what it has no words for to the library", () => {
    expect(said(z.union([z.object({ a: z.string() }), z.number()]), { a: 1 })).toEqual(["Invalid input"]);
  });
});
