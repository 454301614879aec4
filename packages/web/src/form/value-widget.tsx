// Any value: text with templates, a number, yes or no, nothing, or a structure written as JSON.
import type { Json } from "@workflow-core/core";
import { useEffect, useState } from "react";
import { Switch } from "../ui/bits.js";
import { CodeField } from "./code-field.js";
import { useForm } from "./context.js";
import { parseJson, stableText } from "./json-text.js";
import { TemplateText } from "./text-widgets.js";
import type { WidgetProps } from "./widget.js";

type Kind = "text" | "number" | "switch" | "json" | "null";
const kinds: Record<Kind, string> = {
  text: "Text or {{ }}",
  number: "Number",
  switch: "Yes / no",
  json: "JSON",
  null: "Nothing",
};

const kindOf = (value: Json | undefined): Kind => {
  if (value === undefined || typeof value === "string") return "text";
  if (value === null) return "null";
  return typeof value === "number" ? "number" : typeof value === "boolean" ? "switch" : "json";
};

/** The value in another kind, keeping what can be kept. */
const converted = (value: Json | undefined, kind: Kind): Json | undefined => {
  if (kind === "null") return null;
  if (kind === "switch") return value === true || value === "true";
  if (kind === "number") return Number.isFinite(Number(value)) ? Number(value ?? 0) : 0;
  if (kind === "json") {
    const parsed = typeof value === "string" ? parseJson(value) : undefined;
    return typeof parsed?.value === "object" && parsed.value !== null
      ? parsed.value
      : typeof value === "object" && value !== null
        ? value
        : [];
  }
  return value === undefined || value === null ? "" : typeof value === "string" ? value : stableText(value);
};

/** JSON as text that may be wrong while it is being written; only what parses is told. */
export const JsonEditor = ({
  value,
  onChange,
  label,
  invalid,
}: Pick<WidgetProps, "value" | "onChange" | "label" | "invalid">) => {
  const { readOnly, sample } = useForm();
  const written = stableText(value);
  const [text, setText] = useState(written);
  const [wrong, setWrong] = useState<string>();
  useEffect(
    () => setText((before) => (stableText(parseJson(before)?.value) === written ? before : written)),
    [written],
  );
  return (
    <>
      <CodeField
        language="json"
        multiline
        value={text}
        label={label}
        invalid={invalid || wrong !== undefined}
        readOnly={readOnly}
        sample={sample}
        onChange={(next) => {
          setText(next);
          const parsed = parseJson(next);
          setWrong(parsed ? undefined : "Not JSON yet: it is kept when it is.");
          if (parsed) onChange(parsed.value);
        }}
      />
      {wrong && <span className="small field-problem">{wrong}</span>}
    </>
  );
};

export const ValueWidget = (props: WidgetProps) => {
  const { value, onChange, label, field, id, invalid } = props;
  const { readOnly } = useForm();
  const [picked, setPicked] = useState<Kind>();
  const kind = picked !== undefined && value === undefined ? picked : kindOf(value);
  return (
    <div className="value-widget">
      <select
        className="select kind-select"
        aria-label={`${label}: kind of value`}
        value={kind}
        disabled={readOnly}
        onChange={(event) => {
          const next = event.target.value as Kind; // the options are made of the kinds
          setPicked(next);
          onChange(converted(value, next));
        }}
      >
        {Object.entries(kinds).map(([key, text]) => (
          <option key={key} value={key}>
            {text}
          </option>
        ))}
      </select>
      {kind === "text" && <TemplateText {...props} field={{ ...field, widget: "lines" }} />}
      {kind === "number" && (
        <input
          className="input"
          id={id}
          type="number"
          step="any"
          aria-label={label}
          aria-invalid={invalid}
          value={typeof value === "number" ? value : 0}
          readOnly={readOnly}
          onChange={(event) => onChange(event.target.valueAsNumber || 0)}
        />
      )}
      {kind === "switch" && <Switch label={label} checked={value === true} disabled={readOnly} onChange={onChange} />}
      {kind === "json" && <JsonEditor value={value} onChange={onChange} label={label} invalid={invalid} />}
    </div>
  );
};
