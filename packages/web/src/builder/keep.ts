// Edits and their history outlive the page: kept in the browser per workflow until the server has them, and the
// history beyond that. What does not fit is dropped from its oldest end.
import type { Draft } from "./document.js";
import type { Entry, History } from "./history.js";

export interface Kept {
  /** The server's version that the edits stand on. */
  etag: string;
  base: Draft;
  history: History;
}

const key = (workflowId: string) => `workflow-core:draft:${workflowId}`;
const mostCharacters = 1_500_000;

const newest = (entries: readonly Entry[], room: number): Entry[] => {
  const kept: Entry[] = [];
  let left = room;
  for (const entry of [...entries].reverse()) {
    left -= JSON.stringify(entry).length;
    if (left < 0) break;
    kept.unshift(entry);
  }
  return kept;
};

export const keepDraft = (storage: Storage, workflowId: string, { etag, base, history }: Kept): void => {
  const room = mostCharacters - JSON.stringify(history.present).length - JSON.stringify(base).length;
  const past = newest(history.past, room);
  const value = JSON.stringify({
    etag,
    base,
    history: { past, present: history.present, future: [], last: undefined },
  });
  try {
    storage.setItem(key(workflowId), value);
  } catch {
    // Full: other drafts' histories are worth less than these edits.
    forgetOthers(storage, workflowId);
    try {
      storage.setItem(key(workflowId), JSON.stringify({ etag, base, history: { ...history, past: [], future: [] } }));
    } catch {
      // Nothing can be kept here; the edits are still on the page.
    }
  }
};

const forgetOthers = (storage: Storage, workflowId: string): void => {
  for (const name of Object.keys(storage))
    if (name.startsWith("workflow-core:draft:") && name !== key(workflowId)) storage.removeItem(name);
};

export const readKept = (storage: Storage, workflowId: string): Kept | undefined => {
  try {
    const text = storage.getItem(key(workflowId));
    if (text === null) return undefined;
    const kept = JSON.parse(text) as Kept; // our own words, written above
    return kept.history?.present && kept.base ? kept : undefined;
  } catch {
    return undefined;
  }
};

export const forgetKept = (storage: Storage, workflowId: string): void => storage.removeItem(key(workflowId));
