import { expect, it } from "vitest";
import { addNode, sameDraft } from "./document.js";
import { emptyDraft } from "./draft.js";
import { act, hasBeen, redo, startHistory, undo } from "./history.js";

const named = (name: string) => ({ ...emptyDraft, name });

it("undoes and redoes act by act", () => {
  const [first] = addNode(emptyDraft, "flow_end", { x: 0, y: 0 });
  let history = act(startHistory(emptyDraft), first, { label: "Add End", at: 0 });
  history = act(history, { ...first, name: "x" }, { label: "Rename", at: 1 });
  const back = undo(undo(history));
  expect(back.present).toBe(emptyDraft);
  expect(back.future.map(({ label }) => label)).toEqual(["Add End", "Rename"]);
  const again = redo(redo(back));
  expect(again.present).toBe(history.present);
  expect(redo(again)).toBe(again);
});

it("makes typing in one field one step, until a pause", () => {
  let history = startHistory(emptyDraft);
  history = act(history, named("a"), { label: "Rename", merge: "name", at: 0 });
  history = act(history, named("ab"), { label: "Rename", merge: "name", at: 500 });
  expect(history.past).toHaveLength(1);
  history = act(history, named("abc"), { label: "Rename", merge: "name", at: 9000 });
  expect(history.past).toHaveLength(2);
  history = act(history, named("abcd"), { label: "Other", merge: "other", at: 9100 });
  expect(history.past).toHaveLength(3);
  expect(undo(history).present.name).toBe("abc");
});

it("does not join what was undone", () => {
  let history = act(startHistory(emptyDraft), named("a"), { label: "Rename", merge: "name", at: 0 });
  history = act(undo(history), named("b"), { label: "Rename", merge: "name", at: 10 });
  expect(history.past).toHaveLength(1);
  expect(undo(history).present).toBe(emptyDraft);
});

it("forgets the future after a new act, and changes nothing for an act that changes nothing", () => {
  const history = act(startHistory(emptyDraft), named("a"), { label: "Rename", at: 0 });
  expect(act(undo(history), named("b"), { label: "Rename", at: 1 }).future).toEqual([]);
  expect(act(history, history.present, { label: "Nothing", at: 2 })).toBe(history);
});

it("knows the documents that it has been through", () => {
  const history = act(act(startHistory(emptyDraft), named("a"), { label: "1", at: 0 }), named("b"), {
    label: "2",
    at: 1,
  });
  expect(["Untitled", "a", "b", "c"].map((name) => hasBeen(history, named(name), sameDraft))).toEqual([
    true,
    true,
    true,
    false,
  ]);
});
