// An execution as people see it, the same over REST, streams and gRPC: finished ones from their columns, the others
// from their events, so that what is shown of a running execution is what it has really done.
import {
  executionPath,
  finalVariables,
  isFinal,
  isJsonObject,
  isoTime,
  type Json,
  type NodeState,
  nodeStates,
  type Plan,
  type State,
} from "@workflow-core/core";
import { readEvents } from "../store/claims.js";
import type { Database } from "../store/database.js";
import { acceptedRow, type ExecutionDetail, type ExecutionRow } from "../store/executions.js";
import type { AcceptRecord } from "../store/flight-records.js";
import type { Plans } from "./plans.js";
import { fromEventRecord } from "./records.js";
import { replayInTurns } from "./replay-in-turns.js";

export interface ExecutionMetrics {
  nodes_executed: number;
  total_duration_seconds: number;
  /** Spent in delays: nodes that neither worked nor failed meanwhile. */
  waiting_seconds: number;
  retries: number;
  /** The ten that took longest, by their last visit. */
  slowest_nodes: { node_id: string; duration_seconds: number }[];
}

export interface ExecutionView extends Omit<ExecutionDetail, "node_states" | "final_variables"> {
  node_states: Record<string, Omit<NodeState, "logs"> & { logs?: string[] }>;
  final_variables: Record<string, Json>;
  metrics?: ExecutionMetrics;
}

export interface ViewOptions {
  database: Database;
  plans: Plans;
  /** Lines that nodes logged; true unless given. */
  includeLogs?: boolean;
  /** False unless given. */
  includeMetrics?: boolean;
}

/** Where an execution stands by its events, with the number of the last one. */
export interface Standing {
  plan: Plan;
  state: State;
  sequence: number;
}

/** The view of an execution whose row was just read. What cannot be replayed is shown as its columns say. */
export const viewExecution = async (row: ExecutionDetail, options: ViewOptions): Promise<ExecutionView> => {
  const { includeLogs = true, includeMetrics = false } = options;
  const plan = await planOf(row, options.plans);
  // A queued execution has decided nothing yet: its columns are all there is to see.
  const standing = isFinal(row.status) || row.status === "queued" ? undefined : await standingOf(row, options, plan);
  const view = standing ? fromState(row, standing) : fromColumns(row);
  const metrics = includeMetrics ? { metrics: metricsOf(view, plan) } : {};
  return { ...view, ...(includeLogs ? {} : { node_states: withoutLogs(view.node_states) }), ...metrics };
};

/** Replays what is stored of an execution; undefined when that is not possible. */
export const standingOf = async (
  row: ExecutionDetail,
  { database, plans }: Pick<ViewOptions, "database" | "plans">,
  known?: Plan,
): Promise<Standing | undefined> => {
  const plan = known ?? (await planOf(row, plans));
  if (!plan) return undefined;
  const records = (await readEvents(database.primary, [row.execution_id])).get(row.execution_id) ?? [];
  if (records.length === 0) return undefined;
  try {
    return { plan, state: await replayInTurns(plan, records.map(fromEventRecord)), sequence: records.length };
  } catch {
    return undefined; // the worker will say so when it comes to it
  }
};

const planOf = async (row: ExecutionDetail, plans: Plans): Promise<Plan | undefined> =>
  row.workflow_version === null ? undefined : plans.of(row.workflow_id, row.workflow_version);

const fromColumns = (row: ExecutionDetail): ExecutionView => ({
  ...row,
  // The columns hold what records.ts wrote: node states and variables.
  node_states: (isJsonObject(row.node_states) ? row.node_states : {}) as unknown as Record<string, NodeState>,
  final_variables: isJsonObject(row.final_variables) ? row.final_variables : {},
});

/** The row of an execution that was accepted and has ended in this process, without asking the database for it. */
export const endedRow = (accept: AcceptRecord, standing: Pick<Standing, "plan" | "state">): ExecutionDetail =>
  // What it is put together of is JSON.
  fromState(acceptedRow(accept), standing) as unknown as ExecutionDetail;

const fromState = (row: ExecutionRow, { plan, state }: Pick<Standing, "plan" | "state">): ExecutionView => ({
  ...row,
  status: state.status,
  end_time: state.finishedAt === undefined ? null : isoTime(state.finishedAt),
  execution_time_seconds: state.finishedAt === undefined ? null : (state.finishedAt - state.started.at) / 1000,
  nodes_executed: state.operations,
  error_message: state.failure?.message.slice(0, 1000) ?? null,
  error_node_id: state.failure?.node_id ?? null,
  error_type: state.failure?.code ?? null,
  execution_path: executionPath(plan, state),
  node_states: nodeStates(plan, state),
  final_variables: finalVariables(state),
  final_output: state.finalOutput ?? null,
});

const withoutLogs = (states: ExecutionView["node_states"]): ExecutionView["node_states"] =>
  Object.fromEntries(Object.entries(states).map(([id, { logs: _, ...rest }]) => [id, rest]));

const secondsBetween = (from: string | null, to: string | null): number =>
  from === null || to === null ? 0 : Math.max(0, Date.parse(to) - Date.parse(from)) / 1000;

const metricsOf = (view: ExecutionView, plan: Plan | undefined): ExecutionMetrics => {
  const last = Object.values(view.node_states).reduce((latest, { started_at, completed_at }) => {
    const seen = completed_at ?? started_at ?? "";
    return seen > latest ? seen : latest;
  }, view.start_time);
  const nodes = Object.entries(view.node_states).map(([node_id, state]) => ({
    node_id,
    duration_seconds: secondsBetween(state.started_at, state.completed_at),
    retries: state.retry_count,
    waits: plan?.byId.get(node_id)?.type.type === "action_delay",
  }));
  return {
    nodes_executed: view.nodes_executed,
    total_duration_seconds: view.execution_time_seconds ?? secondsBetween(view.start_time, last),
    waiting_seconds: nodes.reduce((sum, { waits, duration_seconds }) => sum + (waits ? duration_seconds : 0), 0),
    retries: nodes.reduce((sum, { retries }) => sum + retries, 0),
    slowest_nodes: nodes
      .filter(({ duration_seconds }) => duration_seconds > 0)
      .sort((a, b) => b.duration_seconds - a.duration_seconds)
      .slice(0, 10)
      .map(({ node_id, duration_seconds }) => ({ node_id, duration_seconds })),
  };
};
