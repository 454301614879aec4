// Every visit of the last try, in order, with what went in and what came out.
import { type TraceEntry, trace } from "@workflow-core/core";
import { useMemo } from "react";
import { revealNode } from "../builder/acts.js";
import { Empty, JsonView, StatusChip } from "../ui/bits.js";
import { span } from "../ui/time.js";
import { useTry } from "./store.js";

const Row = ({ entry }: { entry: TraceEntry }) => (
  <details className="trace-row" onToggle={(event) => event.currentTarget.open && revealNode(entry.node_id)}>
    <summary>
      <span className="grow clip">
        <strong>{entry.node_id}</strong>{" "}
        <span className="faint small mono">
          {entry.visit.slice(entry.visit.lastIndexOf(":") + 1).replace(/^0\.?/, "")}
        </span>
      </span>
      <span className="small muted">{span(entry.duration_seconds)}</span>
      <StatusChip status={entry.status} />
    </summary>
    <div className="stack">
      {entry.error && <p className="field-problem small">{entry.error}</p>}
      <span className="small muted">Input</span>
      <JsonView value={entry.input} label={`Input of ${entry.node_id}`} />
      <span className="small muted">Output</span>
      <JsonView value={entry.output} label={`Output of ${entry.node_id}`} />
      {entry.logs.length > 0 && <JsonView value={entry.logs.join("\n")} label="Log" />}
    </div>
  </details>
);

export const Trace = () => {
  const session = useTry((state) => state.session);
  const entries = useMemo(() => (session ? trace(session.plan, session.state) : []), [session]);
  return (
    <div className="try-log">
      {entries.length === 0 && <Empty title="Nothing has run yet" />}
      {entries.map((entry) => (
        <Row key={entry.visit} entry={entry} />
      ))}
    </div>
  );
};
