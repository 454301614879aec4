// When a schedule fires: the expression, a few to start from, and the next times as the server will count them.
import { useQuery } from "@tanstack/react-query";
import { createContext, useContext, useDeferredValue } from "react";
import { isMissing, isOffline, sentenceOf } from "../api/errors.js";
import { previewSchedule } from "../api/manage.js";
import { moment } from "../ui/time.js";
import { useForm } from "./context.js";
import { PlainLine } from "./text-widgets.js";
import type { WidgetProps } from "./widget.js";

/** The zone that stands beside a cron expression in the same form. */
export const ZoneContext = createContext<string | undefined>(undefined);

const presets: readonly [string, string][] = [
  ["*/15 * * * *", "Every 15 minutes"],
  ["0 * * * *", "Every hour"],
  ["0 18 * * *", "Every day at 18:00"],
  ["0 18 * * mon-fri", "Weekdays at 18:00"],
  ["0 12 * * sun", "Sundays at noon"],
  ["0 9 1 * *", "First of the month at 9:00"],
];

/** The next five times of an expression. */
export const NextRuns = ({ cron, zone }: { cron: string; zone: string | undefined }) => {
  const text = useDeferredValue(cron.trim());
  const query = useQuery({
    queryKey: ["cron", text, zone],
    queryFn: () => previewSchedule(text, zone),
    enabled: text.split(/\s+/).length === 5,
    retry: false,
    staleTime: 60_000,
    placeholderData: (before) => before,
  });
  if (query.isError) {
    if (isMissing(query.error) || isOffline(query.error))
      return <p className="small muted">The next times cannot be shown by this server.</p>;
    return <p className="small field-problem">{sentenceOf(query.error)}</p>;
  }
  if (!query.data?.length) return null;
  return (
    <ol className="next-runs small muted" aria-label="Next times">
      {query.data.map((time) => (
        <li key={time}>{moment(time)}</li>
      ))}
    </ol>
  );
};

export const CronWidget = (props: WidgetProps) => {
  const { value, onChange, label } = props;
  const { readOnly } = useForm();
  const zone = useContext(ZoneContext);
  return (
    <div className="stack" style={{ gap: 4 }}>
      <PlainLine {...props} />
      {!readOnly && (
        <select
          className="select"
          aria-label={`${label}: start from`}
          value=""
          onChange={(event) => onChange(event.target.value)}
        >
          <option value="">Start from…</option>
          {presets.map(([cron, text]) => (
            <option key={cron} value={cron}>
              {text}
            </option>
          ))}
        </select>
      )}
      {typeof value === "string" && <NextRuns cron={value} zone={zone} />}
    </div>
  );
};

const zones = Intl.supportedValuesOf("timeZone");

export const TimezoneWidget = ({ value, onChange, label, id, invalid }: WidgetProps) => {
  const { readOnly } = useForm();
  return (
    <>
      <input
        className="input"
        id={id}
        list={`${id}-zones`}
        aria-label={label}
        aria-invalid={invalid}
        value={typeof value === "string" ? value : ""}
        placeholder={`Server's zone, or ${Intl.DateTimeFormat().resolvedOptions().timeZone}`}
        readOnly={readOnly}
        onChange={(event) => onChange(event.target.value || undefined)}
      />
      <datalist id={`${id}-zones`}>
        {zones.map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
    </>
  );
};
