// Undo as a list of documents. One act of a person is one entry; typing in one field is one act until something else
// is done or a pause is made.
import type { Draft } from "./document.js";

export interface History {
  past: readonly Entry[];
  present: Draft;
  future: readonly Entry[];
  /** What the present came from, so that the next act of the same kind may join it. */
  last: { merge: string; at: number } | undefined;
}

export interface Entry {
  /** What the act that left this document was, for the tooltip of undo. */
  label: string;
  draft: Draft;
}

const longest = 200;
/** Milliseconds after which typing in the same field is a new act. */
const pause = 2000;

export const startHistory = (present: Draft): History => ({ past: [], present, future: [], last: undefined });

export interface Act {
  label: string;
  /** Acts with the same word in a row are one: a field being typed in, a node being nudged. */
  merge?: string | undefined;
  /** Milliseconds since 1970. */
  at: number;
}

/** The history after an act; unchanged when the act changed nothing. */
export const act = (history: History, draft: Draft, { label, merge, at }: Act): History => {
  if (draft === history.present) return history;
  const last = merge === undefined ? undefined : { merge, at };
  const joins = merge !== undefined && history.last?.merge === merge && at - history.last.at < pause;
  if (joins) return { past: history.past, present: draft, future: [], last };
  return {
    past: [...history.past, { label, draft: history.present }].slice(-longest),
    present: draft,
    future: [],
    last,
  };
};

export const undo = (history: History): History => {
  const entry = history.past.at(-1);
  if (!entry) return history;
  return {
    past: history.past.slice(0, -1),
    present: entry.draft,
    future: [{ label: entry.label, draft: history.present }, ...history.future],
    last: undefined,
  };
};

/** Whether a document is one that this history has been through: an edit that was saved although no answer came back. */
export const hasBeen = (history: History, draft: Draft, same: (left: Draft, right: Draft) => boolean): boolean =>
  same(history.present, draft) || history.past.some((entry) => same(entry.draft, draft));

export const redo = (history: History): History => {
  const [entry, ...future] = history.future;
  if (!entry) return history;
  return {
    past: [...history.past, { label: entry.label, draft: history.present }],
    present: entry.draft,
    future,
    last: undefined,
  };
};
