// Filters of events: values, conditions, and what cannot be evaluated.

import { describe, expect, it } from "vitest";
import type { Json } from "../json.js";
import { compileFilter } from "./filters.js";

const raid = {
  ...{ platform: "twitch", event_type: "raid" },
  user: { id: "1", name: "ada", roles: [] },
  data: { viewers: 42, from: { name: "grace" }, tags: ["a", "b"], is_gift: false, text: "42" },
};

const refuses = (path: string, drawn: Json) => compileFilter(path, drawn).refuses(raid, { now: 0, random: () => 0 });

describe("a filter", () => {
  it("compares strictly by type", () => {
    expect(refuses("viewers", 42)).toBeUndefined();
    expect(refuses("viewers", "42")).toBe('it is 42, not "42"');
    expect(refuses("text", "42")).toBeUndefined();
    expect(refuses("is_gift", false)).toBeUndefined();
    expect(refuses("is_gift", true)).toBe("it is false, not true");
    expect(refuses("tags", ["a", "b"])).toBeUndefined();
  });

  it("follows paths", () => {
    expect(refuses("from.name", "grace")).toBeUndefined();
    expect(refuses("tags[1]", "b")).toBeUndefined();
    expect(refuses("from.title", "x")).toBe("it is not there");
    expect(refuses("from.constructor", "x")).toBe("it is not there");
  });

  it("compares with what a template gives", () => {
    expect(refuses("viewers", "{{ 6 * 7 }}")).toBeUndefined();
    expect(refuses("from.name", "{{ username === 'ada' ? 'grace' : 'eve' }}")).toBeUndefined();
    expect(refuses("text", "{{ event.viewers }}")).toBe('it is "42", not 42');
  });

  it("takes a template that gives yes or no as a condition", () => {
    expect(refuses("viewers", "{{ viewers >= 10 }}")).toBeUndefined();
    expect(refuses("viewers", "{{ viewers >= 100 }}")).toBe("{{ viewers >= 100 }} does not hold");
    expect(refuses("big raid", "{{ viewers > 10 && platform === 'twitch' }}")).toBeUndefined();
    expect(refuses("is_gift", "{{ viewers > 100 }}")).toBeUndefined();
  });

  it("does not hold when it cannot be evaluated", () => {
    expect(refuses("viewers", "{{ nobody.knows }}")).toContain("nobody");
    expect(refuses("viewers", "{{ 1 + }}")).toBeDefined();
  });
});
