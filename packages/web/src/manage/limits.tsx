// The limits: those that all share with what is used of them, then those of each execution.
import type { LimitInUse } from "../api/manage.js";
import { Chip } from "../ui/bits.js";

const scopes: Record<LimitInUse["scope"], string> = {
  process: "for each process",
  all_processes: "over all processes",
  community: "for each community",
  execution: "for each execution",
};

const Meter = ({ limit: { name, in_use, available } }: { limit: LimitInUse }) => {
  if (in_use === null || available === null) return null;
  const full = in_use >= available;
  return (
    <div className="row">
      <meter
        className="grow"
        aria-label={`In use of ${name}`}
        min={0}
        max={Math.max(1, available)}
        high={available * 0.8}
        value={in_use}
      />
      <span className="small">
        {in_use} of {available} in use
      </span>
      {full && <Chip tone="warn">full</Chip>}
    </div>
  );
};

export const Limits = ({ limits }: { limits: LimitInUse[] }) => (
  <ul className="limits" aria-label="Limits">
    {limits.map((limit) => (
      <li key={limit.name} className="card limit">
        <div className="row wrap">
          <code className="grow">{limit.name}</code>
          <strong>{limit.value}</strong>
        </div>
        <Meter limit={limit} />
        <p className="small muted">
          {limit.meaning} {limit.in_use === null ? "" : `Counts ${scopes[limit.scope]}.`}
        </p>
      </li>
    ))}
  </ul>
);
