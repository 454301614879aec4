// What the builder knows: the workflow as the server has it, the history of edits on top of it, what is selected.
// Everything on the page edits through `edit`, so that every act can be undone.
import { create } from "zustand";
import type { Workflow } from "../api/types.js";
import type { Loaded } from "../api/workflows.js";
import { type Draft, sameDraft } from "./document.js";
import { draftOf, emptyDraft } from "./draft.js";
import { act, type History, hasBeen, redo, startHistory, undo } from "./history.js";
import { readKept } from "./keep.js";

export type SaveState = "saved" | "waiting" | "saving" | "offline" | "conflict" | "refused";

export interface Selection {
  nodes: readonly string[];
  connections: readonly string[];
}

interface Builder {
  workflow: Workflow | undefined;
  etag: string;
  /** What the server has, as far as this page knows. */
  base: Draft;
  history: History;
  selection: Selection;
  save: SaveState;
  saveProblem: string | undefined;
  /** In a conflict: what the server has meanwhile. */
  theirs: Loaded | undefined;
}

const nothing: Selection = { nodes: [], connections: [] };

export const useBuilder = create<Builder>(() => ({
  workflow: undefined,
  etag: "",
  base: emptyDraft,
  history: startHistory(emptyDraft),
  selection: nothing,
  save: "saved",
  saveProblem: undefined,
  theirs: undefined,
}));

export const currentDraft = (): Draft => useBuilder.getState().history.present;
export const useDraft = (): Draft => useBuilder((state) => state.history.present);

/** Opens a workflow; edits that this browser kept are taken up again, and a clash with newer edits is said. */
export const openWorkflow = (loaded: Loaded): void => {
  const server = draftOf(loaded.workflow);
  const kept = readKept(localStorage, loaded.workflow.workflow_id);
  const common = { workflow: loaded.workflow, selection: nothing, saveProblem: undefined };
  const unsaved = kept && !sameDraft(kept.history.present, kept.base);
  if (!kept || (!unsaved && kept.etag !== loaded.etag))
    useBuilder.setState({
      ...common,
      etag: loaded.etag,
      base: server,
      history: startHistory(server),
      save: "saved",
      theirs: undefined,
    });
  else if (kept.etag === loaded.etag || sameDraft(kept.base, server) || hasBeen(kept.history, server, sameDraft))
    useBuilder.setState({
      ...common,
      etag: loaded.etag,
      base: server,
      history: kept.history,
      save: sameDraft(kept.history.present, server) ? "saved" : "waiting",
      theirs: undefined,
    });
  else
    useBuilder.setState({
      ...common,
      etag: kept.etag,
      base: kept.base,
      history: kept.history,
      save: "conflict",
      theirs: loaded,
    });
};

/** One act of a person. `merge`: acts with the same word in a row are one step of undo. */
export const edit = (label: string, change: (draft: Draft) => Draft, merge?: string): void => {
  const { history } = useBuilder.getState();
  const next = act(history, change(history.present), { label, merge, at: Date.now() });
  if (next !== history) useBuilder.setState({ history: next });
};

/** Keeps only what is still there. */
const pruned = (selection: Selection, draft: Draft): Selection => ({
  nodes: selection.nodes.filter((id) => Object.hasOwn(draft.nodes, id)),
  connections: selection.connections,
});

const step = (move: (history: History) => History): void =>
  useBuilder.setState(({ history, selection }) => {
    const next = move(history);
    return { history: next, selection: pruned(selection, next.present) };
  });

export const undoEdit = (): void => step(undo);
export const redoEdit = (): void => step(redo);

export const select = (nodes: readonly string[], connections: readonly string[] = []): void =>
  useBuilder.setState({ selection: { nodes, connections } });
