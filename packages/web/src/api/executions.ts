// Executions over the wire: lists, one in full, its live events, cancelling and repeating.
import { call, get, type Reply } from "./client.js";
import type { Execution, ExecutionSummary, Visit } from "./types.js";

export interface ExecutionFilter {
  status?: string;
  page?: number;
  sort_by?: "start_time" | "status" | "execution_time";
  sort_order?: "asc" | "desc";
}

export const listExecutions = (
  workflowId: string,
  filter: ExecutionFilter,
  signal?: AbortSignal,
): Promise<Reply<ExecutionSummary[]>> =>
  get(`/workflows/${workflowId}/executions`, { ...filter, per_page: 25 }, signal);

export const loadExecution = async (executionId: string, signal?: AbortSignal): Promise<Execution> =>
  (await get<Execution>(`/workflows/executions/${executionId}`, { include_logs: true }, signal)).data;

export interface VisitFilter {
  node_id?: string;
  /** Loop indexes with dots: 3.1 */
  iteration?: string;
  status?: Visit["status"];
  page?: number;
  per_page?: number;
  include_data?: boolean;
}

export const listVisits = (executionId: string, filter: VisitFilter, signal?: AbortSignal): Promise<Reply<Visit[]>> =>
  get(`/workflows/executions/${executionId}/visits`, { ...filter }, signal);

/** So many visits of an execution are enough for previews. */
const enough = 300;

/** The first visits of an execution with their data. */
export const firstVisits = async (executionId: string): Promise<Visit[]> => {
  const visits: Visit[] = [];
  for (let page = 1; visits.length < enough; page++) {
    const { data, pagination } = await listVisits(executionId, { page, per_page: 100, include_data: true });
    visits.push(...data);
    if (!pagination?.has_next) break;
  }
  return visits;
};

export const cancelExecution = (executionId: string): Promise<Reply<unknown>> =>
  call("POST", `/workflows/executions/${executionId}/cancel`, { body: {} });

export const retryExecution = async (executionId: string, fromNode?: string): Promise<string> =>
  (
    await call<{ execution_id: string }>("POST", `/workflows/executions/${executionId}/retry`, {
      body: fromNode === undefined ? {} : { from_node: fromNode },
    })
  ).data.execution_id;

/**
 * Calls `onChange` whenever the server says that something happened to an execution; what happened is then read from
 * the execution itself, so a missed event costs nothing. The returned function ends it.
 */
export const watchExecution = (executionId: string, onChange: () => void): (() => void) => {
  const source = new EventSource(`/api/v1/workflows/executions/${executionId}/events`);
  for (const name of ["message", "state"]) source.addEventListener(name, onChange);
  source.addEventListener("end", () => {
    source.close();
    onChange();
  });
  source.addEventListener("error", onChange);
  return () => source.close();
};
