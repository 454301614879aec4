import type { Json } from "@workflow-core/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { failing, runGuest, runJq } from "../../../test/support/guests.js";
import { createSandbox, type Sandbox } from "./sandbox.js";

let sandbox: Sandbox;
beforeAll(() => {
  sandbox = createSandbox();
});
afterAll(() => sandbox.close());

const run = (source: string, more: Parameters<typeof runGuest>[2] = {}, community = 1) =>
  runGuest(sandbox, source, more, community);
const jq = (source: string, input: Json = null, more: Parameters<typeof runJq>[3] = {}) =>
  runJq(sandbox, source, input, more);

describe("JavaScript", () => {
  it.each<[string, Json, Json]>([
    ["return input.a + variables.items.length", { a: 4 }, 7],
    ["output = { n: input }", 5, { n: 5 }],
    ["const output = [input];", 5, [5]],
    ["let input = 1; // shadowed\nreturn input;", 5, 1],
    ["console.log(1)", null, null],
    ["return 0 / 0", null, null],
    ["return 'a\\u0000\\ud800'", null, "a\ufffd\ufffd"],
    ["return { ['__proto__']: 1, a: undefined, b: new Date(0) }", null, { b: "1970-01-01T00:00:00.000Z" }],
  ])("%s", async (source, input, output) => {
    expect(await run(source, { input })).toMatchObject({ ok: true, value: { output } });
  });

  it.each<[string, Json]>([
    ["variables.items.push(4); return variables.items", [1, 2, 3, 4]],
    ["variables = 5; return variables", 5],
    ["variables.items = 1; return [variables.items, variables === globalThis.variables]", [1, true]],
    ["const { items } = variables; JSON.parse = null; return variables.items === items", true],
    ["JSON.parse = () => 0; return variables.items", [1, 2, 3]],
    ["return Object.keys(globalThis).includes('variables')", true],
    ["delete globalThis.variables; return typeof variables", "undefined"],
    ["'use strict'; variables = [variables.items]; return variables", [[1, 2, 3]]],
  ])("has its variables: %s", async (source, output) => {
    expect(await run(source, { variables: { items: [1, 2, 3] } })).toMatchObject({ ok: true, value: { output } });
  });

  it("collects what is logged, within bounds", async () => {
    const answer = await run(
      "console.log('a', {b: 1}, undefined); console.warn('x'.repeat(5000)); for (let i = 0; i < 500; i++) console.log(i)",
    );
    const logs = answer.ok ? answer.value.logs : [];
    expect(logs.slice(0, 2)).toEqual(['a {"b":1} undefined', "x".repeat(1_000)]);
    expect(logs).toHaveLength(100);
  });

  it("tells errors with their line, and what was logged before", async () => {
    expect(await run("console.log('so far');\n\nreturn input.b.c")).toMatchObject(
      failing("SCRIPT_ERROR", {
        message: "TypeError: cannot read property 'b' of null (line 3)",
        details: { line: 3, logs: ["so far"] },
      }),
    );
    expect(await run("let x = = 3")).toMatchObject(failing("SCRIPT_ERROR", { details: { line: 1 } }));
    expect(await run("throw { a: 1 }")).toMatchObject(failing("SCRIPT_ERROR", { message: '{"a":1}' }));
    const long = await run("throw new Error('x'.repeat(5000))");
    expect(!long.ok && long.failure.message.length).toBeLessThanOrEqual(1_000);
  });

  it.each([
    ["return 1n", "BigInt"],
    ["const a = {}; a.a = a; return a", "circular"],
    ["return () => 1", "not JSON"],
    ["return (async () => 1)()", "asynchronous"],
    ["return ((", "SyntaxError"],
    [`let a = []; for (let i = 0; i < 100; i++) a = [a]; return a`, "64 levels"],
  ])("%s is an error", async (source, words) => {
    const answer = await run(source);
    expect(answer).toMatchObject(failing("SCRIPT_ERROR"));
    expect(!answer.ok && answer.failure.message).toContain(words);
  });

  it("limits time, memory, depth and size", async () => {
    const start = performance.now();
    expect(await run("for (;;);", { timeoutMs: 200 })).toMatchObject(failing("SCRIPT_TIMEOUT"));
    expect(performance.now() - start).toBeLessThan(600);
    expect(await run("const a = []; for (;;) a.push(new Array(1000).fill('x'))", { timeoutMs: 4_000 })).toMatchObject(
      failing("SCRIPT_MEMORY"),
    );
    expect(await run("const f = () => f() + 1; return f()")).toMatchObject(failing("SCRIPT_ERROR"));
    expect(await run("return 'x'.repeat(2 ** 20)")).toMatchObject(failing("SCRIPT_OUTPUT_TOO_LARGE"));
    expect(await run("return input.length", { input: "x".repeat(1e6) })).toMatchObject({
      ok: true,
      value: { output: 1e6 },
    });
    expect(await run("return 1", { input: "x".repeat(9e6) })).toMatchObject(failing("SCRIPT_MEMORY"));
  });

  it("sees nothing of an earlier run", async () => {
    await run(
      "globalThis.left = 1; Array.prototype.map = () => 'spoiled'; Object.prototype.wfcore_polluted = 1; JSON.stringify = () => 'x'",
    );
    const look = `const {items}=variables;return [typeof left, items.map(x=>x*2), ({}).wfcore_polluted === undefined]`;
    expect(await run(look)).toMatchObject({ ok: true, value: { output: ["undefined", [2, 4, 6], true] } });
    expect(await run(look, {}, 2)).toMatchObject({ ok: true, value: { output: ["undefined", [2, 4, 6], true] } });
    expect(Reflect.get({}, "wfcore_polluted")).toBeUndefined();
  });

  it("gives each run chance of its own, and memory in which nothing is left", async () => {
    const draw = "return [Math.random(), Math.random()]";
    const drawn = await Promise.all(Array.from({ length: 20 }, () => run(draw)));
    const numbers = drawn.flatMap((answer) => (answer.ok ? (answer.value.output as number[]) : []));
    expect(new Set(numbers).size).toBe(40);
    expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);

    const fill =
      "const kept = []; for (let i = 0; i < 40; i++) kept.push(new Uint8Array(500000).fill(255)); return kept.length";
    const look = "return new Uint8Array(10000000).every((byte) => byte === 0)";
    expect(await run(fill)).toMatchObject({ ok: true, value: { output: 40 } });
    expect(await run(look, { timeoutMs: 5_000 })).toMatchObject({ ok: true, value: { output: true } });
    // What the first run grew is there for the next ones, and for many of them.
    for (let round = 0; round < 5; round += 1)
      expect(await run(fill)).toMatchObject({ ok: true, value: { output: 40 } });
  });

  it("has no host functions, no files and no environment", async () => {
    const answer = await run(
      "return Object.getOwnPropertyNames(globalThis).filter((name) => /process|require|fetch|std|os|bjs|setTimeout|Worker/.test(name))",
    );
    expect(answer).toMatchObject({ ok: true, value: { output: [] } });
  });
});

describe("jq", () => {
  it.each<[string, Json, Json]>([
    [".a", { a: 1 }, 1],
    ["map(.name)", [{ name: "Ada" }], ["Ada"]],
    [".[]", [1, 2], [1, 2]],
    ["empty", {}, null],
    ["-1", {}, -1],
    ['"a\\nb"', {}, "a\nb"],
  ])("%s", async (source, input, output) => {
    expect(await jq(source, input)).toMatchObject({ ok: true, value: { output } });
  });

  it("tells errors in its own words", async () => {
    expect(await jq(".a.b", { a: 1 })).toMatchObject(
      failing("SCRIPT_ERROR", { message: 'Cannot index number with string "b"' }),
    );
    const syntax = await jq("map(", []);
    expect(syntax).toMatchObject(failing("SCRIPT_ERROR"));
    expect(!syntax.ok && syntax.failure.message).toContain("syntax error");
    expect(await jq("--help")).toMatchObject(failing("SCRIPT_ERROR"));
  });

  it("limits time, memory and size, and goes on", async () => {
    const start = performance.now();
    expect(await jq("def f: f; f", null, { timeoutMs: 200 })).toMatchObject(failing("SCRIPT_TIMEOUT"));
    expect(performance.now() - start).toBeLessThan(900);
    expect(await jq("[range(3e7)] | length", null, { timeoutMs: 5_000 })).toMatchObject(failing("SCRIPT_MEMORY"));
    expect(await jq('"x" * 1100000')).toMatchObject(failing("SCRIPT_OUTPUT_TOO_LARGE"));
    expect(await jq(".+1", 1)).toMatchObject({ ok: true, value: { output: 2 } });
  });
});
