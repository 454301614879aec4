import { expect, it } from "vitest";
import { emptyDraft } from "./draft.js";
import { act, startHistory, undo } from "./history.js";
import { forgetKept, keepDraft, readKept } from "./keep.js";

/** A storage of a browser that holds so many characters. */
const storage = (room = 10_000_000): Storage => {
  const map = new Map<string, string>();
  const own = {
    getItem: (key: string) => map.get(key) ?? null,
    setItem: (key: string, value: string) => {
      const used = [...map].reduce((sum, [name, text]) => sum + (name === key ? 0 : text.length), 0);
      if (used + value.length > room) throw new DOMException("full", "QuotaExceededError");
      map.set(key, value);
      Object.defineProperty(own, key, { value, enumerable: true, configurable: true });
    },
    removeItem: (key: string) => {
      map.delete(key);
      delete (own as Record<string, unknown>)[key];
    },
  };
  return own as unknown as Storage; // only what is used here
};

const edited = act(startHistory(emptyDraft), { ...emptyDraft, name: "Mine" }, { label: "Rename", at: 0 });

it("keeps edits and their history over a reload", () => {
  const browser = storage();
  keepDraft(browser, "w1", { etag: '"1"', base: emptyDraft, history: edited });
  const kept = readKept(browser, "w1");
  expect(kept?.etag).toBe('"1"');
  expect(kept?.history.present.name).toBe("Mine");
  expect(kept && undo(kept.history).present).toEqual(emptyDraft);
  forgetKept(browser, "w1");
  expect(readKept(browser, "w1")).toBeUndefined();
});

it("gives up other histories before edits when the browser is full", () => {
  const browser = storage(2500);
  keepDraft(browser, "other", {
    etag: '"1"',
    base: { ...emptyDraft, description: "x".repeat(700) },
    history: startHistory({ ...emptyDraft, description: "y".repeat(700) }),
  });
  keepDraft(browser, "w1", {
    etag: '"2"',
    base: emptyDraft,
    history: startHistory({ ...emptyDraft, description: "z".repeat(1200) }),
  });
  expect(readKept(browser, "other")).toBeUndefined();
  expect(readKept(browser, "w1")?.history.present.description).toHaveLength(1200);
});

it("takes broken text for nothing", () => {
  const browser = storage();
  browser.setItem("workflow-core:draft:w1", "{");
  expect(readKept(browser, "w1")).toBeUndefined();
});
