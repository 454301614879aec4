// Whether the caller may do to this workflow what the route is for. The workflow and its community come from the stored
// row, never from the request (D7).
//
// A1. A malformed id, an id of nothing, and the id of something that the caller must not know of answer alike: 404.
// A2. Who knows of the workflow but lacks the right gets 403.
// A3. A community_id in the request that is not the workflow's is 403, after A1 and A2, also where nobody asks for one.
import type { Principal } from "../access/identity.js";
import { type Flag, may } from "../access/permissions.js";
import { type AppError, appError } from "../errors.js";
import type { Log } from "../log.js";
import type { Database } from "../store/database.js";
import { type ExecutionDetail, getExecution } from "../store/executions.js";
import { grantsFor } from "../store/permissions.js";
import { getWorkflow, type Workflow } from "../store/workflows.js";
import type { Access } from "./route.js";

export interface Authorised {
  workflow?: Workflow;
  execution?: ExecutionDetail;
}

interface Options {
  database: Database;
  log: Log;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Finds what the address names and checks the caller's right to it. Throws 403 and 404. */
export async function authorise(
  { database, log }: Options,
  principal: Principal,
  access: Access,
  params: Readonly<Record<string, string | undefined>>,
): Promise<Authorised> {
  if (access === "service" && principal.kind !== "service") {
    log.authz("service_only", { user: whoIs(principal), result: "DENIED" });
    throw appError("FORBIDDEN", "Only services may do this.");
  }
  if (typeof access === "string") return {};
  if ("workflow" in access) {
    const workflow = await find(params.id, (id) => getWorkflow(database, id));
    return { workflow: await permit({ database, log }, principal, access.workflow, workflow, missingWorkflow) };
  }
  const execution = await find(params.execution_id, (id) => getExecution(database, id));
  const found = execution && (await getWorkflow(database, execution.workflow_id));
  const workflow = await permit({ database, log }, principal, access.execution, found, missingExecution);
  return { workflow, ...(execution === undefined ? {} : { execution }) };
}

const find = async <T>(id: string | undefined, load: (id: string) => Promise<T | undefined>): Promise<T | undefined> =>
  id !== undefined && uuid.test(id) ? load(id) : undefined;

async function permit(
  { database, log }: Options,
  principal: Principal,
  flag: Flag,
  workflow: Workflow | undefined,
  missing: () => AppError,
): Promise<Workflow> {
  if (workflow === undefined) throw missing();
  const owned = may(principal, workflow, [], flag) === "yes";
  const grants = owned ? [] : await grantsFor(database, workflow.workflow_id);
  const verdict = may(principal, workflow, grants, flag);
  if (verdict === "yes") return workflow;
  const { workflow_id, community_id: community } = workflow;
  log.authz(`workflow_${flag}`, { user: whoIs(principal), community, workflow_id, result: "DENIED" });
  if (verdict === "unknown") throw missing();
  throw appError("PERMISSION_DENIED", `You do not have the permission to ${flag} this workflow.`);
}

const missingWorkflow = (): AppError => appError("WORKFLOW_NOT_FOUND");
const missingExecution = (): AppError => appError("NOT_FOUND", "There is no such execution.");

/** What may be looked at, but neither changed nor started any more. */
export const archivedWorkflow = (): AppError => appError("WORKFLOW_NOT_FOUND", "The workflow is archived.");

/** The execution, which was there a moment ago. Throws as for one that never was. */
export function present<T>(execution: T | undefined): T {
  if (execution === undefined) throw missingExecution();
  return execution;
}

/** Throws WORKFLOW_NOT_FOUND for what is archived: it is not started, published or repeated. */
export function checkNotArchived({ status }: Pick<Workflow, "status">): void {
  if (status === "archived") throw archivedWorkflow();
}

/** A3: what the caller says about the community must be true. Throws FORBIDDEN; what is no id at all, schemas refuse. */
export function checkCommunity(workflow: Workflow | undefined, ...parts: readonly unknown[]): void {
  if (workflow === undefined) return;
  for (const part of parts) {
    const said = communityOf(part);
    if (said === undefined || said === workflow.community_id) continue;
    throw appError("FORBIDDEN", "The workflow belongs to another community than community_id says.");
  }
}

/** The community that a query or a body names. */
function communityOf(part: unknown): number | undefined {
  if (typeof part !== "object" || part === null || !("community_id" in part)) return undefined;
  const { community_id: said } = part;
  if (typeof said === "number") return said;
  return typeof said === "string" && /^\d{1,10}$/.test(said) ? Number(said) : undefined;
}

/** How the log names a principal. */
export const whoIs = (principal: Principal): string | number =>
  principal.kind === "user" ? principal.user_id : (principal.name ?? "service");
