// Every block of code in the documentation is what it says: JSON parses, workflows compile, expressions give what stands
// beside them. Shell is run by the tests beside this one, each in the place that the block's word names; what cannot be run
// says so and is listed here.
import { compileDocument, compileExpression, type Json } from "@workflow-core/core";
import { describe, expect, it } from "vitest";
import { blocksOf, jsonBlock, markdownFiles, textOf } from "../support/markdown.js";

const all = markdownFiles().flatMap((file) => blocksOf(textOf(file)).map((block) => ({ file, ...block })));
const nameOf = ({ file, line }: { file: string; line: number }) => `${file}:${line}`;

it("knows the language of every block", () => {
  const known = new Set(["", "sh", "json", "js", "python", "sql", "yaml"]);
  expect(all.filter(({ language }) => !known.has(language)).map(nameOf)).toEqual([]);
});

describe("JSON", () => {
  it.each(all.filter(({ language }) => language === "json").map((block) => [nameOf(block), block] as const))(
    "%s parses",
    (_name, { text }) => expect(() => JSON.parse(text)).not.toThrow(),
  );
});

describe("workflows", () => {
  const workflows = all.filter(({ words }) => words.includes("workflow"));
  it.each(workflows.map((block) => [nameOf(block), block] as const))("%s compiles", (_name, { text }) => {
    const { plan, problems } = compileDocument(JSON.parse(text));
    expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(plan).toBeDefined();
  });
});

describe("expressions", () => {
  const lines = all
    .filter(({ words }) => words.includes("expression"))
    .flatMap((block) =>
      block.text.split("\n").map((line, index) => ({ ...block, text: line, line: block.line + index })),
    );

  it("are there", () => expect(lines.length).toBeGreaterThan(10));

  it.each(lines.map((line) => [`${nameOf(line)} ${line.text}`, line] as const))("%s", (_name, { file, text }) => {
    const [source = "", wanted] = text.split(" // → ");
    if (wanted === undefined) throw new Error("an example ends with // → and its value");
    const data = (jsonBlock(textOf(file), "data") ?? {}) as Record<string, Json>; // parsed above
    const value = compileExpression(source).evaluate({
      lookup: (name) => (Object.hasOwn(data, name) ? data[name] : undefined),
      now: Date.UTC(2026, 0, 31, 12),
      random: () => 0.5,
    });
    expect(value).toEqual(JSON.parse(wanted));
  });
});

it("has shell that is run, but for what would run the tests themselves, and the measurements", () => {
  const shell = all.filter(({ language }) => language === "sh");
  const places = new Set([undefined, "starts", "machine", "engine", "cluster", "prometheus", "databases", "no-run"]);
  expect(shell.filter(({ words }) => !places.has(words[0])).map(nameOf), "a test runs each").toEqual([]);
  const spared = shell.filter(({ words }) => words[0] === "no-run");
  expect(spared.filter(({ words }) => words.length < 2).map(nameOf), "a reason stands behind no-run").toEqual([]);
  expect(spared.map(({ text }) => text)).toEqual([
    "npm test",
    "npm run bench -- --quick",
    "npm run build && npx vitest run packages/server/test/rolling-update.test.ts",
  ]);
  expect(shell.length - spared.length).toBeGreaterThanOrEqual(24);
});
