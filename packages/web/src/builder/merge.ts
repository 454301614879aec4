// Two people edited the same workflow: what only one of them touched is taken from that one; what both touched
// differently is a clash and has to be chosen.
import { connectionName, type Draft, stable } from "./document.js";

export interface Merged {
  draft: Draft;
  /** Ids of nodes, or names of settings, that both changed differently; the draft holds mine. */
  clashes: string[];
}

const choose = <T>(base: T, mine: T, theirs: T, name: string, clashes: string[]): T => {
  const [was, my, their] = [stable(base), stable(mine), stable(theirs)];
  if (my === their || their === was) return mine;
  if (my === was) return theirs;
  clashes.push(name);
  return mine;
};

const mergeRecords = <T>(
  base: Readonly<Record<string, T>>,
  mine: Readonly<Record<string, T>>,
  theirs: Readonly<Record<string, T>>,
  clashes: string[],
): Record<string, T> => {
  const keys = [...new Set([...Object.keys(theirs), ...Object.keys(mine)])];
  const entries = keys.flatMap((key): [string, T][] => {
    const value = choose(base[key], mine[key], theirs[key], key, clashes);
    return value === undefined ? [] : [[key, value]];
  });
  return Object.fromEntries(entries);
};

/** A three-way merge of drafts: `base` is what both started from. */
export const mergeDrafts = (base: Draft, mine: Draft, theirs: Draft): Merged => {
  const clashes: string[] = [];
  const nodes = mergeRecords(base.nodes, mine.nodes, theirs.nodes, clashes);
  const named = (draft: Draft) =>
    Object.fromEntries(draft.connections.map((each, index) => [connectionName(each, index), each]));
  const connections = Object.values(mergeRecords(named(base), named(mine), named(theirs), clashes)).filter(
    ({ from_node_id, to_node_id }) => Object.hasOwn(nodes, from_node_id) && Object.hasOwn(nodes, to_node_id),
  );
  const draft: Draft = {
    name: choose(base.name, mine.name, theirs.name, "name", clashes),
    description: choose(base.description, mine.description, theirs.description, "description", clashes),
    nodes,
    connections,
    global_variables: mergeRecords(base.global_variables, mine.global_variables, theirs.global_variables, clashes),
    metadata: choose(base.metadata, mine.metadata, theirs.metadata, "settings", clashes),
  };
  return { draft, clashes };
};
