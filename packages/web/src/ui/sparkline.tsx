// The last executions of a workflow as small bars: height is duration, colour is the outcome.
import type { ExecutionSummary } from "../api/types.js";

const colour: Record<string, string> = {
  completed: "var(--good)",
  failed: "var(--bad)",
  timed_out: "var(--bad)",
  cancelled: "var(--warn)",
  waiting: "var(--wait)",
};

export const Sparkline = ({ executions }: { executions: ExecutionSummary[] }) => {
  const shown = executions.slice(0, 16).reverse();
  const longest = Math.max(0.05, ...shown.map(({ execution_time_seconds: seconds }) => Number(seconds ?? 0)));
  const failed = shown.filter(({ status }) => status === "failed" || status === "timed_out").length;
  const label = shown.length === 0 ? "never run" : `last ${shown.length} runs, ${failed} failed`;
  return (
    <svg role="img" aria-label={label} width={16 * 6} height={24} viewBox="0 0 96 24">
      <title>{label}</title>
      {shown.map(({ execution_id, status, execution_time_seconds }, index) => {
        const height = 5 + 17 * Math.sqrt(Number(execution_time_seconds ?? 0) / longest);
        const x = 96 - (shown.length - index) * 6;
        return (
          <rect
            key={execution_id}
            x={x}
            y={23 - height}
            width={4}
            height={height}
            rx={1.5}
            fill={colour[status] ?? "var(--accent)"}
          />
        );
      })}
      {shown.length === 0 && <rect x={0} y={21} width={96} height={1.5} fill="var(--line)" />}
    </svg>
  );
};
