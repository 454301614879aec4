// The service: what it is, what it may do, and whether it is well.
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { practiceMessages, serviceStatus } from "../api/manage.js";
import { Chip, JsonView, Loading, Trouble } from "../ui/bits.js";
import { ago, moment, span } from "../ui/time.js";
import { StatusHead } from "./status-head.js";
import "./manage.css";

const ready = async (): Promise<boolean> => (await fetch("/ready", { cache: "no-store" })).ok;

const Value = ({ name, value }: { name: string; value: unknown }) => {
  if (typeof value === "boolean") return <Chip tone={value ? "good" : ""}>{value ? "on" : "off"}</Chip>;
  if (typeof value === "object" && value !== null) return <JsonView value={value} label={name} />;
  if (name.endsWith("_at")) return <span title={String(value)}>{moment(String(value))}</span>;
  if (name.endsWith("_seconds")) return <span>{span(Number(value))}</span>;
  return <span>{String(value ?? "–").replaceAll("_", " ")}</span>;
};

/** `uptime_seconds` is "Uptime". */
const title = (name: string): string => {
  const words = name.replace(/_(?:seconds|at)$/, "").replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** Objects whose values are plain are shown as rows of their own: title, name, value. */
const rows = (data: Record<string, unknown>): [string, string, unknown][] =>
  Object.entries(data).flatMap(([key, value]): [string, string, unknown][] =>
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((each) => typeof each !== "object")
      ? Object.entries(value).map(([inner, each]) =>
          key === "features"
            ? [title(inner), inner, each]
            : [`${title(key)}, ${inner.replaceAll("_", " ")}`, inner, each],
        )
      : [[title(key), key, value]],
  );

/** What workflows have said to the practice router of a development server. */
const Practice = () => {
  const list = useQuery({ queryKey: ["practice"], queryFn: practiceMessages, refetchInterval: 3000, retry: false });
  if (!list.data) return null;
  return (
    <section className="stack" style={{ marginTop: 24 }}>
      <h2>What workflows have sent to the practice router</h2>
      {list.data.length === 0 && <p className="muted">Nothing yet.</p>}
      <ul className="card">
        {list.data.slice(0, 30).map(({ id, at, text, module_name, command, action, workflow_id, execution_id }) => (
          <li key={id} className="said">
            <time className="small muted" dateTime={at} title={moment(at)}>
              {ago(at)}
            </time>
            <span className="grow" dir="auto">
              {text}
            </span>
            <span className="small muted">{command ?? `${module_name}: ${action}`}</span>
            <Link className="small" to={`/workflows/${workflow_id}/runs/${execution_id}`}>
              execution
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
};

const StatusPage = () => {
  const status = useQuery({ queryKey: ["status"], queryFn: serviceStatus, refetchInterval: 10_000 });
  const readiness = useQuery({ queryKey: ["ready"], queryFn: ready, refetchInterval: 5000, retry: false });
  return (
    <div>
      <StatusHead title="Service status">
        {readiness.data !== undefined && (
          <Chip tone={readiness.data ? "good" : "warn"} dot>
            {readiness.data ? "ready" : "not ready"}
          </Chip>
        )}
      </StatusHead>
      {status.isPending ? (
        <Loading />
      ) : status.isError ? (
        <Trouble error={status.error} what="The status" retry={() => void status.refetch()} />
      ) : (
        <div className="card table-card">
          <table className="table">
            <tbody>
              {rows(status.data).map(([words, name, value]) => (
                <tr key={words}>
                  <th scope="row">{words}</th>
                  <td>
                    <Value name={name} value={value} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <p className="muted small" style={{ marginTop: 16 }}>
        The interface is described at <a href="/docs">/docs</a>; its schema is at{" "}
        <a href="/openapi.json">/openapi.json</a>, figures at <a href="/metrics">/metrics</a>.
      </p>
      <Practice />
    </div>
  );
};

export default StatusPage;
