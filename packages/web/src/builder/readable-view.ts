// Where one looks first: at the whole drawing if its cards can be read then, else at its start.
import type { ReactFlowInstance } from "@xyflow/react";
import { type CardNode, sizeOf, type WireEdge } from "./flow.js";

/** Below this, nobody reads a card without leaning forward. */
const readable = 0.6;
const [margin, below] = [32, 104];
const narrow = (): boolean => window.innerWidth <= 900;

/** Expects the whole to be in view. `focus`: what to begin at instead of the drawing's start. */
export const readableView = async (
  api: ReactFlowInstance<CardNode, WireEdge>,
  focus: readonly string[] = [],
): Promise<void> => {
  const all = api.getNodes();
  if (all.length === 0 || api.getZoom() >= readable) return;
  if (focus.length > 0) {
    await api.fitView({ nodes: focus.map((id) => ({ id })), padding: 0.4, minZoom: 0.5, maxZoom: 0.9 });
    return;
  }
  const zoom = narrow() ? 0.7 : 0.75;
  const first = all.reduce((left, right) => (right.position.x < left.position.x ? right : left));
  const top = Math.min(...all.map(({ position }) => position.y));
  const bottom = Math.max(...all.map((node) => node.position.y + sizeOf(node).height));
  const height = document.querySelector(".react-flow")?.clientHeight ?? window.innerHeight;
  // All of its height in the middle if there is room; on a phone above the panel that opens from below.
  const fits = !narrow() && (bottom - top) * zoom < height - 2 * margin;
  const y = fits ? height / 2 - ((top + bottom) / 2) * zoom : below - first.position.y * zoom;
  await api.setViewport({ x: margin - first.position.x * zoom, y, zoom });
};
