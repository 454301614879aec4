// One field of a form, made from core's description of it: its name, help, widget, problems and live preview.
import type { Field, Json, Widget as WidgetName } from "@workflow-core/core";
import { type ComponentType, lazy, Suspense, useMemo } from "react";
import { firstAct } from "../ui/first-act.js";
import { problemsAt, sampleEnv, useForm } from "./context.js";
import { ListWidget, ObjectWidget, PairsWidget } from "./list-widgets.js";
import { type Parts, PartsContext, type RowProps } from "./parts.js";
import { previewOf } from "./preview.js";
import { TextWidget } from "./text-widgets.js";
import { ValueWidget } from "./value-widget.js";
import type { WidgetProps } from "./widget.js";

const loadRare = () => import("./rare-widgets.js");
void firstAct.then(loadRare);
const rare = (name: keyof Awaited<ReturnType<typeof loadRare>>): ComponentType<WidgetProps> =>
  lazy(async () => ({ default: (await loadRare())[name] }));

const widgets: Record<WidgetName, ComponentType<WidgetProps>> = {
  line: TextWidget,
  lines: TextWidget,
  address: TextWidget,
  name: TextWidget,
  number: rare("NumberWidget"),
  seconds: rare("SecondsWidget"),
  switch: rare("SwitchWidget"),
  choice: rare("ChoiceWidget"),
  value: ValueWidget,
  condition: rare("ConditionWidget"),
  code: rare("CodeWidget"),
  names: rare("NamesWidget"),
  cron: rare("CronWidget"),
  timezone: rare("TimezoneWidget"),
  list: ListWidget,
  cases: ListWidget,
  object: ObjectWidget,
  pairs: PairsWidget,
};

/** The bare widget of a field, with what is wrong at its path. */
const Widget = (props: Omit<WidgetProps, "invalid">) => {
  const { problems } = useForm();
  const Component = widgets[props.field.widget];
  return (
    <Suspense fallback={<span className="input" aria-hidden />}>
      <Component {...props} invalid={problemsAt(problems, props.path).some(({ severity }) => severity === "error")} />
    </Suspense>
  );
};

const inline: ReadonlySet<WidgetName> = new Set(["switch", "choice", "number", "seconds"]);
const nested: ReadonlySet<WidgetName> = new Set(["list", "cases", "object", "pairs"]);

const previewWords = { example: "For example", try: "In the last try", run: "In that execution" } as const;

const PreviewLine = ({ field, value }: { field: Field; value: Json | undefined }) => {
  const { sample } = useForm();
  const preview = useMemo(() => previewOf(field, value, sampleEnv(sample)), [field, value, sample]);
  if (!preview) return null;
  return (
    <p className={`preview ${preview.kind}`} dir="auto">
      <span className="preview-label">
        {preview.kind === "value" ? previewWords[sample.source] : "Not with this data"}
      </span>
      {preview.text}
    </p>
  );
};

const Row = ({ name, field, value, onChange, path, id, first }: RowProps) => {
  const { problems } = useForm();
  const own = problemsAt(problems, path).filter((each) => !nested.has(field.widget) || each.path === path);
  const missing = !field.optional && value === undefined;
  return (
    <div className={`field${inline.has(field.widget) ? " inline" : ""}`} data-path={path}>
      <label htmlFor={id} className="field-label" title={name}>
        {field.title}
        {field.optional ? null : (
          <span className="field-required" aria-hidden>
            {" "}
            *
          </span>
        )}
      </label>
      <div className="field-control">
        <Widget field={field} value={value} onChange={onChange} path={path} id={id} label={field.title} first={first} />
      </div>
      {!nested.has(field.widget) && <PreviewLine field={field} value={value} />}
      {own.length > 0 ? (
        own.map(({ message }) => (
          <p key={message} className="small field-problem" role="alert">
            {missing ? "This is needed." : message}
          </p>
        ))
      ) : field.help ? (
        <p className="small faint field-help">{field.help}</p>
      ) : null}
    </div>
  );
};

const parts: Parts = { Widget, FieldRow: Row };

export const FieldRow = (props: RowProps) => (
  <PartsContext.Provider value={parts}>
    <Row {...props} />
  </PartsContext.Provider>
);
