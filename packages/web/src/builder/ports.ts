// Which output ports a drawn node shows: those of its type and config, and those that connections leave although they
// should not be there, so that no wire hangs in the air.
import { type ConnectionDocument, type NodeDocument, type NodeType, nodeType, portsOf } from "@workflow-core/core";

export interface Port {
  name: string;
  /** What it means; empty for a port that is not the type's. */
  sentence: string;
  /** A connection leaves it, but the node has no such port. */
  stale: boolean;
  /** Offered so that people can draw one more branch. */
  spare: boolean;
}

const declared = (node: NodeDocument): Record<string, string> | "any" => {
  const type = nodeType(node.node_type);
  return type ? portsOf(type, node.config ?? {}) : {};
};

/** The ports with a sentence each; for "any", those that are drawn and one more. */
export const outputPorts = (node: NodeDocument, leaving: readonly ConnectionDocument[]): Record<string, string> => {
  const ports = declared(node);
  if (ports !== "any") return ports;
  const drawn = [...new Set(leaving.map(({ from_port_name = "output" }) => from_port_name))];
  return Object.fromEntries([...drawn, spareName(drawn)].map((name) => [name, "A branch"]));
};

const spareName = (taken: readonly string[]): string => {
  let number = taken.length + 1;
  while (taken.includes(`branch_${number}`)) number += 1;
  return `branch_${number}`;
};

/** Everything a card draws a handle for, in order. */
export const shownPorts = (node: NodeDocument, leaving: readonly ConnectionDocument[]): Port[] => {
  const known = outputPorts(node, leaving);
  const any = declared(node) === "any";
  const names = Object.keys(known);
  const shown = names.map((name, index) => ({
    name,
    sentence: known[name] ?? "",
    stale: false,
    spare: any && index === names.length - 1,
  }));
  const stale = new Set(
    leaving.map(({ from_port_name = "output" }) => from_port_name).filter((name) => !(name in known)),
  );
  return [...shown, ...[...stale].map((name) => ({ name, sentence: "", stale: true, spare: false }))];
};

/** The one port that a change of config renamed, if that is what happened. */
export const renamedPort = (
  type: NodeType,
  before: Record<string, unknown>,
  after: Record<string, unknown>,
): { from: string; to: string } | undefined => {
  if (typeof type.ports !== "function") return undefined;
  const [old, now] = [Object.keys(type.ports(before)), Object.keys(type.ports(after))];
  if (old.length !== now.length) return undefined;
  const changed = old.flatMap((name, index) => (name === now[index] ? [] : [{ from: name, to: now[index] ?? name }]));
  const [only] = changed;
  return changed.length === 1 && only && !now.includes(only.from) ? only : undefined;
};
