import { hiddenSecret } from "@workflow-core/core";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { clearing } from "./clear-secrets.js";

describe("texts are cleared of secrets", () => {
  const value = ' k-3/y ?&"quoted" värde ';
  const clear = clearing([
    ["key", value],
    ["short", "abc"],
  ]);

  it.each([
    ["as it is", value],
    ["as a header carries it", value.trim()],
    ["in an address", encodeURIComponent(value)],
    ["inside JSON", JSON.stringify({ value })],
    ["as base64", Buffer.from(value).toString("base64")],
    ["as base64 without its filling", Buffer.from(value).toString("base64").replace(/=+$/, "")],
    ["as base64url", Buffer.from(value).toString("base64url")],
  ])("%s", (_name, text) => {
    const cleared = clear(`before ${text} between ${text} after abc`);
    expect(cleared.split(hiddenSecret("key"))).toHaveLength(3);
    expect(cleared).toMatch(/^before.*between.*after abc$/s);
    expect(cleared).not.toContain("k-3/y");
  });

  it("wherever they stand, and whatever else stands there", () => {
    const letters = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 60 });
    const secret = fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 8, maxLength: 12 });
    fc.assert(
      fc.property(letters, secret, secret, letters, (before, one, two, after) => {
        const hide = clearing([
          ["one", one],
          ["two", two],
        ]);
        const cleared = hide(`${before}${one}${two}${after}`);
        expect([cleared.includes(one), cleared.includes(two)]).toEqual([false, false]);
        const free = `${before}${after}`;
        if (!free.includes(one) && !free.includes(two)) expect(hide(free)).toBe(free);
      }),
    );
  });

  it("and nothing is looked for in those that hold none, however many secrets there are", () => {
    const many = clearing(
      Array.from({ length: 100 }, (_, index) => [`s${index}`, `value-of-secret-${index}`] as const),
    );
    const looked = vi.spyOn(String.prototype, "replaceAll");
    for (const text of ["", "short", "nothing to be seen here", "value-of-another"]) expect(many(text)).toBe(text);
    const calls = looked.mock.calls.length;
    looked.mockRestore();
    expect(calls).toBe(0);
    expect(many("value-of-secret-99")).toBe(hiddenSecret("s99"));
  });
});
