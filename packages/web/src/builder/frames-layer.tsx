// Loops as frames behind their bodies, computed from where the cards are at this moment.
import { nodeType } from "@workflow-core/core";
import { ViewportPortal } from "@xyflow/react";
import { Repeat } from "lucide-react";
import { memo, useMemo } from "react";
import type { Draft } from "./document.js";
import { type CardNode, sizeOf } from "./flow.js";
import { findFrames, frameBox } from "./frames.js";

const FramesView = ({ draft, nodes }: { draft: Draft; nodes: readonly CardNode[] }) => {
  const frames = useMemo(() => findFrames(draft), [draft]);
  if (frames.length === 0) return null;
  const cards = new Map(nodes.map((each) => [each.id, each]));
  const boxOf = (id: string) => {
    const card = cards.get(id);
    return card && { ...card.position, ...sizeOf(card) };
  };
  return (
    <ViewportPortal>
      {frames.map((frame) => {
        const box = frameBox(frame, frames, boxOf);
        const node = draft.nodes[frame.loop];
        if (!box || !node) return null;
        const { x, y, ...size } = box;
        return (
          <div
            key={frame.loop}
            className="loop-frame"
            style={{ transform: `translate(${x}px, ${y}px)`, ...size }}
            aria-hidden
          >
            <span>
              <Repeat size={12} /> {nodeType(node.node_type)?.label(node.config ?? {}) ?? frame.loop}
            </span>
          </div>
        );
      })}
    </ViewportPortal>
  );
};

export const FramesLayer = memo(FramesView);
