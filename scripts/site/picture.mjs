// The drawing of a workflow's document: boxes and arrows, laid out from left to right, as text of an SVG. Colours are
// classes of the page's style.
import { Graph, layout } from "@dagrejs/dagre";
import { nodeType } from "../../packages/core/dist/index.js";
import { escapeHtml } from "./markdown.mjs";

const width = 158;
const height = 54;
const margin = 14;
const longest = 23;
/** So much of a large drawing's size is given up, that more of it is seen at once; the rest is scrolled. */
const smallest = 0.8;
const column = 778;

const cut = (text) => (text.length > longest ? `${text.slice(0, longest - 1).trimEnd()}…` : text);

/** The arrow back to its loop says nothing that the loop does not say. */
const isBack = ({ to_port_name: port }) => port === "loop_continue";

const laidOut = ({ nodes, connections }) => {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: "LR", nodesep: 22, ranksep: 56, edgesep: 14, marginx: margin, marginy: margin });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const id of Object.keys(nodes)) graph.setNode(id, { width, height });
  for (const [index, each] of connections.entries())
    if (!isBack(each)) graph.setEdge(each.from_node_id, each.to_node_id, {}, String(index));
  layout(graph);
  return graph;
};

const box = (id, { node_type: name, config = {} }, { x, y }) => {
  const type = nodeType(name);
  const left = Math.round(x - width / 2);
  const top = Math.round(y - height / 2);
  const text = (dy, content, kind) =>
    `<text class="${kind}" x="${left + 14}" y="${top + dy}">${escapeHtml(cut(content))}</text>`;
  return `<g class="node ${type.category}"><title>${escapeHtml(`${id}: ${type.title}`)}</title><rect x="${left}" y="${top}" width="${width}" height="${height}" rx="10"/><rect class="mark" x="${left}" y="${top + 12}" width="4" height="${height - 24}" rx="2"/>${text(22, type.title, "what")}${text(40, type.label(config), "how")}</g>`;
};

/** From box to box, around those between: the middles of dagre's points, with the points as handles. */
const curve = (from, to, between) => {
  const start = { x: from.x + width / 2, y: from.y };
  const end = { x: to.x - width / 2, y: to.y };
  const handles = [{ x: start.x + 16, y: start.y }, ...between, { x: end.x - 16, y: end.y }];
  const write = ({ x, y }) => `${Math.round(x)} ${Math.round(y)}`;
  const middle = (a, b) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
  const parts = handles.slice(0, -1).map((each, index) => `Q${write(each)} ${write(middle(each, handles[index + 1]))}`);
  return `M${write(start)}${parts.join("")}Q${write(handles.at(-1))} ${write(end)}`;
};

const arrow = ({ from_node_id: from, from_port_name: port = "output", to_node_id: to }, index, graph) => {
  const [start, end] = [graph.node(from), graph.node(to)];
  const between = graph.edge(from, to, String(index)).points.slice(1, -1);
  const at = `x="${Math.round(end.x - width / 2 - 5)}" y="${Math.round(end.y - 6)}" text-anchor="end"`;
  const name = port === "output" ? "" : `<text class="port" ${at}>${escapeHtml(port)}</text>`;
  return `<path class="${port === "error" ? "wire error" : "wire"}" d="${curve(start, end, between)}"/>${name}`;
};

/** The picture with a sentence for those who do not see it. */
export const workflowPicture = (workflow) => {
  const graph = laidOut(workflow);
  const { width: w, height: h } = graph.graph();
  const arrows = workflow.connections.flatMap((each, index) => (isBack(each) ? [] : [arrow(each, index, graph)]));
  const boxes = Object.entries(workflow.nodes).map(([id, node]) => box(id, node, graph.node(id)));
  const scale = Math.max(smallest, Math.min(1, column / w));
  const words = `${workflow.name}, drawn: ${Object.keys(workflow.nodes).join(", ")}`;
  return `<div class="drawing" tabindex="0"><svg role="img" aria-label="${escapeHtml(words)}" width="${Math.ceil(w * scale)}" height="${Math.ceil(h * scale)}" viewBox="0 0 ${Math.ceil(w)} ${Math.ceil(h)}">${arrows.join("")}${boxes.join("")}</svg></div>\n`;
};
