// What stands beside a workflow's document: webhooks, schedules, permissions, logs and the service itself.
import type { ExecutionStatus, Json } from "@workflow-core/core";
import { call, get, type Reply } from "./client.js";
import type { Permission, PlannedSchedule, Schedule, TriggerLogEntry, Webhook } from "./types.js";

const list = async <T>(path: string, query?: Record<string, string | number | undefined>): Promise<T[]> => {
  const { data } = await get<T[] | { items?: T[] }>(path, query);
  return Array.isArray(data) ? data : (data?.items ?? []);
};

export const listWebhooks = (id: string) => list<Webhook>(`/workflows/${id}/webhooks`);
export const createWebhook = async (id: string, body: Partial<Webhook>): Promise<Webhook> =>
  (await call<Webhook>("POST", `/workflows/${id}/webhooks`, { body })).data;
export const updateWebhook = (id: string, webhookId: string, body: Partial<Webhook>) =>
  call<Webhook>("PUT", `/workflows/${id}/webhooks/${webhookId}`, { body });
export const deleteWebhook = (id: string, webhookId: string) =>
  call("DELETE", `/workflows/${id}/webhooks/${webhookId}`);
export const rotateSecret = async (id: string, webhookId: string): Promise<Webhook> =>
  (await call<Webhook>("POST", `/workflows/${id}/webhooks/${webhookId}/rotate-secret`, { body: {} })).data;

export const listSchedules = (id: string) => list<Schedule>(`/workflows/${id}/schedules`);
/** All schedules that one may view, with their times of the next seven days. */
export const plannedSchedules = () => list<PlannedSchedule>("/schedules", { days: 7, per_page: 100 });
export const createSchedule = (id: string, body: Partial<Schedule>) =>
  call<Schedule>("POST", `/workflows/${id}/schedules`, { body });
export const updateSchedule = (id: string, scheduleId: string, body: Partial<Schedule>) =>
  call<Schedule>("PUT", `/workflows/${id}/schedules/${scheduleId}`, { body });
export const deleteSchedule = (id: string, scheduleId: string) =>
  call("DELETE", `/workflows/${id}/schedules/${scheduleId}`);

/** The next fire times of an expression; the answer may be a list or an object that holds one. */
export const previewSchedule = async (cron: string, timezone: string | undefined, count = 5): Promise<string[]> => {
  const body = { cron_expression: cron, ...(timezone ? { timezone } : {}), count };
  const { data } = await call<unknown>("POST", "/schedules/preview", { body });
  const lists = Array.isArray(data)
    ? [data]
    : Object.values((data ?? {}) as Record<string, unknown>).filter(Array.isArray);
  return (lists[0] ?? []).map((each: unknown) =>
    typeof each === "string"
      ? each
      : String((each as { at?: unknown; time?: unknown }).at ?? (each as { time?: unknown }).time),
  );
};

export const listPermissions = (id: string) => list<Permission>(`/workflows/${id}/permissions`);
export const createPermission = (id: string, body: Partial<Permission>) =>
  call<Permission>("POST", `/workflows/${id}/permissions`, { body });
export const updatePermission = (id: string, permissionId: number, body: Partial<Permission>) =>
  call<Permission>("PUT", `/workflows/${id}/permissions/${permissionId}`, { body });
export const deletePermission = (id: string, permissionId: number) =>
  call("DELETE", `/workflows/${id}/permissions/${permissionId}`);

export const triggerLog = (workflowId?: string) =>
  list<TriggerLogEntry>("/triggers/log", { workflow_id: workflowId, per_page: 100 });

export interface Secret {
  name: string;
  created_at?: string;
  updated_at?: string;
  updated_by?: string | null;
}

const secretsOf = (community: number) => `/communities/${community}/secrets`;
export const listSecrets = (community: number) => list<Secret>(secretsOf(community));
export const saveSecret = (community: number, name: string, value: string) =>
  call("PUT", `${secretsOf(community)}/${encodeURIComponent(name)}`, { body: { value } });
export const deleteSecret = (community: number, name: string) =>
  call("DELETE", `${secretsOf(community)}/${encodeURIComponent(name)}`);

export interface Explanation {
  answer: string;
  candidates: {
    workflow_id: string;
    workflow_name: string;
    node_id: string;
    would_start: "yes" | "no" | "unknown";
    gates: { gate: string; verdict: "pass" | "stop" | "unknown"; detail: string }[];
  }[];
}

/** Why a command did not answer somebody. */
export const explainTrigger = async (community: number, message: string, user: string): Promise<Explanation> =>
  (await get<Explanation>("/triggers/explain", { community_id: community, message, user })).data;

export interface Delivery {
  at: string;
  outcome: string;
  code: string | null;
  detail: string | null;
  calls: number;
  execution_id: string | null;
}
export const listDeliveries = (id: string, webhookId: string) =>
  list<Delivery>(`/workflows/${id}/webhooks/${webhookId}/deliveries`);

export const runSchedule = async (id: string, scheduleId: string): Promise<string> =>
  (await call<{ execution_id: string }>("POST", `/workflows/${id}/schedules/${scheduleId}/run`, { body: {} })).data
    .execution_id;

export interface PracticeMessage {
  id: string;
  at: string;
  text: string;
  module_name: string | null;
  command: string | null;
  action: string | null;
  workflow_id: string;
  execution_id: string;
  duplicate: boolean;
}
export const practiceMessages = () => list<PracticeMessage>("/practice/messages");

export interface CommunityQueue {
  community_id: number;
  queued: number;
  running: number;
  waiting: number;
  due: number;
  oldest_due_at: string | null;
}

export interface LimitInUse {
  name: string;
  meaning: string;
  scope: "process" | "all_processes" | "community" | "execution";
  value: number;
  in_use: number | null;
  available: number | null;
}

export interface Queue {
  communities: CommunityQueue[];
  workers: { processes: number; slots: number; in_hand: number };
  limits: LimitInUse[];
}

export const queueNow = async (): Promise<Queue> => (await get<Queue>("/queue")).data;

export interface QueuedExecution {
  execution_id: string;
  workflow_id: string;
  workflow_name: string;
  community_id: number;
  status: ExecutionStatus;
  start_time: string;
  due_at: string | null;
}

export const queuedExecutions = (page: number): Promise<Reply<QueuedExecution[]>> =>
  get("/queue/executions", { page, per_page: 25 });

export interface AuditLine {
  audit_id: number;
  at: string;
  action: string;
  /** Who it was where it was no user: a service, the command line. */
  actor: string;
  user_id: number | null;
  workflow_id: string | null;
  summary?: Json;
}
export const auditLog = () => list<AuditLine>("/audit", { per_page: 100 });

export const serviceStatus = async (): Promise<Record<string, unknown>> =>
  (await get<Record<string, unknown>>("/status")).data;
