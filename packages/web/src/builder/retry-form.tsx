// What happens when a node's action fails: not again, again by the workflow's rule, or by its own.
import type { RetryDocument } from "@workflow-core/core";

type Own = Extract<RetryDocument, object>;
type Mode = "workflow" | "yes" | "own" | "never";

const modeOf = (retry: RetryDocument | undefined): Mode =>
  retry === undefined || retry === false ? "workflow" : retry === true ? "yes" : retry === "never" ? "never" : "own";

const numbers: readonly {
  key: "max_retries" | "first_seconds" | "factor" | "max_seconds";
  label: string;
  usual: number;
}[] = [
  { key: "max_retries", label: "Further attempts", usual: 3 },
  { key: "first_seconds", label: "First wait, seconds", usual: 2 },
  { key: "factor", label: "Each wait longer by", usual: 2 },
  { key: "max_seconds", label: "Longest wait, seconds", usual: 3600 },
];

interface Props {
  retry: RetryDocument | undefined;
  onChange: (retry: RetryDocument | undefined) => void;
}

export const RetryForm = ({ retry, onChange }: Props) => {
  const mode = modeOf(retry);
  const own: Own = typeof retry === "object" ? retry : {};
  const choose = (next: string) =>
    onChange(next === "yes" ? true : next === "never" ? "never" : next === "own" ? { max_retries: 3 } : undefined);
  return (
    <fieldset className="fieldset">
      <label className="field">
        <span className="field-label">When it fails</span>
        <select className="select" value={mode} onChange={(event) => choose(event.target.value)}>
          <option value="workflow">As the workflow says</option>
          <option value="yes">Try again after 2, 4, 8 seconds</option>
          <option value="own">Try again by own rule…</option>
          <option value="never">Never try again, not even after a crash</option>
        </select>
      </label>
      {mode === "own" &&
        numbers.map(({ key, label, usual }) => (
          <label key={key} className="field inline">
            <span className="field-label">{label}</span>
            <input
              className="input"
              type="number"
              min={0}
              step="any"
              placeholder={String(usual)}
              value={own[key] ?? ""}
              onChange={(event) => {
                const { [key]: _old, ...rest } = own;
                onChange(event.target.value === "" ? rest : { ...own, [key]: event.target.valueAsNumber });
              }}
            />
          </label>
        ))}
    </fieldset>
  );
};
