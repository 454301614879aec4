// One node: what it is, its form, its behaviour when it fails, notes, and what happened to it in the last try.
import { type Json, type NodeDocument, nodeType } from "@workflow-core/core";
import { Braces, CircleHelp, Trash2, TriangleAlert } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { FormContext } from "../form/context.js";
import { ConfigForm } from "../form/form.js";
import { JsonEditor } from "../form/value-widget.js";
import { NodeResult } from "../practice/node-result.js";
import { Notice, Switch } from "../ui/bits.js";
import { IconButton } from "../ui/button.js";
import { removeSelection } from "./acts.js";
import { NodeIcon } from "./card.js";
import { patchNode, renameNode, setConfig } from "./document.js";
import { useChecked } from "./problems.js";
import { RetryForm } from "./retry-form.js";
import { SourcePicker } from "./source-picker.js";
import { edit, select, useDraft } from "./store.js";
import { useSample } from "./use-sample.js";
import { useView } from "./view.js";

/** Brings a field that a problem named into view. */
const useJump = (id: string) => {
  const root = useRef<HTMLDivElement>(null);
  const jump = useView((view) => view.jump);
  useEffect(() => {
    if (jump?.node !== id || !jump.path) return;
    const fields = [...(root.current?.querySelectorAll<HTMLElement>("[data-path]") ?? [])];
    const hit = fields.filter(({ dataset }) => jump.path?.startsWith(dataset.path ?? "\0")).at(-1);
    if (!hit) return;
    hit.scrollIntoView({ block: "center" });
    hit.dataset.jumped = "";
    hit.querySelector<HTMLElement>("input, select, textarea, .code-field, button")?.focus();
    const timer = window.setTimeout(() => delete hit.dataset.jumped, 1600);
    return () => window.clearTimeout(timer);
  }, [jump, id]);
  return root;
};

const Identifier = ({ id }: { id: string }) => {
  const draft = useDraft();
  const [text, setText] = useState(id);
  const taken = text !== id && Object.hasOwn(draft.nodes, text);
  const rename = () => {
    if (text === id || taken || text === "") return setText(id);
    edit("Rename the id", (before) => renameNode(before, id, text));
    select([text]);
  };
  return (
    <label className="field inline">
      <span className="field-label">Id</span>
      <input
        className="input mono"
        value={text}
        aria-invalid={taken}
        maxLength={255}
        onChange={(event) => setText(event.target.value)}
        onBlur={rename}
        onKeyDown={(event) => event.key === "Enter" && rename()}
      />
      <span className="small faint">{taken ? "Another node has this id." : `Its data are in nodes.${id}`}</span>
    </label>
  );
};

const set = (id: string, label: string, patch: Parameters<typeof patchNode>[2], merge?: string) =>
  edit(label, (draft) => patchNode(draft, id, patch), merge);

const NodeInspector = ({ id, node }: { id: string; node: NodeDocument }) => {
  const all = useChecked((checked) => checked.problems);
  const sample = useSample(id);
  const root = useJump(id);
  const [raw, setRaw] = useState(false);
  const [help, setHelp] = useState(false);
  const type = nodeType(node.node_type);
  const problems = useMemo(() => all.filter((each) => each.node_id === id), [all, id]);
  const loose = problems.filter(({ path }) => path === undefined || !path.startsWith("config"));
  const context = useMemo(() => ({ nodeId: id, readOnly: false, problems, sample }), [id, problems, sample]);
  const config = node.config ?? {};
  return (
    <FormContext.Provider value={context}>
      <div className="inspector" ref={root}>
        <header className="inspector-head">
          <NodeIcon type={type} size={18} />
          <input
            className="name-input grow"
            aria-label="Label of the node"
            dir="auto"
            placeholder={type?.title ?? node.node_type}
            value={node.label ?? ""}
            maxLength={255}
            onChange={(event) => set(id, "Label", { label: event.target.value || undefined }, `label ${id}`)}
          />
          <Switch
            checked={node.enabled !== false}
            label="The node is on"
            onChange={(on) => set(id, on ? "Switch on" : "Switch off", { enabled: on ? undefined : false })}
          />
          <IconButton small icon={CircleHelp} label="What it does" aria-pressed={help} onClick={() => setHelp(!help)} />
          <IconButton small icon={Braces} label="Config as JSON" aria-pressed={raw} onClick={() => setRaw(!raw)} />
          <IconButton small icon={Trash2} label="Delete the node" onClick={removeSelection} />
        </header>
        <p className="muted small">{type?.summary ?? `There is no node type “${node.node_type}”.`}</p>
        {help && type?.details && <Notice>{type.details}</Notice>}
        {loose.map(({ message, severity }) =>
          severity === "error" ? (
            <Notice key={message} tone="bad">
              {message}
            </Notice>
          ) : (
            <p key={message} className="row small hint">
              <TriangleAlert size={14} aria-hidden /> {message}
            </p>
          ),
        )}
        {type && Object.keys(type.config).length > 0 && <SourcePicker />}
        {raw || !type ? (
          <JsonEditor
            label="Config as JSON"
            invalid={false}
            value={config}
            onChange={(value) => set(id, "Config", { config: (value ?? {}) as Record<string, Json> }, `config ${id}`)}
          />
        ) : (
          <ConfigForm
            fields={type.config}
            config={config}
            onChange={(key, value) =>
              edit(
                `Change ${type.config[key]?.title ?? key}`,
                (draft) => setConfig(draft, id, key, value),
                `${id}.${key}`,
              )
            }
          />
        )}
        <NodeResult id={id} />
        <details className="more">
          <summary>Failure, notes and id</summary>
          <div className="stack-l">
            {type?.behaviour === "action" && (
              <RetryForm retry={node.retry} onChange={(retry) => set(id, "Retry", { retry }, `retry ${id}`)} />
            )}
            <label className="field">
              <span className="field-label">Note on the card</span>
              <textarea
                className="textarea"
                dir="auto"
                rows={3}
                value={node.notes ?? ""}
                maxLength={10_000}
                onChange={(event) => set(id, "Note", { notes: event.target.value || undefined }, `notes ${id}`)}
              />
            </label>
            <Identifier id={id} />
          </div>
        </details>
      </div>
    </FormContext.Provider>
  );
};

export default NodeInspector;
