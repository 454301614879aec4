// A difference between two drawings: on the canvas, and in words per field.
import type { WorkflowGraph } from "@workflow-core/core";
import { ReactFlowProvider } from "@xyflow/react";
import { useMemo } from "react";
import { Chip, type Tone } from "../ui/bits.js";
import { Canvas } from "./canvas.js";
import { type Change, type Difference, type FieldChange, unionGraph } from "./diff.js";
import { emptyDraft } from "./draft.js";
import { createSkin, SkinContext } from "./skin.js";

const tones: Record<Change, Tone> = { added: "good", removed: "bad", changed: "warn", moved: "" };

const text = (value: unknown): string =>
  value === undefined ? "–" : typeof value === "string" ? value : JSON.stringify(value, null, 1);

const Fields = ({ fields }: { fields: FieldChange[] }) => (
  <dl className="diff-fields">
    {fields.map(({ path, before, after }) => (
      <div key={path}>
        <dt className="mono">{path}</dt>
        <dd>
          <del dir="auto">{text(before)}</del>
          <ins dir="auto">{text(after)}</ins>
        </dd>
      </div>
    ))}
  </dl>
);

export const DiffList = ({ difference }: { difference: Difference }) => {
  const { nodes, connections, settings } = difference;
  const shown = nodes.filter(({ change }) => change !== "moved");
  const moved = nodes.length - shown.length;
  return (
    <div className="stack">
      {shown.map(({ id, change, node_type, fields }) => (
        <div key={id} className="diff-row">
          <div className="row">
            <Chip tone={tones[change]}>{change}</Chip>
            <strong>{id}</strong> <span className="muted small">{node_type}</span>
          </div>
          {fields.length > 0 && <Fields fields={fields} />}
        </div>
      ))}
      {connections.map(({ change, text: words }) => (
        <div key={`${change} ${words}`} className="row diff-row">
          <Chip tone={tones[change]}>{change}</Chip>
          <span className="mono">{words}</span>
        </div>
      ))}
      {settings.length > 0 && (
        <div className="diff-row">
          <strong>Settings</strong>
          <Fields fields={settings} />
        </div>
      )}
      {moved > 0 && <p className="small muted">{moved === 1 ? "1 node was" : `${moved} nodes were`} only moved.</p>}
      {difference.count === 0 && moved === 0 && <p className="muted">There is no difference.</p>}
    </div>
  );
};

const nothing = { nodes: [], connections: [] };

export const DiffCanvas = ({
  before,
  after,
  difference,
}: {
  before: WorkflowGraph;
  after: WorkflowGraph;
  difference: Difference;
}) => {
  const draft = useMemo(() => ({ ...emptyDraft, ...unionGraph(before, after) }), [before, after]);
  const skin = useMemo(
    () =>
      createSkin({
        changes: Object.fromEntries(
          difference.nodes.filter(({ change }) => change !== "moved").map(({ id, change }) => [id, change]),
        ),
      }),
    [difference],
  );
  return (
    <SkinContext.Provider value={skin}>
      <ReactFlowProvider>
        <div className="diff-canvas">
          <Canvas
            draft={draft}
            selection={nothing}
            readOnly
            label="Differences"
            focus={difference.nodes.filter(({ change }) => change !== "moved").map(({ id }) => id)}
          />
        </div>
      </ReactFlowProvider>
    </SkinContext.Provider>
  );
};
