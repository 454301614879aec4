import { describe, expect, it } from "vitest";
import { createSealing } from "./sealing.js";

const settings = (SECRET_KEY: string, SECRET_KEY_PREVIOUS?: string) => ({ SECRET_KEY, SECRET_KEY_PREVIOUS });
const before = createSealing(settings("the first key of these tests"));
const place = "1:name";

describe("sealing", () => {
  it.each(["x", "päss wörd ✓", "x".repeat(8192), ""])("gives back what was sealed: %#", (value) => {
    const sealed = before.seal(value, place);
    expect(before.open(sealed, place)).toEqual({ value, stale: false });
    if (value.length > 3) expect(sealed).not.toContain(value);
    expect(before.seal(value, place)).not.toBe(sealed);
  });

  it("opens in its own place only", () => {
    expect(before.open(before.seal("value", "1:name"), "2:name")).toBeUndefined();
  });

  it("opens nothing that was changed by a single bit, cut, or is none of ours", () => {
    const sealed = before.seal("value", place);
    const bytes = Buffer.from(sealed.slice(3), "base64url");
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(before.open(`v1.${changed.toString("base64url")}`, place)).toBeUndefined();
    }
    for (const text of ["", "v1.", "v2.abc", sealed.slice(0, 20), sealed.slice(3)])
      expect(before.open(text, place)).toBeUndefined();
  });

  it("opens what the key before the last change sealed, and says so", () => {
    const sealed = before.seal("value", place);
    const rotated = createSealing(settings("the second key of these tests", "the first key of these tests"));
    expect(rotated.open(sealed, place)).toEqual({ value: "value", stale: true });
    expect(rotated.open(rotated.seal("value", place), place)).toEqual({ value: "value", stale: false });
    expect(createSealing(settings("the second key of these tests")).open(sealed, place)).toBeUndefined();
  });
});
