// The story of an execution for people: the columns of the guide and the trace of a test, read off the state.
import type { NodeState, NodeStatus } from "../documents/execution.js";
import { isFinal } from "../documents/execution.js";
import type { Plan } from "../graph/plan.js";
import { isoTime } from "../iso-time.js";
import type { Json } from "../json.js";
import { rootScope, type State, type Visit } from "./state.js";

const time = (at: number | undefined): string | null => (at === undefined ? null : isoTime(at));

/** The ids of the visited nodes in the order in which their visits began. */
export const executionPath = (plan: Plan, state: State): string[] =>
  state.history.map(({ node }) => plan.nodes[node]?.id ?? "");

const stateOf = (visit: Visit, visits: number): NodeState => ({
  status: visit.status,
  started_at: time(visit.startedAt),
  completed_at: time(visit.completedAt),
  input_data: visit.input,
  output_data: visit.output,
  logs: visit.logs,
  error: visit.failure?.message ?? null,
  error_type: visit.failure?.code ?? null,
  retry_count: visit.retries,
  visits,
});

const unvisited = (status: NodeStatus): NodeState => ({
  status,
  started_at: null,
  completed_at: null,
  input_data: null,
  output_data: null,
  logs: [],
  error: null,
  error_type: null,
  retry_count: 0,
  visits: 0,
});

/** The last visit of every node; what was never visited is pending, or skipped once that is certain. */
export const nodeStates = (plan: Plan, state: State): Record<string, NodeState> => {
  const states = new Map<number, NodeState>();
  for (const visit of state.history) states.set(visit.node, stateOf(visit, (states.get(visit.node)?.visits ?? 0) + 1));
  const over = isFinal(state.status);
  const entries = plan.nodes.map((node) => {
    const rest = unvisited(over || state.skipped.has(node.index) ? "skipped" : "pending");
    return [node.id, states.get(node.index) ?? rest] as const;
  });
  return Object.fromEntries(entries);
};

/** The variables of the execution itself, without those of iterations. */
export const finalVariables = (state: State): Record<string, Json> => state.scopes.get(rootScope)?.variables ?? {};

export interface TraceEntry {
  node_id: string;
  /** node:visit, apart for every iteration. */
  visit: string;
  status: Visit["status"];
  started_at: string;
  duration_seconds: number;
  input: Json;
  output: Json;
  logs: string[];
  error: string | null;
  error_type: string | null;
  retry_count: number;
}

/** Every visit in order. */
export const trace = (plan: Plan, state: State): TraceEntry[] =>
  state.history.map((visit) => ({
    node_id: plan.nodes[visit.node]?.id ?? "",
    visit: visit.token,
    status: visit.status,
    started_at: isoTime(visit.startedAt),
    duration_seconds: ((visit.completedAt ?? state.at) - visit.startedAt) / 1000,
    input: visit.input,
    output: visit.output,
    logs: visit.logs,
    error: visit.failure?.message ?? null,
    error_type: visit.failure?.code ?? null,
    retry_count: visit.retries,
  }));
