// Widgets for text: with templates where the field's binding takes them, plain where it does not.
import type { Field } from "@workflow-core/core";
import { CodeField } from "./code-field.js";
import { useForm } from "./context.js";
import type { WidgetProps } from "./widget.js";

const takesTemplates = (field: Field): boolean =>
  field.binding === "text" || field.binding === "message" || field.binding === "address";

const asText = (value: unknown): string =>
  typeof value === "string" ? value : value === undefined ? "" : JSON.stringify(value);

/** An emptied optional field is absent; an emptied required one is empty, which `compile` says. */
const given = (field: Field, text: string): string | undefined => (text === "" && field.optional ? undefined : text);

const shownDefault = (field: Field): string | undefined =>
  field.default === undefined ? undefined : String(field.default);

export const PlainLine = ({ field, value, onChange, label, id, invalid, first }: WidgetProps) => {
  const { readOnly } = useForm();
  return (
    <input
      className="input"
      id={id}
      aria-label={label}
      aria-invalid={invalid}
      value={asText(value)}
      placeholder={shownDefault(field)}
      readOnly={readOnly}
      autoComplete="off"
      spellCheck={false}
      dir="auto"
      data-first={first ? "" : undefined}
      onChange={(event) => onChange(given(field, event.target.value))}
    />
  );
};

export const TemplateText = ({ field, value, onChange, label, invalid, first }: WidgetProps) => {
  const { readOnly, sample } = useForm();
  return (
    <CodeField
      language="template"
      multiline={field.widget === "lines"}
      value={asText(value)}
      onChange={(text) => onChange(given(field, text))}
      label={label}
      invalid={invalid}
      readOnly={readOnly}
      sample={sample}
      first={first}
      placeholder={shownDefault(field)}
    />
  );
};

export const TextWidget = (props: WidgetProps) =>
  takesTemplates(props.field) ? <TemplateText {...props} /> : <PlainLine {...props} />;

export const CodeWidget = ({ field, value, onChange, label, invalid, first }: WidgetProps) => {
  const { readOnly, sample } = useForm();
  return (
    <CodeField
      language="javascript"
      multiline
      value={asText(value)}
      onChange={(text) => onChange(given(field, text))}
      label={label}
      invalid={invalid}
      readOnly={readOnly}
      sample={sample}
      first={first}
    />
  );
};
