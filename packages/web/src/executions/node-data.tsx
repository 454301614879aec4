// Data and logs of one node of an execution; without a node, of the execution itself.

import type { Execution } from "../api/types.js";
import { Chip, JsonView, Notice, StatusChip } from "../ui/bits.js";
import { moment, span } from "../ui/time.js";
import { triggerData } from "./trigger-words.js";

const seconds = (from: string | null, to: string | null): number | undefined =>
  from && to ? (Date.parse(to) - Date.parse(from)) / 1000 : undefined;

const Part = ({ title, value }: { title: string; value: unknown }) =>
  value === undefined || value === null || (typeof value === "object" && Object.keys(value).length === 0) ? null : (
    <section className="stack" style={{ gap: 4 }}>
      <h3>{title}</h3>
      <JsonView value={value} label={title} />
    </section>
  );

export const NodeData = ({ execution, node }: { execution: Execution; node: string | undefined }) => {
  const state = node === undefined ? undefined : execution.node_states?.[node];
  if (node === undefined || !state)
    return (
      <div className="stack-l panel-body">
        <h2>{node === undefined ? "The whole execution" : node}</h2>
        {node === undefined && execution.error_message && <Notice tone="bad">{execution.error_message}</Notice>}
        {node !== undefined && <p className="muted">This node was not reached.</p>}
        {node === undefined && (
          <>
            <p className="small muted">Select a card or a bar to see its data.</p>
            <Part title="Started with" value={triggerData(execution)} />
            <Part title="Output" value={execution.final_output} />
            <Part title="Variables at the end" value={execution.final_variables} />
          </>
        )}
      </div>
    );
  return (
    <div className="stack-l panel-body">
      <div className="row wrap">
        <h2 className="grow">{node}</h2>
        {state.visits > 1 && <Chip>{state.visits} visits</Chip>}
        {state.retry_count > 0 && (
          <Chip tone="wait">{state.retry_count === 1 ? "1 retry" : `${state.retry_count} retries`}</Chip>
        )}
        <StatusChip status={state.status} />
      </div>
      <p className="small muted">
        {moment(state.started_at)} · {span(seconds(state.started_at, state.completed_at))}
        {state.visits > 1 && " · the data are those of the last visit"}
      </p>
      {state.error && (
        <Notice tone="bad">
          <strong>{state.error_type}</strong> {state.error}
        </Notice>
      )}
      <Part title="Input" value={state.input_data} />
      <Part title="Output" value={state.output_data} />
      {state.logs?.length > 0 && <Part title="Log" value={state.logs.join("\n")} />}
    </div>
  );
};
