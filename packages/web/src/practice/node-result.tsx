// What happened to one node in the last try, under its form: data in, data out, iterations, and its pinned answer.
import { nodeType, trace } from "@workflow-core/core";
import { useMemo, useState } from "react";
import { useDraft } from "../builder/store.js";
import { show } from "../builder/view.js";
import { JsonView, StatusChip } from "../ui/bits.js";
import { Button } from "../ui/button.js";
import { AnswerEditor } from "./answer-editor.js";
import { repeatTry, useTry } from "./store.js";

export const NodeResult = ({ id }: { id: string }) => {
  const session = useTry((state) => state.session);
  const pinned = useTry((state) => state.pins[id]);
  const node = useDraft().nodes[id];
  const [at, setAt] = useState(0);
  const visits = useMemo(
    () => (session ? trace(session.plan, session.state).filter(({ node_id }) => node_id === id) : []),
    [session, id],
  );
  const visit = visits[Math.min(at, visits.length - 1)];
  if (!session) return null;
  const isAction = node !== undefined && nodeType(node.node_type)?.behaviour === "action";
  return (
    <section className="node-result">
      <div className="row">
        <h2 className="grow">In the last try</h2>
        {visit ? <StatusChip status={visit.status} /> : <span className="small muted">not reached</span>}
      </div>
      {visits.length > 1 && (
        <label className="row small">
          Visit
          <input
            className="grow"
            type="range"
            min={0}
            max={visits.length - 1}
            value={Math.min(at, visits.length - 1)}
            onChange={(event) => setAt(event.target.valueAsNumber)}
          />
          {Math.min(at, visits.length - 1) + 1} of {visits.length}
        </label>
      )}
      {visit?.error && <p className="field-problem small">{visit.error}</p>}
      {visit && visit.input !== null && (
        <>
          <span className="small muted">Input</span>
          <JsonView value={visit.input} label="Input" />
        </>
      )}
      {visit && visit.output !== null && (
        <>
          <span className="small muted">Output</span>
          <JsonView value={visit.output} label="Output" />
        </>
      )}
      {isAction && (visit || pinned) && <AnswerEditor key={visit?.visit} node={id} answer={visit?.output ?? null} />}
      <Button
        small
        look="quiet"
        onClick={() => {
          show({ left: "try" });
          repeatTry(id);
        }}
      >
        Run again to here
      </Button>
    </section>
  );
};
