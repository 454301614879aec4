// The shape of a log line: the guide's AAA format (authentication, authorisation, audit). One record is one line of
// JSON; its keys come in the guide's order, further fields behind them, and what does not apply is left out.

import { cut } from "../errors.js";
import { describeError, maskText, redactField } from "./redact.js";

export const logLevels = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] as const;
export type LogLevel = (typeof logLevels)[number];

export type EventType = "AUTH" | "AUTHZ" | "AUDIT" | "ERROR" | "SYSTEM";
export type LogResult = "SUCCESS" | "FAILURE" | "DENIED";

export interface LogFields {
  /** Who did it; numbers become text, as in the guide. */
  user?: string | number | undefined;
  community?: string | number | undefined;
  workflow_id?: string | undefined;
  execution_id?: string | undefined;
  result?: LogResult | undefined;
  /** A sentence for people; made from the action when absent. */
  message?: string | undefined;
  /** Anything thrown. */
  error?: unknown;
  /** Whatever else is worth knowing, behind the guide's fields. */
  [extra: string]: unknown;
}

const ours = new Set([
  "timestamp",
  "level",
  "module",
  "event_type",
  "action",
  "user",
  "community",
  "workflow_id",
  "execution_id",
  "result",
  "message",
  "error",
]);

/** The record without its timestamp, which is added when it is written. Plain data, free of secrets. */
export function record(level: LogLevel, type: EventType, action: string, fields: LogFields): Record<string, unknown> {
  const { user, community, workflow_id, execution_id, result, message, error, ...extra } = fields;
  const line: Record<string, unknown> = {
    level,
    module: "workflow_core_module",
    event_type: type,
    action: text(action),
    user: text(user),
    community: text(community),
    workflow_id: text(workflow_id),
    execution_id: text(execution_id),
    result,
    message: text(message) ?? sentence(text(action) ?? "", error),
  };
  if (error !== undefined) line.error = describeError(error);
  for (const [name, value] of Object.entries(extra)) if (!ours.has(name)) line[name] = redactField(name, value);
  return line;
}

function text(value: string | number | undefined): string | undefined {
  return value === undefined || value === null ? undefined : cut(maskText(String(value)));
}

/** `workflow_execute_start` → `Workflow execute start`. */
function sentence(action: string, error: unknown): string {
  if (error instanceof Error && error.message !== "") return cut(maskText(error.message));
  const words = action.replaceAll("_", " ");
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}
