// The small things that pages are made of: chips, switches, notices, JSON, empty states.
import type { ExecutionStatus, NodeStatus } from "@workflow-core/core";
import { CircleAlert, Info } from "lucide-react";
import type { ReactNode } from "react";
import { isMissing, isOffline, sentenceOf } from "../api/errors.js";
import { Button } from "./button.js";

export type Tone = "good" | "warn" | "bad" | "wait" | "accent" | "";

export const Chip = ({ tone = "", dot, children }: { tone?: Tone; dot?: boolean; children: ReactNode }) => (
  <span className={`chip ${tone}`}>
    {dot && <span className="dot" aria-hidden />}
    {children}
  </span>
);

const tones: Record<ExecutionStatus | NodeStatus, Tone> = {
  queued: "",
  pending: "",
  skipped: "",
  running: "accent",
  waiting: "wait",
  completed: "good",
  failed: "bad",
  cancelled: "warn",
  timed_out: "bad",
};

export const StatusChip = ({ status }: { status: ExecutionStatus | NodeStatus }) => (
  <Chip tone={tones[status] ?? ""} dot>
    {status === "timed_out" ? "timed out" : status}
  </Chip>
);

interface SwitchProps {
  checked: boolean;
  onChange: (checked: boolean) => void;
  label: string;
  id?: string;
  disabled?: boolean | undefined;
}

export const Switch = ({ checked, onChange, label, id, disabled }: SwitchProps) => (
  <button
    type="button"
    role="switch"
    className="switch"
    aria-checked={checked}
    aria-label={label}
    id={id}
    disabled={disabled}
    onClick={() => onChange(!checked)}
  />
);

export const Notice = ({ tone = "", children }: { tone?: "" | "warn" | "bad"; children: ReactNode }) => (
  <div className={`notice ${tone}`} role={tone === "bad" ? "alert" : undefined}>
    {tone === "" ? <Info size={16} aria-hidden /> : <CircleAlert size={16} aria-hidden />}
    <div className="grow">{children}</div>
  </div>
);

/** What went wrong with loading something, in words, with a way on. */
export const Trouble = ({ error, retry, what = "This" }: { error: unknown; retry?: () => void; what?: string }) => {
  const text = isMissing(error)
    ? `${what} is not available on this server.`
    : isOffline(error)
      ? "The server cannot be reached. Your edits are kept in this browser."
      : sentenceOf(error);
  return (
    <div className="empty">
      <p>{text}</p>
      {retry && !isMissing(error) && <Button onClick={retry}>Try again</Button>}
    </div>
  );
};

export const Empty = ({ title, children }: { title: string; children?: ReactNode }) => (
  <div className="empty">
    <h2>{title}</h2>
    {children}
  </div>
);

export const Loading = ({ label = "Loading" }: { label?: string }) => (
  <div className="empty" role="status">
    <div className="spinner" aria-hidden />
    <span>{label}…</span>
  </div>
);

export const JsonView = ({ value, label }: { value: unknown; label: string }) => (
  <section aria-label={label}>
    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long values scroll, so the keyboard must reach them */}
    <pre className="json" tabIndex={0}>
      {typeof value === "string" ? value : JSON.stringify(value, null, 2)}
    </pre>
  </section>
);
