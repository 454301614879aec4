// Who did what: the server's audit lines as a table of whatever they hold.
import { useQuery } from "@tanstack/react-query";
import { auditLog } from "../api/manage.js";
import { Empty, Loading, Trouble } from "../ui/bits.js";
import { ago, moment } from "../ui/time.js";
import "./manage.css";

const columns = ["action", "actor", "workflow_id", "summary"];
const text = (value: unknown): string =>
  value === null || value === undefined ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);

const AuditPage = () => {
  const list = useQuery({ queryKey: ["audit"], queryFn: auditLog, retry: false, refetchInterval: 10_000 });
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
        <Empty title="Nothing yet" />
      ) : (
        <div className="card table-card">
          <table className="table">
            <thead>
              <tr>
                <th>When</th>
                {columns.map((each) => (
                  <th key={each}>{each.replaceAll("_", " ")}</th>
                ))}
              </tr>
            </thead>
            <tbody>
              {list.data.map((line, index) => {
                const at = text(line.at);
                return (
                  // biome-ignore lint/suspicious/noArrayIndexKey: lines of a log have no identity of their own
                  <tr key={index}>
                    <td title={moment(at)}>{ago(at)}</td>
                    {columns.map((each) => (
                      <td key={each} className={each === "summary" ? "mono" : undefined}>
                        {text(line[each])}
                      </td>
                    ))}
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
};

export default AuditPage;
