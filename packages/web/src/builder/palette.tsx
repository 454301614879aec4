// The palette: search first, opens where the pointer or the wire is, shows first what fits there.

import { nodeType } from "@workflow-core/core";
import { Picker } from "../ui/picker.js";
import { addFromPalette, focusCanvas, placeOf, recentTypes } from "./acts.js";
import { NodeIcon } from "./card.js";
import { rankTypes } from "./rank.js";
import { show, useView } from "./view.js";

const categories: Record<string, string> = {
  trigger: "Start",
  condition: "Decide",
  action: "Do",
  data: "Data",
  loop: "Repeat",
  flow: "Flow",
};

const width = 340;
const height = 420;

export const Palette = () => {
  const request = useView((view) => view.palette);
  if (!request) return null;
  const place = placeOf(request);
  const recent = recentTypes();
  const close = () => {
    show({ palette: undefined });
    focusCanvas();
  };
  const left = Math.max(8, Math.min(request.at.x + 8, window.innerWidth - width - 8));
  const top = Math.max(8, Math.min(request.at.y - 20, window.innerHeight - height - 8));
  const label = request.from
    ? `What comes after ${request.from.node}`
    : request.between
      ? "Put a node into the connection"
      : "Add a node";
  return (
    <>
      <div className="overlay-back" onPointerDown={close} />
      <div
        className="overlay"
        role="dialog"
        aria-label={label}
        style={{ left, top, width: Math.min(width, window.innerWidth - 16), maxHeight: height }}
      >
        <Picker
          label={label}
          placeholder={request.from ? "Then…" : "Search for a node…"}
          empty="No node type fits these words."
          onClose={close}
          onChoose={(id) => addFromPalette(request, id)}
          find={(text) =>
            rankTypes(text, place, recent).map(({ type, title, summary, category }) => ({
              id: type,
              label: title,
              detail: summary,
              icon: <NodeIcon type={nodeType(type)} />,
              ...(text.trim() === "" ? { group: categories[category] ?? category } : {}),
            }))
          }
        />
      </div>
    </>
  );
};
