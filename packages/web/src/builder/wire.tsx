// One connection on the canvas: a curve, its condition if it has one, and a button to put a node into it.
import { BaseEdge, EdgeLabelRenderer, type EdgeProps, getBezierPath, getSmoothStepPath } from "@xyflow/react";
import { Plus } from "lucide-react";
import { memo, useEffect, useRef, useState } from "react";
import type { WireEdge } from "./flow.js";
import { useSkin } from "./skin.js";
import { show } from "./view.js";

/** True while the pointer is on the wire or its label, and a moment longer, to get from one to the other. */
const useHover = (): [boolean, (on: boolean) => void] => {
  const [hovered, setHovered] = useState(false);
  const timer = useRef<number>(undefined);
  useEffect(() => () => window.clearTimeout(timer.current), []);
  const hover = (on: boolean) => {
    window.clearTimeout(timer.current);
    if (on) setHovered(true);
    else timer.current = window.setTimeout(() => setHovered(false), 250);
  };
  return [hovered, hover];
};

/**
 * What leads back goes around the cards instead of through them: to a lower row between the rows, as into the body of a
 * loop; elsewhere below the card it comes from, as at the body's end.
 */
const wayBack = (ends: Parameters<typeof getSmoothStepPath>[0]) => {
  const between = ends.targetY - ends.sourceY > 64;
  const centerY = between ? (ends.sourceY + ends.targetY) / 2 : Math.max(ends.sourceY, ends.targetY) + 88;
  return getSmoothStepPath({ ...ends, borderRadius: 16, offset: 20, centerY });
};

const WireView = (props: EdgeProps<WireEdge>) => {
  const { id, sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, data, selected, source, target } =
    props;
  const ends = { sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition };
  const [path, x, y] = targetX < sourceX ? wayBack(ends) : getBezierPath(ends);
  const [hovered, hover] = useHover();
  const lit = useSkin(({ states }) => {
    const [from, to] = [states[source]?.status, states[target]?.status];
    return (
      from !== undefined &&
      from !== "pending" &&
      from !== "skipped" &&
      to !== undefined &&
      to !== "pending" &&
      to !== "skipped"
    );
  });
  const classes = [
    "wire",
    selected ? "selected" : "",
    lit ? "lit" : "",
    data?.enabled === false ? "off" : "",
    data?.port === "error" ? "error" : "",
  ];
  const shown = data?.condition !== undefined || selected || hovered;
  return (
    <>
      <g onPointerEnter={() => hover(true)} onPointerLeave={() => hover(false)}>
        <BaseEdge id={id} path={path} className={classes.join(" ")} interactionWidth={22} />
      </g>
      {shown && (
        <EdgeLabelRenderer>
          <div
            className={`wire-label nodrag nopan${selected || hovered ? " near" : ""}`}
            style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}
            onPointerEnter={() => hover(true)}
            onPointerLeave={() => hover(false)}
          >
            {data?.condition && <span className="wire-condition">{data.condition}</span>}
            {data?.editable === true && (
              <button
                type="button"
                className="wire-add"
                tabIndex={-1}
                aria-label={`Add a node between ${source} and ${target}`}
                onClick={(event) =>
                  show({ palette: { at: { x: event.clientX, y: event.clientY }, between: id, exact: true } })
                }
              >
                <Plus size={12} aria-hidden />
              </button>
            )}
          </div>
        </EdgeLabelRenderer>
      )}
    </>
  );
};

export const Wire = memo(WireView);
