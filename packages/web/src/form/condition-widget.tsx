// Conditions: an expression, or rows of comparisons joined by and, or, not. Both are the same document.
import {
  type ConditionDocument,
  type Json,
  type OperatorName,
  operators,
  value as valueField,
} from "@workflow-core/core";
import { Plus, Trash2 } from "lucide-react";
import { Button, IconButton } from "../ui/button.js";
import { CodeField } from "./code-field.js";
import {
  blankComparison,
  type Comparison,
  isComparison,
  isGroup,
  isNegation,
  toComparison,
  toExpression,
} from "./condition.js";
import { useForm } from "./context.js";
import { useParts } from "./parts.js";
import type { WidgetProps } from "./widget.js";

interface PartProps {
  value: ConditionDocument;
  onChange: (value: ConditionDocument) => void;
  onRemove?: (() => void) | undefined;
  label: string;
  path: string;
  id: string;
}

const side = valueField("Value");

const ComparisonRow = ({ value, onChange, onRemove, label, path, id }: PartProps & { value: Comparison }) => {
  const { Widget } = useParts();
  const { readOnly } = useForm();
  const { operands } = operators[value.operator];
  const set = (change: Partial<Comparison>) => onChange(Object.assign({}, value, change));
  return (
    <div className="comparison">
      <Widget
        field={side}
        value={value.left}
        label={`${label}: left side`}
        id={`${id}-l`}
        path={`${path}.left`}
        onChange={(left) => set({ left: left ?? "" })}
      />
      <div className="row">
        <select
          className="select grow"
          aria-label={`${label}: comparison`}
          value={value.operator}
          disabled={readOnly}
          onChange={(event) => set({ operator: event.target.value as OperatorName })}
        >
          {Object.entries(operators).map(([name, { title }]) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
        </select>
        {onRemove && !readOnly && <IconButton small icon={Trash2} label={`Remove ${label}`} onClick={onRemove} />}
      </div>
      {operands === 2 && (
        <Widget
          field={side}
          value={value.right}
          label={`${label}: right side`}
          id={`${id}-r`}
          path={`${path}.right`}
          onChange={(right) => set({ right: right ?? "" })}
        />
      )}
    </div>
  );
};

const ExpressionRow = ({
  value,
  onChange,
  label,
  invalid,
  first,
}: {
  value: string;
  onChange: (value: string) => void;
  label: string;
  invalid?: boolean;
  first?: boolean | undefined;
}) => {
  const { readOnly, sample } = useForm();
  return (
    <CodeField
      language="expression"
      value={value}
      onChange={onChange}
      label={label}
      readOnly={readOnly}
      sample={sample}
      invalid={invalid}
      first={first}
      multiline
      placeholder='score > 10 && platform === "twitch"'
    />
  );
};

const Part = (props: PartProps) => {
  const { value, onChange, onRemove, label, path, id } = props;
  const { readOnly } = useForm();
  if (isComparison(value)) return <ComparisonRow {...props} value={value} />;
  if (isNegation(value))
    return (
      <div className="condition-group">
        <div className="row">
          <strong className="grow small">not</strong>
          <Button small look="quiet" onClick={() => onChange(value.not)}>
            Remove “not”
          </Button>
        </div>
        <Part
          {...props}
          value={value.not}
          path={`${path}.not`}
          onChange={(not) => onChange({ not })}
          onRemove={undefined}
        />
      </div>
    );
  if (!isGroup(value))
    return (
      <div className="row">
        <div className="grow">
          <ExpressionRow value={String(value)} onChange={onChange} label={`${label}: expression`} />
        </div>
        {onRemove && !readOnly && <IconButton small icon={Trash2} label={`Remove ${label}`} onClick={onRemove} />}
      </div>
    );
  const word = "and" in value ? "and" : "or";
  const parts = "and" in value ? value.and : value.or;
  const set = (next: ConditionDocument[], joined: "and" | "or" = word) =>
    onChange(joined === "and" ? { and: next } : { or: next });
  return (
    <div className="condition-group">
      <div className="row">
        <select
          className="select"
          style={{ width: "auto" }}
          aria-label={`${label}: joined by`}
          value={word}
          disabled={readOnly}
          onChange={(event) => set(parts, event.target.value === "or" ? "or" : "and")}
        >
          <option value="and">all of</option>
          <option value="or">any of</option>
        </select>
        <span className="grow" />
        {onRemove && !readOnly && <IconButton small icon={Trash2} label={`Remove ${label}`} onClick={onRemove} />}
      </div>
      {parts.map((part, index) => (
        <Part
          // biome-ignore lint/suspicious/noArrayIndexKey: conditions have no identity but their place
          key={index}
          value={part}
          label={`${label} ${index + 1}`}
          path={`${path}.${word}[${index}]`}
          id={`${id}-${index}`}
          onChange={(next) => set(parts.map((old, at) => (at === index ? next : old)))}
          onRemove={parts.length > 1 ? () => set(parts.filter((_, at) => at !== index)) : undefined}
        />
      ))}
      {!readOnly && (
        <div className="row wrap">
          <Button small look="quiet" icon={Plus} onClick={() => set([...parts, blankComparison])}>
            Comparison
          </Button>
          <Button
            small
            look="quiet"
            icon={Plus}
            onClick={() => set([...parts, { [word === "and" ? "or" : "and"]: [blankComparison] } as ConditionDocument])}
          >
            Group
          </Button>
        </div>
      )}
    </div>
  );
};

export const ConditionWidget = ({ value, onChange, path, label, id, invalid, first }: WidgetProps) => {
  const { readOnly } = useForm();
  const drawn = value as ConditionDocument | undefined; // what does not fit is said by `compile`
  const structured = isComparison(drawn) || isGroup(drawn) || isNegation(drawn);
  const change = (next: ConditionDocument) => onChange(next as Json);
  return (
    <div className="stack" style={{ gap: 6 }}>
      {structured ? (
        <Part value={drawn} onChange={change} label={label} path={path} id={id} />
      ) : (
        <ExpressionRow
          value={drawn === undefined ? "" : String(drawn)}
          onChange={(text) => onChange(text === "" ? undefined : text)}
          label={label}
          invalid={invalid}
          first={first}
        />
      )}
      {!readOnly && (
        <div className="row wrap">
          {structured ? (
            <>
              {!isGroup(drawn) && (
                <Button small look="quiet" icon={Plus} onClick={() => change({ and: [drawn, blankComparison] })}>
                  And…
                </Button>
              )}
              {!isNegation(drawn) && (
                <Button small look="quiet" onClick={() => change({ not: drawn })}>
                  Not
                </Button>
              )}
              <Button small look="quiet" onClick={() => change(toExpression(drawn))}>
                Write as an expression
              </Button>
            </>
          ) : (
            <Button
              small
              look="quiet"
              onClick={() =>
                change(
                  toComparison(String(drawn ?? "")) ?? (drawn ? { and: [drawn, blankComparison] } : blankComparison),
                )
              }
            >
              Build it from comparisons
            </Button>
          )}
        </div>
      )}
    </div>
  );
};
