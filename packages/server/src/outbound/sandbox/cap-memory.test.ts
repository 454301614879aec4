import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { capMemory } from "./cap-memory.js";
import { webAssembly } from "./web-assembly.js";

/** A module with one memory of 1 to 32,768 pages, which it exports as "m". */
const small = Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 5, 6, 1, 1, 1, 0x80, 0x80, 2, 7, 5, 1, 1, 0x6d, 2, 0]);

describe("capping the memory of a module", () => {
  it("writes the new maximum where the old one stood, and leaves the original alone", () => {
    const before = Uint8Array.from(small);
    const capped = capMemory(small, 2);
    expect(small).toEqual(before);
    expect([...capped.entries()].filter(([index, byte]) => byte !== small[index])).toEqual([
      [13, 0x82],
      [15, 0],
    ]);
  });

  it("keeps the module valid", () => {
    expect(new webAssembly.Module(capMemory(small, 2))).toBeDefined();
    const jq = readFileSync(
      createRequire(import.meta.url)
        .resolve("jq-web")
        .replace(/jq\.js$/, "jq.wasm"),
    );
    expect(new webAssembly.Module(capMemory(jq, 1024))).toBeDefined();
  });

  it("refuses a memory without a maximum", () => {
    const open = Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 5, 3, 1, 0, 1]);
    expect(() => capMemory(open, 2)).toThrow("declares no maximum");
  });
});
