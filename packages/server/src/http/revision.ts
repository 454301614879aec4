// Revisions over HTTP: the ETag that a workflow goes out with, and the If-Match with which a change asks that nobody
// changed it meanwhile.
import { appError } from "../errors.js";
import type { Database } from "../store/database.js";
import { type Expectation, getWorkflow, type Workflow } from "../store/workflows.js";
import { archivedWorkflow } from "./authorise.js";
import { type Answer, type AnswerOptions, ok } from "./envelope.js";

/** A workflow with its ETag. */
export const workflowAnswer = (workflow: Workflow, options: AnswerOptions = {}): Answer =>
  ok(workflow, { ...options, headers: { ...options.headers, ETag: `"${workflow.revision}"` } });

/**
 * What If-Match asks for; nothing without it or with `*`. Proxies that compress weaken ETags (`W/"7"`): such a one is
 * taken for the same. One that is no revision of ours fits none.
 */
export function expectationOf(ifMatch: string | undefined, { revision }: Workflow): Expectation {
  if (ifMatch === undefined || ifMatch.trim() === "*") return {};
  const asked = [...ifMatch.matchAll(/"([^"]*)"/g)].map(([, tag = ""]) => (/^\d{1,15}$/.test(tag) ? Number(tag) : 0));
  return { expectedRevision: asked.includes(revision) ? revision : (asked[0] ?? 0) };
}

/** The workflow after a change, or the refusal: CONFLICT with the current revision, WORKFLOW_NOT_FOUND when it is archived. */
export async function changed<T extends Workflow>(
  database: Database,
  workflowId: string,
  result: T | "conflict" | undefined,
): Promise<T> {
  if (result === undefined) throw archivedWorkflow();
  if (result !== "conflict") return result;
  const now = await getWorkflow(database, workflowId);
  throw appError("CONFLICT", undefined, { details: { current_revision: now?.revision ?? null } });
}
