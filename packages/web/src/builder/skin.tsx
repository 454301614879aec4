// What cards show beside the document: problems, states of an execution, differences. Kept apart from the document so
// that one card is drawn again when its own state changes, and the same canvas serves builder, executions and diffs.
import type { NodeStatus, Problem } from "@workflow-core/core";
import { createContext, useContext } from "react";
import { createStore, type StoreApi, useStore } from "zustand";
import type { Change } from "./diff.js";

export interface CardState {
  status: NodeStatus;
  visits: number;
  /** A retry or failure in a word. */
  note?: string | undefined;
}

export interface Skin {
  states: Readonly<Record<string, CardState>>;
  problems: Readonly<Record<string, readonly Problem[]>>;
  changes: Readonly<Record<string, Change>>;
  /** Nodes whose answers are pinned in the try panel. */
  pinned: Readonly<Record<string, unknown>>;
}

export type SkinStore = StoreApi<Skin>;

export const createSkin = (skin: Partial<Skin> = {}): SkinStore =>
  createStore<Skin>(() => ({ states: {}, problems: {}, changes: {}, pinned: {}, ...skin }));

export const SkinContext = createContext<SkinStore>(createSkin());

export const useSkin = <T,>(read: (skin: Skin) => T): T => useStore(useContext(SkinContext), read);
