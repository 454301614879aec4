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

/** What is told: `fixed` are fields that stand in every line of a log. */
export interface Line {
  level: LogLevel;
  type: EventType;
  action: string;
  result: LogResult;
  fields: LogFields;
  fixed: LogFields;
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
export function record({ level, type, action, result, fields, fixed }: Line): Record<string, unknown> {
  const error = fields.error ?? fixed.error;
  const line: Record<string, unknown> = {
    level,
    module: "workflow_core_module",
    event_type: type,
    action: text(action),
    user: text(fields.user ?? fixed.user),
    community: text(fields.community ?? fixed.community),
    workflow_id: text(fields.workflow_id ?? fixed.workflow_id),
    execution_id: text(fields.execution_id ?? fixed.execution_id),
    result,
    message: text(fields.message ?? fixed.message) ?? sentence(action, error),
  };
  if (error !== undefined) line.error = describeError(error);
  addExtra(line, fixed);
  addExtra(line, fields);
  return line;
}

function addExtra(line: Record<string, unknown>, fields: LogFields): void {
  for (const name of Object.keys(fields)) if (!ours.has(name)) line[name] = redactField(name, fields[name]);
}

function text(value: string | number | undefined): string | undefined {
  return value === undefined || value === null ? undefined : cut(maskText(String(value)));
}

/** `workflow_execute_start` → `Workflow execute start`. */
function sentence(action: string, error: unknown): string {
  if (error instanceof Error && error.message !== "") return cut(maskText(error.message));
  const words = (text(action) ?? "").replaceAll("_", " ");
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}
