// What the server sends, as the contract spells it.
import type { ExecutionStatus, Json, NodeState, WorkflowGraph } from "@workflow-core/core";

export interface Principal {
  user_id?: number | null;
  username?: string | null;
  kind?: string;
  community_ids?: number[];
  role_ids?: number[];
}

export type WorkflowStatus = "draft" | "published" | "archived";

/** The part of a workflow that people draw and that a save sends. */
export interface Draft extends WorkflowGraph {
  name: string;
  description: string | null;
}

export interface Workflow extends Draft {
  workflow_id: string;
  entity_id: number;
  community_id: number;
  author_id: number;
  status: WorkflowStatus;
  version: string;
  published_version: string | null;
  enabled: boolean;
  revision?: number;
  created_at: string;
  updated_at: string;
  published_at: string | null;
}

export interface VersionSummary {
  version: string;
  number?: number;
  name: string | null;
  /** What people call it, and why they made it. */
  title: string | null;
  note: string | null;
  author_id: number | null;
  published: boolean;
  created_at: string;
}

export interface Version extends VersionSummary, WorkflowGraph {
  description: string | null;
}

export interface ExecutionSummary {
  execution_id: string;
  workflow_id: string;
  status: ExecutionStatus;
  start_time: string;
  end_time: string | null;
  execution_time_seconds: number | null;
  nodes_executed?: number;
  workflow_version?: string | null;
  error_message?: string | null;
  error_node_id?: string | null;
  /** What started it: source, node_id and what the source adds. */
  trigger?: Json;
  recoveries?: number;
  /** When it was last taken over from a worker that had died. */
  recovered_at?: string | null;
  community_id?: number;
}

export interface Execution extends ExecutionSummary {
  execution_path: string[];
  node_states: Record<string, NodeState>;
  final_variables?: Record<string, Json>;
  final_output?: Json;
  logs?: string[];
}

/** One visit of a node; in a loop, one for each iteration. Data come only where they are asked for. */
export interface Visit {
  node_id: string;
  /** Null: only the node's last visit is kept. */
  visit: string | null;
  /** 1 for the node's first visit. */
  number: number;
  /** Loop indexes, outermost first. */
  iteration: number[];
  status: Exclude<NodeState["status"], "pending" | "skipped">;
  started_at: string;
  duration_seconds: number;
  error: string | null;
  error_type: string | null;
  retry_count: number;
  input?: Json;
  output?: Json;
  logs?: string[];
  variables?: Record<string, Json>;
}

export interface Example {
  name: string;
  title: string;
  description: string;
  workflow: Partial<Draft>;
}

export interface Webhook {
  webhook_id: string;
  token: string;
  name: string;
  description: string | null;
  url: string | null;
  enabled: boolean;
  require_signature: boolean;
  ip_allowlist: string[] | null;
  rate_limit_max: number;
  rate_limit_window: number;
  last_triggered_at: string | null;
  trigger_count: number;
  /** Only at creation and rotation. */
  secret?: string;
}

export interface Schedule {
  schedule_id: string;
  name: string;
  cron_expression: string;
  timezone: string | null;
  enabled: boolean;
  last_run_at: string | null;
  next_run_at: string | null;
  run_count: number;
  workflow_id: string;
  /** The trigger of the drawing that it stands for; null: made by hand. */
  node_id: string | null;
  paused: boolean;
  last_execution_id: string | null;
  last_skip_at: string | null;
  last_skip_reason: string | null;
}

/** A schedule with its times in the days to come. */
export interface PlannedSchedule extends Schedule {
  workflow_name: string;
  community_id: number;
  /** Its own zone, or the server's. */
  zone: string;
  obstacle: "off" | "paused" | "not_published" | "workflow_off" | "no_more_times" | null;
  upcoming: string[];
  /** There are more times than these. */
  more: boolean;
}

export interface Permission {
  permission_id: number;
  user_id: number | null;
  role_id: number | null;
  community_id: number | null;
  can_view: boolean;
  can_edit: boolean;
  can_delete: boolean;
  can_execute: boolean;
}

export interface TriggerLogEntry {
  at: string;
  workflow_id?: string | null;
  workflow_name?: string | null;
  outcome: string;
  detail?: string | null;
  /** What was said or happened: !hug, raid. */
  trigger?: string;
  platform?: string | null;
  user_name?: string | null;
  node_id?: string | null;
  execution_id?: string | null;
  delivery_id?: string;
}
