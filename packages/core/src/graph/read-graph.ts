// The outer shape of a document. Thousands of nodes are looked at some at a time, so that whoever drives it can do
// something else in between; what is found is the same.
import type { z } from "zod";
import { graphSchema, mostConnections, type WorkflowGraph } from "../documents/workflow.js";
import { inputWords } from "../input-words.js";
import { isJsonObject, type Json } from "../json.js";

/** The graph, or what is wrong with the document. */
export interface ReadGraph {
  graph: WorkflowGraph | undefined;
  issues: z.core.$ZodIssue[];
}

/** So many nodes or connections are looked at in one piece. */
const piece = 500;

export function* readGraph(document: unknown): Generator<undefined, ReadGraph> {
  if (!isLarge(document)) return read(document);
  const { nodes, connections, ...rest } = document;
  const whole = read(rest);
  const take = ({ graph, issues }: ReadGraph, offset = 0) => {
    for (const issue of issues) whole.issues.push(offset === 0 ? issue : moved(issue, offset));
    if (graph === undefined || whole.graph === undefined) {
      whole.graph = undefined;
      return;
    }
    Object.assign(whole.graph.nodes, graph.nodes);
    for (const connection of graph.connections) whole.graph.connections.push(connection);
  };
  const entries = Object.entries(nodes);
  for (let start = 0; start < entries.length; start += piece) {
    yield;
    take(read({ nodes: Object.fromEntries(entries.slice(start, start + piece)) }));
  }
  for (let start = 0; start < connections.length; start += piece) {
    yield;
    take(read({ connections: connections.slice(start, start + piece) }), start);
  }
  return whole;
}

function read(document: unknown): ReadGraph {
  const parsed = graphSchema.safeParse(document, { error: inputWords });
  return parsed.success ? { graph: parsed.data, issues: [] } : { graph: undefined, issues: parsed.error.issues };
}

interface Large {
  nodes: Record<string, unknown>;
  connections: unknown[];
}

/** Whether it is worth it, and can be: beyond their limit the schema refuses connections as a whole. */
function isLarge(document: unknown): document is Large {
  if (typeof document !== "object" || document === null) return false;
  const { nodes, connections } = document as { nodes?: Json; connections?: Json };
  if (!isJsonObject(nodes) || !Array.isArray(connections) || connections.length > mostConnections) return false;
  return Object.keys(nodes).length > piece || connections.length > piece;
}

/** A connection's number is that among all. */
const moved = (issue: z.core.$ZodIssue, offset: number): z.core.$ZodIssue => {
  const [area, index, ...rest] = issue.path;
  return typeof index === "number" ? { ...issue, path: [area as PropertyKey, index + offset, ...rest] } : issue;
};
