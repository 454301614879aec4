// What people call a node: its label; the id where it has none, because that is its own alone.
import type { Draft } from "../api/types.js";

export const nameOf = (nodes: Draft["nodes"], id: string): string => nodes[id]?.label || id;
