// What changed at the nodes of an execution since it was last told, in few words: for streams.
import { isFinal, type NodeStatus, nodeStates, type Plan, type State, type Visit } from "@workflow-core/core";

/** A node's state without its data, which may be large and is at the execution's own address. */
export interface NodeBrief {
  status: NodeStatus;
  started_at: string | null;
  completed_at: string | null;
  error: string | null;
  error_type: string | null;
  retry_count: number;
  visits: number;
}

const time = (at: number | undefined): string | null => (at === undefined ? null : new Date(at).toISOString());

export interface NodeChanges {
  /** The nodes that are not as they were at the call before. */
  since(state: State): Record<string, NodeBrief>;
}

/** Remembers what was told; the first call tells everything that was visited or passed over. */
export function nodeChanges(plan: Plan): NodeChanges {
  let seen: readonly Visit[] = [];
  let skipped = 0;
  const visits = new Map<number, number>();
  /** By node, the last visit as it was told. */
  const told = new Map<number, string>();

  const visited = (state: State): Map<number, Visit> => {
    const touched = new Map<number, Visit>();
    state.history.forEach((visit, index) => {
      if (index >= seen.length) visits.set(visit.node, (visits.get(visit.node) ?? 0) + 1);
      // States of one life share what did not change; after a replay only the contents tell.
      if (visit !== seen[index]) touched.set(visit.node, visit);
    });
    seen = state.history;
    for (const [node, visit] of touched) {
      const now = `${visit.token} ${visit.status} ${visit.retries}`;
      if (told.get(node) === now) touched.delete(node);
      told.set(node, now);
    }
    return touched;
  };

  return {
    since(state) {
      const changed = [...visited(state)].map(
        ([node, visit]) => [idOf(plan, node), brief(visit, visits.get(node) ?? 1)] as const,
      );
      const passed = state.skipped.size === skipped ? [] : [...state.skipped].filter((node) => !visits.has(node));
      skipped = state.skipped.size;
      const rest = isFinal(state.status)
        ? unvisited(plan, state)
        : passed.map((node) => [idOf(plan, node), skippedBrief] as const);
      return Object.fromEntries([...rest, ...changed]);
    },
  };
}

const idOf = (plan: Plan, node: number): string => plan.nodes[node]?.id ?? "";

const brief = (visit: Visit, visits: number): NodeBrief => ({
  ...{ status: visit.status, started_at: time(visit.startedAt), completed_at: time(visit.completedAt) },
  ...{ error: visit.failure?.message ?? null, error_type: visit.failure?.code ?? null },
  ...{ retry_count: visit.retries, visits },
});

const skippedBrief: NodeBrief = {
  ...{
    status: "skipped",
    started_at: null,
    completed_at: null,
    error: null,
    error_type: null,
    retry_count: 0,
    visits: 0,
  },
};

const unvisited = (plan: Plan, state: State): (readonly [string, NodeBrief])[] =>
  Object.entries(nodeStates(plan, state))
    .filter(([, { visits }]) => visits === 0)
    .map(([id, { status }]) => [id, { ...skippedBrief, status }] as const);
