// Commands as they are written in chat.
import { describe, expect, it } from "vitest";
import { bareWord, parseCommand, wordKey } from "./commands.js";

const argsOf = (message: string) => parseCommand(message)?.args;

describe("parseCommand", () => {
  it("takes the word after ! or / and the words behind it", () => {
    expect(parseCommand("!hug @ada")).toEqual({ word: "hug", args: ["@ada"], written: "!hug" });
    expect(parseCommand("  /Hug  a\tb\n c ")).toEqual({ word: "Hug", args: ["a", "b", "c"], written: "/Hug" });
    expect(parseCommand("/hug@my_bot x")).toEqual({ word: "hug", args: ["x"], written: "/hug" });
    expect(parseCommand("!hug@my_bot")?.word).toBe("hug@my_bot");
    expect(parseCommand("!ärger")?.word).toBe("ärger");
  });

  it("knows what is no command", () => {
    for (const message of ["", "hug", "! hug", "!", "!!!", "/", "//", "hi !hug", "!?"])
      expect(parseCommand(message), message).toBeUndefined();
  });

  it("keeps quoted words together", () => {
    expect(argsOf('!hug @ada "two words" end')).toEqual(["@ada", "two words", "end"]);
    expect(argsOf("!say “smart quotes” „und so“ x")).toEqual(["smart quotes", "und so", "x"]);
    expect(argsOf('!say "" x')).toEqual(["", "x"]);
  });

  it("takes a quote that does not close, or stands within a word, as it is", () => {
    expect(argsOf('!say "hello there')).toEqual(['"hello', "there"]);
    expect(argsOf('!say 5" pipe')).toEqual(['5"', "pipe"]);
    expect(argsOf("!say don't 'quote me'")).toEqual(["don't", "'quote", "me'"]);
    expect(argsOf('!say "a"b c')).toEqual(['"a"b', "c"]);
  });

  it("understands escapes", () => {
    expect(argsOf('!say "he said \\"no\\"" a\\ b C:\\temp \\\\x \\"y')).toEqual([
      'he said "no"',
      "a b",
      "C:\\temp",
      "\\x",
      '"y',
    ]);
  });

  it("leaves out what clients add to repeat a message", () => {
    expect(parseCommand("!hug \u{e0000}")).toEqual({ word: "hug", args: [], written: "!hug" });
    expect(argsOf("!hug @ada \u{34f}")).toEqual(["@ada"]);
  });

  it("takes long and hostile messages in a moment", () => {
    const begun = performance.now();
    for (const part of ['"\\" ', '\\"', '"a', "“", '" ', "\\ "])
      expect(argsOf(`!x ${part.repeat(3000)}`)).toBeDefined();
    expect(performance.now() - begun).toBeLessThan(1000);
  });
});

describe("names of commands", () => {
  it("are found with and without what stands before them", () => {
    expect(["hug", "!hug", "/hug", "!!hug", "!"].map(bareWord)).toEqual(["hug", "hug", "hug", "!hug", "!"]);
    expect(wordKey("HÜG")).toBe(wordKey("hu\u0308g"));
  });

  it.each([
    ["❤️", "❤"],
    ["👩‍👩‍👧", "👩👩👧"],
    ["\u200fمرحبا", "مرحبا"],
    ["straße", "STRASSE"],
    ["ΣΟΦΌΣ", "σοφός"],
    ["İ", "i̇"],
  ])("%s and %s are one", (written, drawn) => expect(wordKey(written)).toBe(wordKey(drawn)));

  it("tell apart what looks different", () => {
    for (const [a, b] of ["hug hugs", "é e", "👍 👎", "I i̇"].map((pair) => pair.split(" ")))
      expect(wordKey(a ?? "")).not.toBe(wordKey(b ?? ""));
  });
});
