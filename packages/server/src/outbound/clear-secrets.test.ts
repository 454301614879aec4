import { hiddenSecret } from "@workflow-core/core";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { clearing } from "./clear-secrets.js";

const base64 = (text: string, encoding: BufferEncoding = "utf8") => Buffer.from(text, encoding).toString("base64");
const hex = (text: string) => Buffer.from(text).toString("hex");
const inAscii = (text: string) =>
  text.replace(/[^\0-\x7f]/g, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`);
const strictly = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16)}`);
const inMarkup = (text: string) => text.replace(/[&<>"'/]/g, (each) => `&#${each.charCodeAt(0)};`);
const inLatin1 = (text: string) => Array.from(Buffer.from(text, "latin1"), (byte) => `%${byte.toString(16)}`).join("");

describe("texts are cleared of secrets", () => {
  const value = " k-3/y ?&\"quoted\" värde+<b>'x'\\n(1) ";
  const clear = clearing([
    ["key", value],
    ["short", "abc"],
  ]);

  it.each([
    ["as it is", value],
    ["as a header carries it", value.trim()],
    ["as a header of UTF-8 that is read as Latin-1", Buffer.from(value.trim()).toString("latin1")],
    ["as a header of Latin-1 that is read as UTF-8", Buffer.from(value.trim(), "latin1").toString("utf8")],
    ["in a name of a header", value.trim().toLowerCase()],
    ["in an address", encodeURIComponent(value)],
    ["in an address, with small digits", encodeURIComponent(value).replace(/%../g, (each) => each.toLowerCase())],
    ["in an address, with every sign escaped", strictly(value)],
    ["in an address that keeps slashes", encodeURIComponent(value).replaceAll("%2F", "/")],
    ["in an address of Latin-1", inLatin1(value)],
    ["in an address, twice", encodeURIComponent(encodeURIComponent(value))],
    ["in a form", new URLSearchParams({ value }).toString().slice("value=".length)],
    ["inside JSON", JSON.stringify({ value })],
    ["inside JSON of ASCII", inAscii(JSON.stringify({ value }))],
    ["inside JSON, with slashes escaped", JSON.stringify({ value }).replaceAll("/", "\\/")],
    ["inside JSON inside JSON", JSON.stringify({ said: JSON.stringify({ value }) })],
    ["inside JSON in an address", encodeURIComponent(JSON.stringify({ value }))],
    ["in markup", inMarkup(value)],
    ["in markup, by names", value.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;")],
    ["in markup, by hexadecimal numbers", value.replace(/./gu, (each) => `&#x${each.codePointAt(0)?.toString(16)};`)],
    ["as a program shows bytes", Array.from(Buffer.from(value), (byte) => `\\x${byte.toString(16)}`).join("")],
    ["as hexadecimal digits", hex(value)],
    ["as hexadecimal digits in capitals", hex(value).toUpperCase()],
    ["as base64", base64(value)],
    ["as base64 without its filling", base64(value).replace(/=+$/, "")],
    ["as base64url", Buffer.from(value).toString("base64url")],
    ["as base64 of Latin-1, as a header carries it", base64(value.trim(), "latin1")],
    ["as base64 in an address", encodeURIComponent(base64(value))],
    ["as base64 behind one byte", base64(`:${value}`)],
    ["as base64 behind two bytes", base64(`a:${value}`)],
    ["as base64 amid others", base64(`ada:${value}\r\nHost: x`)],
    ["as base64 of a body of JSON", base64(JSON.stringify({ a: "b", key: value }))],
    ["as base64 of a body of JSON in ASCII", base64(inAscii(JSON.stringify({ key: value })))],
  ])("%s", async (_name, text) => {
    const cleared = String(await clear(`before ${text} between ${text} after abc`));
    expect(cleared.split(hiddenSecret("key"))).toHaveLength(3);
    expect(cleared).toMatch(/^before.*between.*after abc$/s);
    expect(cleared).not.toMatch(/k-3|quoted|rde|cXVvdGVk/);
  });

  it("also long ones, in the usual ways", async () => {
    const pem = `-----BEGIN KEY-----\n${"Zm9vYmFy".repeat(400)}\n-----END KEY-----\n`;
    const hide = clearing([["pem", pem]]);
    for (const text of [
      pem,
      pem.trim(),
      JSON.stringify({ pem }),
      encodeURIComponent(pem),
      base64(JSON.stringify({ pem })),
    ])
      expect(String(await hide(`<${text}>`))).toMatch(/^<.{0,20}\[secret pem\].{0,20}>$/s);
  });

  it("in names of members too, and what holds none is the same value", async () => {
    const clean = { a: ["nothing", { b: "100 % & more \\ than that" }], c: 1, d: null };
    expect(await clear(clean)).toBe(clean);
    expect(await clear({ [value]: [value, 1, { a: value }] })).toEqual({
      [hiddenSecret("key")]: [hiddenSecret("key"), 1, { a: hiddenSecret("key") }],
    });
  });

  it("wherever they stand, and whatever else stands there", async () => {
    const letters = fc.string({ unit: fc.constantFrom("a", "b", "c", "%", "6", "1"), maxLength: 60 });
    const secret = fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 8, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(letters, secret, secret, letters, async (before, one, two, after) => {
        const hide = clearing([
          ["one", one],
          ["two", two],
        ]);
        const cleared = String(await hide(`${before}${one}${two}${after}`));
        expect([cleared.includes(one), cleared.includes(two)]).toEqual([false, false]);
        const free = `${before}${after}`.replaceAll("%", "");
        if (!free.includes(one) && !free.includes(two)) expect(await hide(free)).toBe(free);
      }),
    );
  });

  it("of which one stands in the other, or which overlap", async () => {
    const hide = clearing([
      ["inner", "inner-value"],
      ["outer", "the-inner-value-and-more"],
      ["next", "more-of-it"],
    ]);
    expect(await hide("<the-inner-value-and-more>")).toBe("<[secret outer]>");
    expect(await hide("<the-inner-value>")).toBe("<the-[secret inner]>");
    expect(await hide("<the-inner-value-and-more-of-it>")).toBe("<[secret outer][secret next]>");
  });

  it("also where a message was cut in the middle of one", async () => {
    const hide = clearing([["key", "sk_live_0123456789"]]);
    for (const [message, shown] of [
      ["it is no JSON: sk_live_012345.", "it is no JSON: [secret key]"],
      ["refused: sk_live_0", "refused: [secret key]"],
      ["refused: sk_live", "refused: sk_live"],
      ["sk_live_0 is another", "sk_live_0 is another"],
      ["sk_live_0123456789 is it.", "[secret key] is it."],
    ] as const)
      expect(await hide.cut(message)).toBe(shown);
  });

  it("and a text is not read anew at each of its places, whatever it and they are made of", async () => {
    const text = "a".repeat(20_000);
    const same = Array.from({ length: 20 }, (_, index) => [`s${index}`, "a".repeat(4000 + index)] as const);
    const almost = same.map(([name, value]) => [`${name}b`, `${value}b${value}`] as const);
    const looked = vi.spyOn(String.prototype, "startsWith");
    const cleared = await clearing([...same, ...almost])(text);
    const calls = looked.mock.calls.length;
    looked.mockRestore();
    expect(cleared).toMatch(/^(\[secret s\d+\])+a{0,3999}$/);
    expect(calls).toBeLessThan(200);
  });
});
