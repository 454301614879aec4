// Workflows over the wire: lists, documents, saving, publishing, versions.
import type { Json } from "@workflow-core/core";
import { call, get, type Reply } from "./client.js";
import type { Draft, Example, ExecutionSummary, Version, VersionSummary, Workflow } from "./types.js";

export interface WorkflowFilter {
  search?: string;
  status?: string;
  page?: number;
}

export const listWorkflows = (filter: WorkflowFilter, signal?: AbortSignal): Promise<Reply<Workflow[]>> =>
  get("/workflows", { ...filter, per_page: 20 }, signal);

export interface Loaded {
  workflow: Workflow;
  etag: string;
}

/** The server's ETag; where a proxy took it away, the revision says the same. */
const loaded = ({ data, etag }: Reply<Workflow>): Loaded => ({
  workflow: data,
  etag: etag ?? `"${data.revision ?? 0}"`,
});

export const loadWorkflow = async (id: string, signal?: AbortSignal): Promise<Loaded> =>
  loaded(await get<Workflow>(`/workflows/${encodeURIComponent(id)}`, undefined, signal));

export interface NewWorkflow extends Partial<Draft> {
  name: string;
  entity_id: number;
  community_id: number;
}

export const createWorkflow = async (body: NewWorkflow): Promise<Loaded> =>
  loaded(await call<Workflow>("POST", "/workflows", { body }));

export const saveWorkflow = async (
  id: string,
  changes: Partial<Draft> & { enabled?: boolean },
  etag?: string,
  keepalive = false,
): Promise<Loaded> => loaded(await call<Workflow>("PUT", `/workflows/${id}`, { body: changes, etag, keepalive }));

export interface Other {
  user_id: number | null;
  name: string;
  /** Oneself, in another tab. */
  you: boolean;
}

/** Says that this tab has the workflow open, or has left it; gives who else has. */
export const notePresence = async (id: string, tab: string, leaves = false): Promise<Other[]> =>
  (
    await call<{ others: Other[] }>("POST", `/workflows/${id}/presence`, {
      body: { tab, leaves },
      ...(leaves ? { keepalive: true } : {}),
    })
  ).data.others;

export const archiveWorkflow = (id: string): Promise<Reply<unknown>> => call("DELETE", `/workflows/${id}`);

export type VersionLabel = Pick<VersionSummary, "title" | "note">;

export const publishWorkflow = async (id: string, etag: string, label: VersionLabel): Promise<Loaded> =>
  loaded(await call<Workflow>("POST", `/workflows/${id}/publish`, { body: label, etag }));

export const unpublishWorkflow = async (id: string): Promise<Loaded> =>
  loaded(await call<Workflow>("POST", `/workflows/${id}/unpublish`, { body: {} }));

export const rollbackWorkflow = async (id: string, version: string): Promise<Loaded> =>
  loaded(await call<Workflow>("POST", `/workflows/${id}/rollback`, { body: { version } }));

export const listVersions = async (id: string): Promise<VersionSummary[]> =>
  (await get<VersionSummary[]>(`/workflows/${id}/versions`)).data;

export const loadVersion = async (id: string, version: string): Promise<Version> =>
  (await get<Version>(`/workflows/${id}/versions/${encodeURIComponent(version)}`)).data;

export const labelVersion = (id: string, version: string, label: VersionLabel): Promise<Reply<VersionSummary>> =>
  call("PUT", `/workflows/${id}/versions/${encodeURIComponent(version)}`, { body: label });

export const listExamples = async (): Promise<Example[]> => (await get<Example[]>("/examples")).data;

export const recentExecutions = async (id: string): Promise<ExecutionSummary[]> =>
  (
    await get<ExecutionSummary[]>(`/workflows/${id}/executions`, {
      per_page: 20,
      sort_by: "start_time",
      sort_order: "desc",
    })
  ).data;

export const executeWorkflow = async (
  id: string,
  communityId: number,
  variables: Record<string, Json>,
): Promise<{ execution_id: string }> =>
  (
    await call<{ execution_id: string }>("POST", `/workflows/${id}/execute`, {
      body: { community_id: communityId, variables, metadata: { trigger_source: "builder" } },
      headers: { "Idempotency-Key": crypto.randomUUID() },
    })
  ).data;
