// What a change of a workflow looks like in the audit: the values of what is short, and of the graph which nodes.
// Variables are named and counted, never shown: people keep all sorts of things in them.
import { isDeepStrictEqual } from "node:util";
import type { Workflow } from "../store/workflows.js";

const short = ["name", "description", "status", "enabled", "published_version"] as const;
const listed = 50;

type Summary = Record<string, unknown>;

/** Before and after of what is different. */
export function workflowChange(before: Workflow, after: Workflow): { before: Summary; after: Summary } & Summary {
  const was: Summary = { revision: before.revision };
  const is: Summary = { revision: after.revision };
  for (const key of short) {
    if (before[key] === after[key]) continue;
    was[key] = before[key];
    is[key] = after[key];
  }
  if (before.connections.length !== after.connections.length) {
    was.connections = before.connections.length;
    is.connections = after.connections.length;
  }
  const nodes = membersChanged(before.nodes, after.nodes);
  const variables = membersChanged(before.global_variables, after.global_variables);
  const metadata = membersChanged(before.metadata, after.metadata);
  return {
    ...{ before: was, after: is },
    ...(nodes === undefined ? {} : { nodes }),
    ...(variables === undefined ? {} : { global_variables: variables }),
    ...(metadata === undefined ? {} : { metadata }),
  };
}

function membersChanged(before: object, after: object): Record<string, string[]> | undefined {
  const was = new Map<string, unknown>(Object.entries(before));
  const is = new Map<string, unknown>(Object.entries(after));
  const lists = {
    added: [...is.keys()].filter((key) => !was.has(key)),
    removed: [...was.keys()].filter((key) => !is.has(key)),
    changed: [...is.keys()].filter((key) => was.has(key) && !isDeepStrictEqual(was.get(key), is.get(key))),
  };
  const some = Object.entries(lists).filter(([, keys]) => keys.length > 0);
  return some.length === 0 ? undefined : Object.fromEntries(some.map(([how, keys]) => [how, keys.slice(0, listed)]));
}
