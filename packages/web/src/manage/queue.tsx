// The queue: how full the service is, what stands in line in each community, and every execution that is not over.
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { CircleStop } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import { cancelExecution } from "../api/executions.js";
import { type CommunityQueue, type Queue, queuedExecutions, queueNow } from "../api/manage.js";
import { Empty, Loading, StatusChip, Trouble } from "../ui/bits.js";
import { IconButton } from "../ui/button.js";
import { Pages } from "../ui/pages.js";
import { ago, moment } from "../ui/time.js";
import { toast } from "../ui/toast.js";
import { Limits } from "./limits.js";
import { StatusHead } from "./status-head.js";
import "./manage.css";

const every = 3000;

const Communities = ({ communities }: { communities: CommunityQueue[] }) => (
  <div className="card table-card">
    <table className="table">
      <thead>
        <tr>
          <th>Community</th>
          <th>Queued</th>
          <th>Running</th>
          <th>Waiting</th>
          <th>Due</th>
          <th>Oldest due</th>
        </tr>
      </thead>
      <tbody>
        {communities.map(({ community_id, queued, running, waiting, due, oldest_due_at }) => (
          <tr key={community_id}>
            <th scope="row">{community_id}</th>
            <td>{queued}</td>
            <td>{running}</td>
            <td>{waiting}</td>
            <td>{due}</td>
            <td className="muted" title={moment(oldest_due_at)}>
              {oldest_due_at ? ago(oldest_due_at) : "–"}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

const Executions = () => {
  const queries = useQueryClient();
  const [page, setPage] = useState(1);
  const list = useQuery({
    queryKey: ["queue", "executions", page],
    queryFn: () => queuedExecutions(page),
    refetchInterval: every,
    placeholderData: keepPreviousData,
  });
  const cancel = useMutation({
    mutationFn: cancelExecution,
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["queue"] });
      toast("Cancelled");
    },
  });
  if (list.isPending) return <Loading />;
  if (list.isError) return <Trouble error={list.error} what="The queue" retry={() => void list.refetch()} />;
  const { data, pagination } = list.data;
  if (data.length === 0) return <Empty title="Nothing is under way." />;
  return (
    <>
      <div className="card table-card">
        <table className="table">
          <thead>
            <tr>
              <th>Workflow</th>
              <th>Community</th>
              <th>Status</th>
              <th>Accepted</th>
              <th>Goes on</th>
              <th>
                <span className="hidden-visually">Cancel</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {data.map((each) => (
              <tr key={each.execution_id}>
                <td dir="auto">
                  <Link to={`/workflows/${each.workflow_id}/runs/${each.execution_id}`}>{each.workflow_name}</Link>
                </td>
                <td>{each.community_id}</td>
                <td>
                  <StatusChip status={each.status} />
                </td>
                <td className="muted" title={moment(each.start_time)}>
                  {ago(each.start_time)}
                </td>
                <td className="muted" title={moment(each.due_at)}>
                  {each.due_at ? ago(each.due_at) : "now"}
                </td>
                <td>
                  <IconButton
                    small
                    icon={CircleStop}
                    label={`Cancel this execution of ${each.workflow_name}`}
                    onClick={() => cancel.mutate(each.execution_id)}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Pages pagination={pagination} page={page} onPage={setPage}>
        {pagination && `${pagination.total} in all, page ${page} of ${pagination.total_pages}`}
      </Pages>
    </>
  );
};

const Numbers = ({ queue: { communities, workers, limits } }: { queue: Queue }) => (
  <>
    <Limits limits={limits} />
    <p className="small muted">
      {workers.processes === 1 ? "1 process takes" : `${workers.processes} processes take`} executions; communities take
      turns, so a full one delays itself only. What waits holds no place.
    </p>
    <h2>By community</h2>
    {communities.length === 0 ? (
      <p className="muted">Nothing is under way.</p>
    ) : (
      <Communities communities={communities} />
    )}
  </>
);

const QueuePage = () => {
  const queue = useQuery({ queryKey: ["queue"], queryFn: queueNow, refetchInterval: every });
  return (
    <div>
      <StatusHead title="Queue and limits" />
      <div className="stack-l">
        {queue.isPending ? (
          <Loading />
        ) : queue.isError ? (
          <Trouble error={queue.error} what="The queue" retry={() => void queue.refetch()} />
        ) : (
          <Numbers queue={queue.data} />
        )}
        <h2>Under way</h2>
        <Executions />
      </div>
    </div>
  );
};

export default QueuePage;
