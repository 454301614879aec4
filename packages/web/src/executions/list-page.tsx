// The executions of one workflow: filters, order, live while something runs.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { executionStatuses, isFinal } from "@workflow-core/core";
import { RefreshCw } from "lucide-react";
import { Link, useParams, useSearchParams } from "react-router";
import { type ExecutionFilter, listExecutions } from "../api/executions.js";
import type { ExecutionSummary } from "../api/types.js";
import { WorkflowHead } from "../manage/workflow-head.js";
import { Chip, Empty, Loading, StatusChip, Trouble } from "../ui/bits.js";
import { IconButton } from "../ui/button.js";
import { Pages } from "../ui/pages.js";
import { ago, moment, span } from "../ui/time.js";
import { triggerWords } from "./trigger-words.js";
import "./executions.css";

const Row = ({ execution, id }: { execution: ExecutionSummary; id: string }) => (
  <tr>
    <td>
      <Link to={`/workflows/${id}/runs/${execution.execution_id}`} title={moment(execution.start_time)}>
        {ago(execution.start_time)}
      </Link>
    </td>
    <td>
      <div className="row wrap" style={{ gap: 4 }}>
        <StatusChip status={execution.status} />
        {(execution.recoveries ?? 0) > 0 && <Chip tone="wait">resumed</Chip>}
      </div>
    </td>
    <td className="muted">{triggerWords(execution)}</td>
    <td className="muted">
      {span(execution.execution_time_seconds === null ? null : Number(execution.execution_time_seconds))}
    </td>
    <td className="muted">{execution.workflow_version ? `v${execution.workflow_version}` : "–"}</td>
    <td className="muted runs-error" dir="auto">
      {execution.error_message
        ? `${execution.error_node_id ? `${execution.error_node_id}: ` : ""}${execution.error_message}`
        : ""}
    </td>
  </tr>
);

const ExecutionsPage = () => {
  const { id = "" } = useParams();
  const [params, setParams] = useSearchParams();
  const status = params.get("status") ?? "";
  const sort = params.get("sort") ?? "start_time desc";
  const page = Number(params.get("page") ?? 1);
  const [sortBy, sortOrder] = sort.split(" ");
  // The select below offers these words only; others come from a mistyped address and are the server's to refuse.
  const filter = { status, page, sort_by: sortBy, sort_order: sortOrder } as ExecutionFilter;
  const list = useQuery({
    queryKey: ["executions", id, filter],
    queryFn: ({ signal }) => listExecutions(id, filter, signal),
    placeholderData: keepPreviousData,
    refetchInterval: (query) => (query.state.data?.data.some((each) => !isFinal(each.status)) ? 1500 : 5000),
  });
  const set = (changes: Record<string, string>) =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        for (const [key, value] of Object.entries({ page: "", ...changes }))
          value ? next.set(key, value) : next.delete(key);
        return next;
      },
      { replace: true },
    );
  const pagination = list.data?.pagination;
  return (
    <div>
      <WorkflowHead id={id} section="runs" />
      <div className="filters">
        <select
          className="select"
          aria-label="Status"
          value={status}
          onChange={(event) => set({ status: event.target.value })}
        >
          <option value="">Every status</option>
          {executionStatuses.map((each) => (
            <option key={each} value={each}>
              {each.replace("_", " ")}
            </option>
          ))}
        </select>
        <select
          className="select"
          aria-label="Order"
          value={sort}
          onChange={(event) => set({ sort: event.target.value })}
        >
          <option value="start_time desc">Newest first</option>
          <option value="start_time asc">Oldest first</option>
          <option value="execution_time desc">Slowest first</option>
          <option value="status asc">By status</option>
        </select>
        <span className="grow" />
        <IconButton icon={RefreshCw} label="Load again" onClick={() => void list.refetch()} />
      </div>
      {list.isPending ? (
        <Loading label="Loading executions" />
      ) : list.isError ? (
        <Trouble error={list.error} what="The list of executions" retry={() => void list.refetch()} />
      ) : list.data.data.length === 0 ? (
        <Empty title={status ? "No execution has this status." : "It has not run yet"}>
          <p>
            An execution appears here when a trigger of the published version fires. If you expected one, the{" "}
            <Link to={`/workflows/${id}/manage/log`}>trigger log</Link> says why it did not start.
          </p>
        </Empty>
      ) : (
        <div className="card table-card">
          <table className="table">
            <thead>
              <tr>
                <th>Started</th>
                <th>Status</th>
                <th>By</th>
                <th>Took</th>
                <th>Version</th>
                <th>Error</th>
              </tr>
            </thead>
            <tbody>
              {list.data.data.map((execution) => (
                <Row key={execution.execution_id} execution={execution} id={id} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Pages pagination={pagination} page={page} onPage={(next) => set({ page: String(next) })}>
        {pagination && `Page ${pagination.page} of ${pagination.total_pages}`}
      </Pages>
    </div>
  );
};

export default ExecutionsPage;
