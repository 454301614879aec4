// Who did what, and when: the server's audit lines in words.
import { useQueries, useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { type AuditLine, auditLog } from "../api/manage.js";
import { loadWorkflow } from "../api/workflows.js";
import { Empty, Loading, Trouble } from "../ui/bits.js";
import { ago, moment } from "../ui/time.js";
import { actionWords, summaryWords } from "./audit-words.js";
import "./manage.css";

/** The names of the workflows that lines are about, as far as the person may see them. */
const useNames = (lines: readonly AuditLine[]): ReadonlyMap<string, string> => {
  const ids = [...new Set(lines.flatMap(({ workflow_id }) => workflow_id ?? []))];
  return useQueries({
    queries: ids.map((id) => ({
      queryKey: ["workflow name", id],
      queryFn: async () => (await loadWorkflow(id)).workflow.name,
      staleTime: 60_000,
      retry: false,
    })),
    combine: (names) => new Map(ids.flatMap((id, index) => (names[index]?.data ? [[id, names[index].data]] : []))),
  });
};

const Line = ({ line, name }: { line: AuditLine; name: string | undefined }) => {
  const { at, action, user_id, actor, workflow_id, summary } = line;
  return (
    <tr>
      <td title={moment(at)}>{ago(at)}</td>
      <td className="audit-what" title={action}>
        {actionWords(action)}
      </td>
      <td>
        {workflow_id && (
          <Link to={`/workflows/${workflow_id}`} dir="auto">
            {name ?? "a workflow"}
          </Link>
        )}
      </td>
      <td className="audit-summary">
        {summaryWords(summary).map(([key, value]) => (
          <span key={key}>
            <span className="muted">{key}</span> {value}
          </span>
        ))}
      </td>
      <td className="muted">{user_id === null ? actor : `user ${user_id}`}</td>
    </tr>
  );
};

const AuditPage = () => {
  const list = useQuery({ queryKey: ["audit"], queryFn: auditLog, retry: false, refetchInterval: 10_000 });
  const names = useNames(list.data ?? []);
  return (
    <div>
      <header className="page-head">
        <h1>Audit</h1>
      </header>
      {list.isPending ? (
        <Loading />
      ) : list.isError ? (
        <Trouble error={list.error} what="The audit log" retry={() => void list.refetch()} />
      ) : list.data.length === 0 ? (
        <Empty title="Nothing yet">
          <p>Who makes, changes, publishes or shares a workflow is written down here.</p>
        </Empty>
      ) : (
        <div className="card table-card">
          <table className="table">
            <thead>
              <tr>
                <th>When</th>
                <th>What</th>
                <th>Workflow</th>
                <th>In particular</th>
                <th>By</th>
              </tr>
            </thead>
            <tbody>
              {list.data.map((line) => (
                <Line key={line.audit_id} line={line} name={names.get(line.workflow_id ?? "")} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
};

export default AuditPage;
