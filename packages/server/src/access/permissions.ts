// May this person do X to this workflow? Pure: the rows come in, an answer goes out.
import type { Principal } from "./identity.js";

export const flags = ["view", "edit", "delete", "execute"] as const;
export type Flag = (typeof flags)[number];

/** The part of a permission row that the rule looks at; exactly one of the three ids is set. */
export interface GrantRow {
  user_id: number | null;
  role_id: number | null;
  community_id: number | null;
  can_view: boolean;
  can_edit: boolean;
  can_delete: boolean;
  can_execute: boolean;
}

/** "forbidden": knows of the workflow but may not do this (403). "unknown": must not learn that it exists (404). */
export type Verdict = "yes" | "forbidden" | "unknown";

interface Owned {
  author_id: number;
  community_id: number;
}

/**
 * Services and the author may do everything. Anybody else needs a row that fits them and has the flag. Without one,
 * members of the workflow's community, and those whom a row gives some other right, are told that it is forbidden.
 */
export function may(principal: Principal, workflow: Owned, grants: readonly GrantRow[], flag: Flag): Verdict {
  if (principal.kind === "service" || principal.user_id === workflow.author_id) return "yes";
  const fitting = grants.filter((grant) => fits(grant, principal, workflow.community_id));
  if (fitting.some((grant) => grant[`can_${flag}`])) return "yes";
  const member = principal.community_ids.includes(workflow.community_id);
  return member || fitting.some((grant) => flags.some((each) => grant[`can_${each}`])) ? "forbidden" : "unknown";
}

/** A row for a community counts only when it is the workflow's own: a row for another one gives nothing to anybody. */
function fits(grant: GrantRow, person: Extract<Principal, { kind: "user" }>, communityId: number): boolean {
  if (grant.user_id !== null) return grant.user_id === person.user_id;
  if (grant.role_id !== null) return person.role_ids.includes(grant.role_id);
  return grant.community_id === communityId && person.community_ids.includes(communityId);
}
