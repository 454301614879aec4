// Bars per node over time: when it began, how long it took, what it waited for. Bars are buttons: they select the node.
import { isFinal } from "@workflow-core/core";
import { useEffect, useState } from "react";
import type { Draft, Execution } from "../api/types.js";
import { Empty } from "../ui/bits.js";
import { span } from "../ui/time.js";
import { nameOf } from "./name-of.js";

interface Bar {
  id: string;
  status: string;
  from: number;
  to: number;
  retries: number;
}

const leftEdge = (nodes: Draft["nodes"], id: string): number => nodes[id]?.position?.x ?? 0;

/** The bars as their nodes began, those of one moment from left to right; `now` ends those that still run. */
const barsOf = (execution: Pick<Execution, "node_states">, now: number, nodes: Draft["nodes"]): Bar[] =>
  Object.entries(execution.node_states ?? {})
    .flatMap(([id, { status, started_at, completed_at, retry_count }]) =>
      started_at === null
        ? []
        : [
            {
              id,
              status,
              from: Date.parse(started_at),
              to: completed_at ? Date.parse(completed_at) : now,
              retries: retry_count,
            },
          ],
    )
    .sort((left, right) => left.from - right.from || leftEdge(nodes, left.id) - leftEdge(nodes, right.id));

/** Round steps for the axis: 1, 2 or 5 times a power of ten. */
const ticks = (milliseconds: number): number[] => {
  const rough = milliseconds / (window.innerWidth > 900 ? 6 : 3);
  const power = 10 ** Math.floor(Math.log10(Math.max(rough, 1)));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough) ?? power * 10;
  return Array.from({ length: Math.floor(milliseconds / step) + 1 }, (_, index) => index * step);
};

interface Props {
  execution: Execution;
  /** What ran, for the names. */
  nodes: Draft["nodes"];
  selected: string | undefined;
  onSelect: (node: string) => void;
}

export const Timeline = ({ execution, nodes, selected, onSelect }: Props) => {
  const live = !isFinal(execution.status);
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!live) return;
    const timer = window.setInterval(() => setNow(Date.now()), 500);
    return () => window.clearInterval(timer);
  }, [live]);
  const end = execution.end_time ? Date.parse(execution.end_time) : now;
  const bars = barsOf(execution, end, nodes);
  const start = Math.min(Date.parse(execution.start_time), ...bars.map(({ from }) => from));
  const length = Math.max(1, end - start, ...bars.map(({ to }) => to - start));
  if (bars.length === 0) return <Empty title="Nothing has begun yet" />;
  const percent = (at: number) => `${Math.min(100, Math.max(0, ((at - start) / length) * 100))}%`;
  return (
    <div className="timeline">
      <div className="timeline-axis" aria-hidden>
        {ticks(length).map((tick) => (
          <span key={tick} style={{ left: `${(tick / length) * 100}%` }}>
            {span(tick / 1000)}
          </span>
        ))}
        {execution.recovered_at && (
          <span className="timeline-resumed" style={{ left: percent(Date.parse(execution.recovered_at)) }}>
            resumed
          </span>
        )}
      </div>
      <ul>
        {bars.map(({ id, status, from, to, retries }) => (
          <li key={id}>
            <button
              type="button"
              className={selected === id ? "timeline-row selected" : "timeline-row"}
              aria-pressed={selected === id}
              onClick={() => onSelect(id)}
            >
              <span className="timeline-name clip" title={id}>
                {nameOf(nodes, id)}
              </span>
              <span className="timeline-track">
                <span
                  className={`timeline-bar ${status}`}
                  style={{ left: percent(from), width: `max(3px, calc(${percent(to)} - ${percent(from)}))` }}
                />
              </span>
              <span className="timeline-took small muted">
                {span((to - from) / 1000)}
                {retries > 0 && ` · ${retries}↻`}
              </span>
              <span className="hidden-visually">{status}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
};
