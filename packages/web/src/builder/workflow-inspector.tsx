// The workflow's own settings: what it is for, its variables, its limits.
import { type Json, optional, pairs, value } from "@workflow-core/core";
import { useMemo } from "react";
import { emptySample, FormContext } from "../form/context.js";
import { parseDuration } from "../form/duration.js";
import { FieldRow } from "../form/field-row.js";
import "../form/form.css";
import { Switch } from "../ui/bits.js";
import { setMetadata } from "./document.js";
import { useChecked } from "./problems.js";
import { edit, useDraft } from "./store.js";

const variables = optional(pairs("Variables", value("Value"), { help: "There from the start, in every execution." }));

const meta = (key: string, next: Json | undefined) =>
  edit("Settings", (draft) => setMetadata(draft, key, next), `metadata ${key}`);

export const WorkflowInspector = () => {
  const draft = useDraft();
  const problems = useChecked((checked) => checked.problems);
  const { metadata } = draft;
  const context = useMemo(() => ({ nodeId: "", readOnly: false, problems, sample: emptySample }), [problems]);
  return (
    <FormContext.Provider value={context}>
      <div className="inspector">
        <h2>Workflow</h2>
        <p className="small muted">Select a card to edit it. These settings hold for the whole workflow.</p>
        <label className="field">
          <span className="field-label">What it is for</span>
          <textarea
            className="textarea"
            dir="auto"
            rows={3}
            value={draft.description ?? ""}
            onChange={(event) =>
              edit("Description", (before) => ({ ...before, description: event.target.value || null }), "description")
            }
          />
        </label>
        <FieldRow
          name="global_variables"
          field={variables}
          value={draft.global_variables}
          path="global_variables"
          id="global-variables"
          onChange={(next) =>
            edit(
              "Variables",
              (before) => ({ ...before, global_variables: (next ?? {}) as Record<string, Json> }),
              "variables",
            )
          }
        />
        <label className="field">
          <span className="field-label">When it is started while it runs</span>
          <select
            className="select"
            value={metadata.on_overlap ?? ""}
            onChange={(event) => meta("on_overlap", event.target.value || undefined)}
          >
            <option value="">Run both at the same time</option>
            <option value="queue">Wait until the first is over</option>
            <option value="skip">Do not start</option>
            <option value="cancel_previous">Cancel the first</option>
          </select>
        </label>
        <label className="field inline">
          <span className="field-label">Time limit</span>
          <input
            className="input"
            placeholder="5m"
            defaultValue={metadata.max_execution_time_seconds ?? ""}
            onChange={(event) => meta("max_execution_time_seconds", parseDuration(event.target.value))}
          />
          <span className="small faint">Waits included: 90, 10m, 2h. Empty: the server's.</span>
        </label>
        <div className="field inline">
          <span className="field-label">Try failed actions again</span>
          <span className="field-control">
            <Switch
              label="Try failed actions again"
              checked={metadata.retry_failed_nodes === true}
              onChange={(on) => meta("retry_failed_nodes", on || undefined)}
            />
          </span>
        </div>
        <label className="field inline">
          <span className="field-label">Further attempts</span>
          <input
            className="input"
            type="number"
            min={0}
            max={20}
            placeholder="3"
            value={metadata.max_retries ?? ""}
            onChange={(event) =>
              meta("max_retries", event.target.value === "" ? undefined : event.target.valueAsNumber)
            }
          />
        </label>
        <label className="field">
          <span className="field-label">Tags</span>
          <input
            className="input"
            defaultValue={(metadata.tags ?? []).join(", ")}
            placeholder="welcome, stream"
            onChange={(event) => {
              const tags = event.target.value
                .split(",")
                .map((each) => each.trim())
                .filter((each) => each !== "");
              meta("tags", tags.length > 0 ? tags : undefined);
            }}
          />
        </label>
      </div>
    </FormContext.Provider>
  );
};
