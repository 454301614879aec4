// The canvas: shows a draft and tells what people do on it. The builder, executions and diffs all use it.
import {
  Background,
  BackgroundVariant,
  type FinalConnectionState,
  MiniMap,
  ReactFlow,
  type ReactFlowInstance,
  SelectionMode,
} from "@xyflow/react";
import "@xyflow/react/dist/base.css";
import { type DragEvent, type MouseEvent, useEffect, useMemo, useRef, useState } from "react";
import { Card } from "./card.js";
import type { Draft, Point } from "./document.js";
import { FarContext, farBelow } from "./far.js";
import {
  type CardNode,
  readConnection,
  readEdgeChanges,
  readNodeChanges,
  toEdges,
  toNodes,
  type WireEdge,
} from "./flow.js";
import { FramesLayer } from "./frames-layer.js";
import { readableView } from "./readable-view.js";
import type { Selection } from "./store.js";
import { Wire } from "./wire.js";
import "./canvas.css";

const nodeTypes = { card: Card };
const edgeTypes = { wire: Wire };
const grid: [number, number] = [8, 8];
const fit = { padding: 0.08, maxZoom: 1 };
/** Fingers pan where a mouse selects, and a tap opens what a double click opens. */
const touch = window.matchMedia("(pointer: coarse)").matches;
const proOptions = { hideAttribution: true };

export type FlowApi = ReactFlowInstance<CardNode, WireEdge>;

export interface CanvasActs {
  onMove?: (positions: Record<string, Point>) => void;
  onSelect?: (nodes: readonly string[], connections: readonly string[]) => void;
  onConnect?: (from: string, port: string, to: string) => void;
  /** A wire was dropped where nothing is. */
  onWireDropped?: (from: { node: string; port: string }, at: Point) => void;
  /** A single node was dropped on a wire. */
  onSplice?: (node: string, connection: string) => void;
  onPaneDoubleClick?: (at: Point) => void;
  onOpen?: (node: string) => void;
  onFiles?: (files: FileList, at: Point) => void;
}

interface Props extends CanvasActs {
  draft: Draft;
  selection: Selection;
  readOnly?: boolean;
  onReady?: (api: FlowApi) => void;
  /** Nodes to begin at, where the whole is too much. */
  focus?: readonly string[] | undefined;
  label: string;
}

/** The connection whose wire lies under a point of the window. */
const wireUnder = ({ x, y }: Point): string | undefined => {
  for (const element of document.elementsFromPoint(x, y)) {
    const id = element.closest(".react-flow__edge")?.getAttribute("data-id");
    if (id) return id;
  }
  return undefined;
};

const middleOf = (id: string): Point | undefined => {
  const box = document.querySelector(`.react-flow__node[data-id="${CSS.escape(id)}"]`)?.getBoundingClientRect();
  return box && { x: box.x + box.width / 2, y: box.y + box.height / 2 };
};

const pointOf = (event: globalThis.MouseEvent | TouchEvent): Point => {
  const touch = "changedTouches" in event ? event.changedTouches[0] : event;
  return { x: touch?.clientX ?? 0, y: touch?.clientY ?? 0 };
};

export const Canvas = ({ draft, selection, readOnly = false, onReady, focus = [], label, ...acts }: Props) => {
  const [nodes, setNodes] = useState<CardNode[]>(() => toNodes(draft, selection, [], readOnly));
  const edges = useMemo(() => toEdges(draft, selection, readOnly), [draft, selection, readOnly]);
  const wrapper = useRef<HTMLDivElement>(null);
  // Of large drawings only what is in view is drawn, and the overview rests while something moves; from far away all
  // is in view, so looking for what is would cost more than it saves.
  const large = nodes.length > 150;
  const [far, setFar] = useState(false);
  const [busy, setBusy] = useState(false);
  const resting = useRef<number>(undefined);
  const stir = () => {
    window.clearTimeout(resting.current);
    setBusy(large);
  };
  const rest = () => {
    window.clearTimeout(resting.current);
    resting.current = window.setTimeout(() => {
      wrapper.current?.classList.remove("moving");
      setBusy(false);
    }, 400);
  };
  const latest = useRef(nodes);
  latest.current = nodes;
  useEffect(() => setNodes((before) => toNodes(draft, selection, before, readOnly)), [draft, selection, readOnly]);

  const onDragStop = (_event: unknown, node: CardNode, dragged: CardNode[]) => {
    rest();
    if (dragged.length !== 1 || node.data.wired !== "") return;
    if (draft.connections.some(({ to_node_id }) => to_node_id === node.id)) return;
    const middle = middleOf(node.id);
    const wire = middle && wireUnder(middle);
    if (wire) acts.onSplice?.(node.id, wire);
  };
  const onConnectEnd = (event: globalThis.MouseEvent | TouchEvent, state: FinalConnectionState) => {
    if (state.isValid || !state.fromHandle || state.toHandle || state.fromHandle.type !== "source") return;
    const at = pointOf(event);
    // A click on a port is not a dropped wire; the port itself answers it.
    const start = state.from;
    if (start && state.to && Math.hypot(start.x - state.to.x, start.y - state.to.y) < 12) return;
    acts.onWireDropped?.({ node: state.fromHandle.nodeId, port: state.fromHandle.id ?? "output" }, at);
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a canvas takes double clicks and files; every act has a key as well
    <div
      ref={wrapper}
      className={`canvas${readOnly ? " read-only" : ""}${far ? " far" : ""}`}
      tabIndex={-1}
      onDoubleClick={(event: MouseEvent) => {
        if ((event.target as Element).classList.contains("react-flow__pane"))
          acts.onPaneDoubleClick?.({ x: event.clientX, y: event.clientY });
      }}
      onFocus={(event) => {
        const id = event.target.getAttribute("data-id");
        if (
          id &&
          event.target.classList.contains("react-flow__node") &&
          event.target.matches(":focus-visible") &&
          !selection.nodes.includes(id)
        )
          acts.onSelect?.([id], []);
      }}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event: DragEvent) => {
        event.preventDefault();
        if (event.dataTransfer.files.length > 0)
          acts.onFiles?.(event.dataTransfer.files, { x: event.clientX, y: event.clientY });
      }}
    >
      <FarContext.Provider value={far}>
        <ReactFlow<CardNode, WireEdge>
          nodes={nodes}
          edges={edges}
          nodeTypes={nodeTypes}
          edgeTypes={edgeTypes}
          aria-label={label}
          onInit={(api) => {
            window.setTimeout(() => void readableView(api, focus), 60);
            onReady?.(api);
          }}
          onNodesChange={(changes) => {
            const read = readNodeChanges(changes, latest.current, selection);
            latest.current = read.nodes;
            setNodes(read.nodes);
            if (read.moved) acts.onMove?.(read.moved);
            if (read.selected) acts.onSelect?.(read.selected, selection.connections);
          }}
          onEdgesChange={(changes) => {
            const connections = readEdgeChanges(changes, selection);
            if (connections) acts.onSelect?.(selection.nodes, connections);
          }}
          onConnect={(connection) => {
            const { from, port, to } = readConnection(connection);
            acts.onConnect?.(from, port, to);
          }}
          onConnectEnd={onConnectEnd}
          onNodeDragStop={onDragStop}
          onMoveStart={() => {
            wrapper.current?.classList.add("moving");
            stir();
          }}
          onMove={(_event, { zoom }) => setFar(zoom < farBelow)}
          onMoveEnd={rest}
          onNodeDragStart={stir}
          onNodeClick={(_event, { id }) => touch && acts.onOpen?.(id)}
          onNodeDoubleClick={(_event, { id }) => acts.onOpen?.(id)}
          nodesDraggable={!readOnly}
          nodesConnectable={!readOnly}
          edgesReconnectable={false}
          connectOnClick={false}
          connectionRadius={28}
          snapToGrid
          snapGrid={grid}
          fitView
          fitViewOptions={fit}
          minZoom={0.1}
          maxZoom={2}
          panOnScroll
          selectionOnDrag={!readOnly && !touch}
          panOnDrag={readOnly || touch ? true : [1, 2]}
          selectionMode={SelectionMode.Partial}
          multiSelectionKeyCode={["Shift", "Meta", "Control"]}
          selectionKeyCode={null}
          deleteKeyCode={null}
          zoomOnDoubleClick={false}
          elevateEdgesOnSelect
          onlyRenderVisibleElements={large && !far}
          proOptions={proOptions}
        >
          <Background variant={BackgroundVariant.Dots} gap={24} size={1.4} color="var(--dot)" />
          <FramesLayer draft={draft} nodes={nodes} />
          {nodes.length > 3 && !busy && (
            <MiniMap
              pannable
              zoomable
              style={{ width: 144, height: 88 }}
              position="bottom-right"
              ariaLabel="Overview"
              nodeColor="var(--wire)"
              maskColor="color-mix(in srgb, var(--page) 70%, transparent)"
            />
          )}
        </ReactFlow>
      </FarContext.Provider>
    </div>
  );
};
