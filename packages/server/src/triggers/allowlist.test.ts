import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { allowlist, isRange, readAddress } from "./allowlist.js";
import { clientAddress, trustedProxies } from "./client-address.js";

interface Corpus {
  cases: { id: string; allowlist: unknown[]; ip: string; expected: "allow" | "deny"; note: string }[];
  config: { id: string; entry: unknown; valid: boolean; note: string }[];
  forwarded: {
    id: string;
    peer: string;
    trusted_proxies: string[];
    x_forwarded_for: string[];
    allowlist: string[];
    expected_client: string | null;
    expected: "allow" | "deny";
    note: string;
  }[];
}
const corpus: Corpus = JSON.parse(readFileSync(new URL("../../test/corpus/ip-cases.json", import.meta.url), "utf8"));
const named = <T extends { id: string; note: string }>(cases: T[]) =>
  cases.map((each) => [`${each.id} ${each.note}`, each] as const);
const verdict = (allowed: boolean) => (allowed ? "allow" : "deny");

describe("the corpus", () => {
  test.each(named(corpus.cases))("%s", (_, each) => {
    expect(verdict(allowlist(each.allowlist)(each.ip))).toBe(each.expected);
  });
  test.each(named(corpus.config))("%s", (_, each) => {
    expect(isRange(each.entry)).toBe(each.valid);
  });
  test.each(named(corpus.forwarded))("%s", (_, each) => {
    const client = clientAddress(each.peer, each.x_forwarded_for, trustedProxies(each.trusted_proxies));
    expect(client ?? null).toBe(each.expected_client);
    expect(verdict(allowlist(each.allowlist)(client))).toBe(each.expected);
  });
});

test.each([
  [[], undefined, true],
  [["10.0.0.1"], undefined, false],
  [["garbage"], "10.0.0.1", false],
  [["::/0"], "10.0.0.1", false],
  [["0.0.0.0/0"], "::ffff:10.0.0.1", true],
  [["0.0.0.0/0"], "2001:db8::1", false],
  [["::ffff:10.0.0.0/104"], "10.255.0.1", true],
  [["::ffff:10.0.0.0/104"], "11.0.0.1", false],
  [["10.0.0.9/8"], "10.200.0.1", true],
  [["fe80::/10"], "fe80::1%eth0", true],
])("%j lets %s in: %s", (list, address, allowed) => {
  expect(allowlist(list)(address)).toBe(allowed);
});

test.each([
  "10.0.0.0/08",
  "10.0.0.0/33",
  "10.0.0.0/",
  "10.0.0.0/8/8",
  "",
  " 10.0.0.1",
  "10.0.0.1 ",
  "0x7f.1",
  "localhost",
])("%j is no entry", (entry) => {
  expect(isRange(entry)).toBe(false);
});

test("an address has one form", () => {
  expect(readAddress("2001:DB8:0:0::1")?.text).toBe("2001:db8::1");
  expect(readAddress("::ffff:0a00:0001")?.text).toBe("10.0.0.1");
  expect(readAddress("10.0.0.1%eth0")).toBeUndefined();
});

describe("who is calling behind proxies", () => {
  const isProxy = trustedProxies(["10.0.0.0/8", "2001:db8:1::/48"]);
  test.each<[string, string | undefined, string | string[] | undefined, string | undefined]>([
    ["no header", "10.0.0.1", undefined, "10.0.0.1"],
    ["an empty header", "10.0.0.1", "", "10.0.0.1"],
    ["a chain of proxies", "10.0.0.1", "203.0.113.5, 10.0.0.2", "203.0.113.5"],
    ["only proxies", "10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"],
    ["several headers", "10.0.0.1", ["198.51.100.1", "203.0.113.5"], "203.0.113.5"],
    ["a port", "10.0.0.1", "203.0.113.5:5123", "203.0.113.5"],
    ["brackets and a port", "10.0.0.1", "[2001:db8::5]:5123", "2001:db8::5"],
    ["a proxy by its mapped address", "::ffff:10.0.0.1", "203.0.113.5", "203.0.113.5"],
    ["no proxy at all", "203.0.113.9", "10.0.0.1", "203.0.113.9"],
    ["a connection without an address", undefined, "10.0.0.1", undefined],
  ])("%s", (_, peer, header, client) => {
    expect(clientAddress(peer, header, isProxy)).toBe(client);
  });
});
