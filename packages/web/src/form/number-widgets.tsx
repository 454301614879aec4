// Widgets for numbers, durations, switches and choices. Where a template may stand instead of a value, it may be typed.
import type { Json } from "@workflow-core/core";
import { FunctionSquare } from "lucide-react";
import { useEffect, useState } from "react";
import { Switch } from "../ui/bits.js";
import { IconButton } from "../ui/button.js";
import { useForm } from "./context.js";
import { parseDuration, spokenDuration } from "./duration.js";
import { TemplateText } from "./text-widgets.js";
import type { WidgetProps } from "./widget.js";

const isTemplate = (value: unknown): boolean => typeof value === "string" && value.includes("{{");

/** The button between a fixed value and an expression. */
const ExpressionToggle = ({ on, onToggle, label }: { on: boolean; onToggle: () => void; label: string }) => (
  <IconButton
    icon={FunctionSquare}
    small
    aria-pressed={on}
    label={on ? `${label}: use a fixed value` : `${label}: use an expression`}
    onClick={onToggle}
  />
);

type Parse = (text: string) => number | undefined;
const plainNumber: Parse = (text) => (/^\s*-?\d+(\.\d+)?\s*$/.test(text) ? Number(text) : undefined);

const NumberLine = ({
  field,
  value,
  onChange,
  label,
  id,
  invalid,
  first,
  parse,
  hint,
}: WidgetProps & { parse: Parse; hint: string }) => {
  const { readOnly } = useForm();
  const written = value === undefined ? "" : String(value);
  const [text, setText] = useState(written);
  useEffect(() => setText((before) => (parse(before) === value ? before : written)), [written, value, parse]);
  return (
    <span className="number-line">
      <input
        className="input"
        id={id}
        aria-label={label}
        aria-invalid={invalid}
        inputMode="decimal"
        value={text}
        placeholder={field.default === undefined ? "" : String(field.default)}
        readOnly={readOnly}
        data-first={first ? "" : undefined}
        onChange={(event) => {
          setText(event.target.value);
          const trimmed = event.target.value.trim();
          onChange(trimmed === "" ? undefined : (parse(trimmed) ?? trimmed));
        }}
      />
      {hint && <span className="small muted">{hint}</span>}
    </span>
  );
};

const WithExpression = (props: WidgetProps & { children: React.ReactNode; fallback: Json | undefined }) => {
  const { field, value, onChange, label, children, fallback } = props;
  const { readOnly } = useForm();
  const on = isTemplate(value);
  if (field.binding !== "value" || readOnly) return on ? <TemplateText {...props} /> : children;
  return (
    <span className="with-toggle">
      <span className="grow">{on ? <TemplateText {...props} /> : children}</span>
      <ExpressionToggle on={on} label={label} onToggle={() => onChange(on ? fallback : `{{ ${value ?? ""} }}`)} />
    </span>
  );
};

export const NumberWidget = (props: WidgetProps) => (
  <WithExpression {...props} fallback={undefined}>
    <NumberLine {...props} parse={plainNumber} hint="" />
  </WithExpression>
);

export const SecondsWidget = (props: WidgetProps) => {
  const spoken = typeof props.value === "number" ? spokenDuration(props.value) : "";
  return (
    <WithExpression {...props} fallback={undefined}>
      <NumberLine {...props} parse={parseDuration} hint={spoken || "s, or 2m 30s"} />
    </WithExpression>
  );
};

export const SwitchWidget = (props: WidgetProps) => {
  const { field, value, onChange, label, id } = props;
  const { readOnly } = useForm();
  return (
    <WithExpression {...props} fallback={undefined}>
      <Switch
        id={id}
        label={label}
        disabled={readOnly}
        checked={value === undefined ? field.default === true : value === true}
        onChange={(on) => onChange(on === field.default ? undefined : on)}
      />
    </WithExpression>
  );
};

export const ChoiceWidget = ({ field, value, onChange, label, id, invalid, first }: WidgetProps) => {
  const { readOnly } = useForm();
  const choices = field.choices ?? [];
  const now = value === undefined ? String(field.default ?? "") : String(value);
  return (
    <select
      className="select"
      id={id}
      aria-label={label}
      aria-invalid={invalid}
      value={now}
      disabled={readOnly}
      data-first={first ? "" : undefined}
      onChange={(event) => onChange(event.target.value === field.default ? undefined : event.target.value || undefined)}
    >
      {(field.default === undefined || !choices.includes(now)) && (
        <option value={choices.includes(now) ? "" : now}>{choices.includes(now) ? "Choose…" : now || "Choose…"}</option>
      )}
      {choices.map((choice) => (
        <option key={choice} value={choice}>
          {choice.replaceAll("_", " ")}
        </option>
      ))}
    </select>
  );
};
