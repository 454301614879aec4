// One node on the canvas: what it is, what it does with its config, its ports by name, its problems and its state.

import { nodeIcons } from "virtual:node-icons";
import { type NodeType, nodeType } from "@workflow-core/core";
import { Handle, type NodeProps, Position } from "@xyflow/react";
import {
  Ban,
  Check,
  CircleAlert,
  CircleHelp,
  Clock,
  LoaderCircle,
  type LucideIcon,
  Pin,
  RotateCcw,
  Square,
  StickyNote,
  TriangleAlert,
  X,
} from "lucide-react";
import { type MouseEvent, memo, useContext } from "react";
import { FarContext } from "./far.js";
import { type CardNode, inputHandle } from "./flow.js";
import type { Port } from "./ports.js";
import { type CardState, useSkin } from "./skin.js";
import { show } from "./view.js";
import "./card.css";

export const NodeIcon = ({ type, size = 16 }: { type: NodeType | undefined; size?: number }) => {
  const Icon = (type && nodeIcons[type.icon]) ?? CircleHelp;
  return (
    <span className={`node-icon ${type?.category ?? "unknown"}`} aria-hidden>
      <Icon size={size} />
    </span>
  );
};

const sentence = (type: NodeType | undefined, name: string, config: Record<string, unknown>): string => {
  if (!type) return `There is no node type “${name}”.`;
  try {
    return type.label(config);
  } catch {
    return type.summary;
  }
};

const stateIcons: Record<string, LucideIcon> = {
  completed: Check,
  failed: X,
  running: LoaderCircle,
  waiting: Clock,
  skipped: Ban,
  cancelled: Square,
};

const StateBadge = ({ state }: { state: CardState }) => {
  const Icon = state.note === "retry" ? RotateCcw : stateIcons[state.status];
  if (!Icon) return null;
  return (
    <span
      className={`card-state ${state.status}`}
      title={`${state.status}${state.visits > 1 ? `, ${state.visits} times` : ""}`}
    >
      <Icon size={12} strokeWidth={2.5} aria-hidden />
      <span className="hidden-visually">{state.status}</span>
      {state.visits > 1 && <span>×{state.visits}</span>}
    </span>
  );
};

const ProblemBadge = ({ id }: { id: string }) => {
  const problems = useSkin((skin) => skin.problems[id]);
  if (!problems || problems.length === 0) return null;
  const errors = problems.filter(({ severity }) => severity === "error").length;
  if (errors === 0) {
    return (
      <span className="card-problem warn" title={problems.map(({ message }) => message).join("\n")}>
        <TriangleAlert size={13} aria-label={`${problems.length} warnings`} />
      </span>
    );
  }
  return (
    <span className="card-problem bad" title={problems.map(({ message }) => message).join("\n")}>
      <CircleAlert size={14} aria-label={`${errors} problems`} />
    </span>
  );
};

const PortRow = ({ id, port, single }: { id: string; port: Port; single: boolean }) => {
  const open = (event: MouseEvent) => {
    event.stopPropagation();
    show({
      palette: { at: { x: event.clientX, y: event.clientY }, from: { node: id, port: port.name }, exact: false },
    });
  };
  return (
    <div
      className={`port${port.stale ? " stale" : ""}${port.spare ? " spare" : ""}${port.name === "error" ? " error" : ""}`}
    >
      {!single && (
        <span title={port.sentence || "The node has no such port"}>{port.spare ? "new branch" : port.name}</span>
      )}
      <Handle
        type="source"
        position={Position.Right}
        id={port.name}
        title={`${port.name}: ${port.sentence} – drag to connect, click to add`}
        onClick={open}
      />
    </div>
  );
};

const CardView = ({ id, data, selected, isConnectable, height }: NodeProps<CardNode>) => {
  const { node, ports } = data;
  const type = nodeType(node.node_type);
  const state = useSkin((skin) => skin.states[id]);
  const change = useSkin((skin) => skin.changes[id]);
  const pinned = useSkin((skin) => Object.hasOwn(skin.pinned, id));
  const classes = [
    "node-card",
    type?.category ?? "unknown",
    selected ? "selected" : "",
    node.enabled === false ? "off" : "",
  ];
  const far = useContext(FarContext);
  // As high as before: what React Flow has measured, the places of the ports among it, still holds.
  if (far && height !== undefined)
    return (
      <div
        className={[...classes, "distant"].join(" ")}
        style={{ height }}
        data-state={state?.status}
        data-change={change}
      >
        <NodeIcon type={type} size={28} />
        <span className="card-title" dir="auto">
          {node.label || type?.title || node.node_type}
        </span>
        <ProblemBadge id={id} />
      </div>
    );
  const single = ports.length === 1 && ports[0]?.name === "output";
  return (
    <div className={classes.join(" ")} data-state={state?.status} data-change={change}>
      {type?.behaviour !== "trigger" && (
        <Handle type="target" position={Position.Left} id={inputHandle} isConnectable={isConnectable} />
      )}
      <div className="card-head">
        <NodeIcon type={type} />
        <span className="card-title clip" dir="auto">
          {node.label || type?.title || node.node_type}
        </span>
        {pinned && <Pin size={12} aria-label="Answer is pinned" />}
        <ProblemBadge id={id} />
        {state && <StateBadge state={state} />}
      </div>
      <p className="card-text" dir="auto">
        {sentence(type, node.node_type, node.config ?? {})}
      </p>
      {ports.length > 0 && (
        <div className={single ? "ports single" : "ports"}>
          {ports.map((port) => (
            <PortRow key={port.name} id={id} port={port} single={single} />
          ))}
        </div>
      )}
      {node.notes && (
        <p className="card-note" dir="auto">
          <StickyNote size={12} aria-hidden /> {node.notes}
        </p>
      )}
    </div>
  );
};

export const Card = memo(CardView);
