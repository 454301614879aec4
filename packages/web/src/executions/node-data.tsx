// Data and logs of one node of an execution, iteration by iteration; without a node, of the execution itself.
import { isFinal } from "@workflow-core/core";
import { useEffect } from "react";
import type { Execution, Visit } from "../api/types.js";
import { Chip, JsonView, Loading, Notice, StatusChip, Trouble } from "../ui/bits.js";
import { clockTime, moment, span } from "../ui/time.js";
import { Iterations, pathOf, useVisit, type Wanted } from "./iterations.js";
import { triggerData } from "./trigger-words.js";

const Part = ({ title, value }: { title: string; value: unknown }) =>
  value === undefined || value === null || (typeof value === "object" && Object.keys(value).length === 0) ? null : (
    <section className="stack" style={{ gap: 4 }}>
      <h3>{title}</h3>
      <JsonView value={value} label={title} />
    </section>
  );

/** Where an execution went on after the worker that had it died: nodes that had begun then and were not done. */
const resumedAt = ({ recovered_at, node_states }: Execution): string[] =>
  Object.entries(node_states ?? {})
    .filter(
      ([, { started_at, completed_at }]) =>
        recovered_at && started_at && started_at <= recovered_at && (!completed_at || completed_at >= recovered_at),
    )
    .map(([id]) => id);

const Resumed = ({ execution }: { execution: Execution }) => {
  if (!execution.recovered_at) return null;
  const nodes = resumedAt(execution);
  return (
    <Notice>
      Its worker died; another one went on at {clockTime(execution.recovered_at)}
      {nodes.length > 0 ? <>, at {nodes.join(" and ")}</> : null}. What was done before was not done again.
    </Notice>
  );
};

const Whole = ({ execution }: { execution: Execution }) => (
  <div className="stack-l panel-body">
    <h2>The whole execution</h2>
    {execution.error_message && <Notice tone="bad">{execution.error_message}</Notice>}
    <Resumed execution={execution} />
    <p className="small muted">Select a card or a bar to see its data.</p>
    <Part title="Started with" value={triggerData(execution)} />
    <Part title="Output" value={execution.final_output} />
    <Part title="Variables at the end" value={execution.final_variables} />
  </div>
);

const VisitData = ({ visit, live }: { visit: Visit; live: boolean }) => (
  <>
    <p className="small muted">
      {moment(visit.started_at)} · {live && visit.status !== "completed" ? "so far " : ""}
      {span(visit.duration_seconds)}
    </p>
    {visit.error && (
      <Notice tone="bad">
        <strong>{visit.error_type}</strong> {visit.error}
      </Notice>
    )}
    <Part title="Input" value={visit.input} />
    <Part title="Output" value={visit.output} />
    <Part title="What it set" value={visit.variables} />
    <Part title="Log" value={visit.logs?.length ? visit.logs.join("\n") : undefined} />
  </>
);

interface Props {
  execution: Execution;
  node: string | undefined;
  name: string | undefined;
  wanted: Wanted | undefined;
  onWant: (wanted: Wanted) => void;
}

export const NodeData = ({ execution, node, name, wanted, onWant }: Props) => {
  const state = node === undefined ? undefined : execution.node_states?.[node];
  const { data: visit, isError, error } = useVisit(execution, node, wanted);
  const path = visit ? pathOf(visit) : "";
  // From now on it is this iteration that is looked at, also of other nodes in the loop.
  useEffect(() => {
    if (path !== "") onWant({ iteration: path });
  }, [path, onWant]);
  if (node === undefined) return <Whole execution={execution} />;
  return (
    <div className="stack-l panel-body">
      <div className="row wrap">
        <h2 className="grow">{name}</h2>
        {visit && visit.retry_count > 0 && (
          <Chip tone="wait">{visit.retry_count === 1 ? "1 retry" : `${visit.retry_count} retries`}</Chip>
        )}
        <StatusChip status={visit?.status ?? state?.status ?? "pending"} />
      </div>
      {!state?.visits && <p className="muted">This node was not reached.</p>}
      {isError && <Trouble error={error} what="What it did" />}
      {visit === undefined && !isError && (state?.visits ?? 0) > 0 && <Loading />}
      {visit && (state?.visits ?? 0) > 1 && <Iterations execution={execution} visit={visit} onWant={onWant} />}
      {visit && <VisitData visit={visit} live={!isFinal(execution.status)} />}
    </div>
  );
};
