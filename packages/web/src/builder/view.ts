// What is open on the builder's page: panels, palette, dialogs, and where a jump leads.
import { create } from "zustand";
import type { Point } from "./draft.js";

export type LeftPanel = "try" | undefined;
export type RightPanel = "inspector" | "problems" | "versions" | undefined;

export interface PaletteRequest {
  /** Where it opens, in the window. */
  at: Point;
  /** A wire that was dropped, or a port that was clicked. */
  from?: { node: string; port: string };
  /** A connection that the new node goes into. */
  between?: string;
  /** Whether `at` is where the node should be, or only where the palette is. */
  exact: boolean;
}

interface View {
  left: LeftPanel;
  right: RightPanel;
  palette: PaletteRequest | undefined;
  /** The node whose connection is being drawn by keyboard. */
  connecting: string | undefined;
  commands: boolean;
  publishing: boolean;
  shortcuts: boolean;
  /** A field to bring into view, within the inspected node. */
  jump: { node: string; path: string | undefined; count: number } | undefined;
}

export const useView = create<View>(() => ({
  left: undefined,
  right: window.innerWidth > 900 ? "inspector" : undefined,
  palette: undefined,
  connecting: undefined,
  commands: false,
  publishing: false,
  shortcuts: false,
  jump: undefined,
}));

export const show = (change: Partial<View>): void => useView.setState(change);

let jumps = 0;
/** Opens the inspector at a node, and at a field of it. */
export const jumpTo = (node: string, path?: string): void => {
  jumps += 1;
  useView.setState({ right: "inspector", jump: { node, path, count: jumps } });
};
