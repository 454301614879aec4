// What people do in the builder, each one act of the history. Menus, keys, the pointer and the command list all come
// here.

import { type NodeType, nodeType } from "@workflow-core/core";
import { toast } from "../ui/toast.js";
import type { FlowApi } from "./canvas.js";
import { copyText, paste, readClip } from "./clipboard.js";
import * as edits from "./document.js";
import type { Point } from "./draft.js";
import { sizeOf } from "./flow.js";
import { loopOf } from "./frames.js";
import { outputPorts } from "./ports.js";
import type { PlaceForNode } from "./rank.js";
import { readableView } from "./readable-view.js";
import { currentDraft, edit, redoEdit, select, undoEdit, useBuilder } from "./store.js";
import { type PaletteRequest, show } from "./view.js";

let flow: FlowApi | undefined;
let pointer: Point | undefined;

export const setFlowApi = (api: FlowApi | undefined): void => {
  flow = api;
};

/** Where the pointer was last over the canvas; undefined when it is elsewhere. */
export const notePointer = (at: Point | undefined): void => {
  pointer = at;
};

const canvasMiddle = (): Point => {
  const box = document.querySelector(".canvas")?.getBoundingClientRect();
  return box ? { x: box.x + box.width / 2, y: box.y + box.height / 2 } : { x: 400, y: 300 };
};
const toCanvas = (at: Point): Point => flow?.screenToFlowPosition(at) ?? at;
const selectedNodes = (): readonly string[] => useBuilder.getState().selection.nodes;

/** Moves a point down until no card is in its way. */
const freeSpot = (at: Point): Point => {
  const boxes = (flow?.getNodes() ?? []).map((node) => ({ ...node.position, ...sizeOf(node) }));
  let { y } = at;
  for (let tries = 0; tries < 50; tries += 1) {
    const hit = boxes.find(
      (box) => at.x < box.x + box.width + 16 && at.x + 256 > box.x && y < box.y + box.height + 16 && y + 112 > box.y,
    );
    if (!hit) break;
    y = hit.y + hit.height + 24;
  }
  return { x: at.x, y };
};

const behind = (node: string): Point => {
  const card = flow?.getNode(node);
  const at = card?.position ?? currentDraft().nodes[node]?.position ?? { x: 0, y: 0 };
  return freeSpot({ x: at.x + (card?.measured?.width ?? 240) + 72, y: at.y });
};

/** The first port of a node that nothing leaves yet. */
const freePort = (id: string): string | undefined => {
  const draft = currentDraft();
  const node = draft.nodes[id];
  if (!node) return undefined;
  const leaving = draft.connections.filter(({ from_node_id }) => from_node_id === id);
  const wired = new Set(leaving.map(edits.portOf));
  const ports = Object.keys(outputPorts(node, leaving));
  return ports.find((name) => !wired.has(name) && name !== "error") ?? ports.find((name) => !wired.has(name));
};

/** Opens the palette where the pointer is, or behind the one node that is selected. */
export const openPalette = (): void => {
  const [only, ...others] = selectedNodes();
  const port = only !== undefined && others.length === 0 ? freePort(only) : undefined;
  const from = only !== undefined && port !== undefined ? { node: only, port } : undefined;
  show({
    palette: {
      at: pointer ?? canvasMiddle(),
      ...(from ? { from } : {}),
      exact: from === undefined && pointer !== undefined,
    },
  });
};

/** What the palette should know about the place of a request. */
export const placeOf = (request: PaletteRequest): PlaceForNode => {
  const draft = currentDraft();
  const triggers = Object.values(draft.nodes).some(({ node_type }) => nodeType(node_type)?.behaviour === "trigger");
  const between = draft.connections.find((each, index) => edits.connectionName(each, index) === request.between);
  const near = request.from?.node ?? between?.from_node_id;
  const node = near === undefined ? undefined : draft.nodes[near];
  const port = request.from?.port ?? (between && edits.portOf(between)) ?? "output";
  const insideLoop = near !== undefined && (loopOf(draft).get(near)?.loop !== undefined || port === "loop_body");
  const from = request.from && node ? { type: node.node_type, port } : undefined;
  return { from, between: between !== undefined, insideLoop, hasTrigger: triggers };
};

/** A config to begin with: what the type needs first, taken from nothing but its own fields. */
const firstConfig = (type: NodeType): Record<string, never> | Record<string, string> => {
  const needed = Object.entries(type.config).find(([, field]) => !field.optional && field.choices);
  return needed?.[1].choices?.[0] === undefined ? {} : { [needed[0]]: needed[1].choices[0] };
};

/** Adds what was chosen in the palette. */
export const addFromPalette = (request: PaletteRequest, typeName: string): void => {
  const type = nodeType(typeName);
  if (!type) return;
  const { from, between, exact } = request;
  const here = toCanvas(request.at);
  const at = exact
    ? { x: here.x - (from || between ? 0 : 120), y: here.y - 24 }
    : from
      ? behind(from.node)
      : freeSpot({ x: here.x - 120, y: here.y - 24 });
  const snapped = { x: Math.round(at.x / 8) * 8, y: Math.round(at.y / 8) * 8 };
  let id = "";
  edit(`Add ${type.title}`, (draft) => {
    const [added, fresh] = edits.addNode(draft, typeName, snapped, firstConfig(type));
    id = fresh;
    if (from) return edits.connect(added, from.node, from.port, fresh);
    return between === undefined ? added : edits.splice(added, between, fresh);
  });
  remember(typeName);
  show({ palette: undefined, ...(window.innerWidth > 900 ? { right: "inspector" } : {}) });
  select([id]);
  focusNode(id);
  if (!exact) window.setTimeout(() => bringIntoView(id), 80);
};

/** Moves the canvas when a card is not seen whole on it, as on a phone where the next one is beside the screen. */
const bringIntoView = (id: string): void => {
  const card = cardOf(id)?.getBoundingClientRect();
  const canvas = document.querySelector(".canvas")?.getBoundingClientRect();
  if (!flow || !card || !canvas) return;
  const across = card.left >= canvas.left && card.right <= canvas.right;
  if (across && card.top >= canvas.top && card.bottom <= canvas.bottom) return;
  const middle = toCanvas({ x: (card.left + card.right) / 2, y: (card.top + card.bottom) / 2 });
  void flow.setCenter(middle.x, middle.y, { zoom: flow.getZoom(), duration: 200 });
};

const recentKey = "workflow-core:recent-types";
export const recentTypes = (): string[] => JSON.parse(localStorage.getItem(recentKey) ?? "[]") as string[];
const remember = (type: string): void =>
  localStorage.setItem(recentKey, JSON.stringify([type, ...recentTypes().filter((each) => each !== type)].slice(0, 6)));

const cardOf = (id: string): HTMLElement | null =>
  document.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(id)}"]`);

/** Puts the keyboard on a card. */
export const focusNode = (id: string): void => {
  window.setTimeout(() => cardOf(id)?.focus(), 60);
};

export const focusCanvas = (): void => document.querySelector<HTMLElement>(".canvas")?.focus();

export const removeSelection = (): void => {
  const { nodes, connections } = useBuilder.getState().selection;
  if (nodes.length + connections.length === 0) return;
  edit(nodes.length > 0 ? "Delete" : "Disconnect", (draft) =>
    edits.removeNodes(edits.removeConnections(draft, connections), nodes),
  );
  select([]);
};

export const selectAll = (): void => select(Object.keys(currentDraft().nodes));

export const copySelection = async (): Promise<boolean> => {
  if (selectedNodes().length === 0) return false;
  await navigator.clipboard.writeText(copyText(currentDraft(), selectedNodes()));
  toast(`Copied ${selectedNodes().length === 1 ? "1 node" : `${selectedNodes().length} nodes`} as JSON`);
  return true;
};

export const cutSelection = async (): Promise<void> => {
  if (await copySelection()) removeSelection();
};

/** Pastes text at the pointer, or in the middle of what is seen. */
export const pasteText = (text: string, at?: Point): void => {
  const clip = readClip(text);
  if (typeof clip === "string") return toast(clip, { bad: true });
  const point = toCanvas(at ?? pointer ?? canvasMiddle());
  let ids: string[] = [];
  edit("Paste", (draft) => {
    const [pasted, fresh] = paste(draft, clip, point);
    ids = fresh;
    return pasted;
  });
  select(ids);
};

export const duplicateSelection = (): void => {
  const chosen = selectedNodes();
  if (chosen.length === 0) return;
  const clip = readClip(copyText(currentDraft(), chosen));
  if (typeof clip === "string") return;
  const points = chosen.map((id) => currentDraft().nodes[id]?.position ?? { x: 0, y: 0 });
  const at = { x: Math.min(...points.map(({ x }) => x)) + 40, y: Math.min(...points.map(({ y }) => y)) + 40 };
  let ids: string[] = [];
  edit("Duplicate", (draft) => {
    const [pasted, fresh] = paste(draft, clip, at);
    ids = fresh;
    return pasted;
  });
  select(ids);
};

/** Tidies what is selected, or everything. */
export const tidyUp = async (): Promise<void> => {
  const { tidy } = await import("./layout.js");
  const draft = currentDraft();
  const chosen = selectedNodes().length > 1 ? selectedNodes() : Object.keys(draft.nodes);
  if (chosen.length === 0) return;
  const positions = tidy(draft, chosen, (id) => sizeOf(flow?.getNode(id)));
  edit("Tidy up", (before) => edits.moveNodes(before, positions));
  window.setTimeout(() => void flow?.fitView({ padding: 0.08, maxZoom: 1, duration: 200 }), 50);
};

export const toggleEnabled = (): void => {
  const chosen = selectedNodes();
  const off = chosen.every((id) => currentDraft().nodes[id]?.enabled === false);
  edit(off ? "Switch on" : "Switch off", (draft) =>
    chosen.reduce((next, id) => edits.patchNode(next, id, { enabled: off ? undefined : false }), draft),
  );
};

export const wrapInView = (): void => void flow?.fitView({ padding: 0.08, maxZoom: 1, duration: 200 });
/** After a panel has taken a part of the canvas: the whole, or the start where the whole could not be read. */
export const viewAgain = async (): Promise<void> => {
  if (!flow) return;
  await flow.fitView({ padding: 0.08, maxZoom: 1 });
  await readableView(flow);
};
export const zoomIn = (): void => void flow?.zoomIn({ duration: 120 });
export const zoomOut = (): void => void flow?.zoomOut({ duration: 120 });

export const undoAct = (): void => {
  const entry = useBuilder.getState().history.past.at(-1);
  undoEdit();
  if (entry) toast(`Undone: ${entry.label}`);
};
export const redoAct = redoEdit;

/** Selects a node and brings it into view. */
export const revealNode = (id: string): void => {
  select([id]);
  void flow?.fitView({ nodes: [{ id }], padding: 1.2, maxZoom: 1, minZoom: 0.5, duration: 200 });
};
