// Lanes: how flow_parallel keeps to `max_parallel`. Each branch is a lane; a lane is over when no token is left in it;
// then the next branch that was held starts.
import type { Draft } from "./draft.js";

/** Counts a token into its lane and all lanes around it. */
export const enterLane = (draft: Draft, id: string): void => {
  for (let lane = draft.lanes.get(id); lane; lane = draft.lanes.get(lane.parent)) lane.live += 1;
};

/** Counts a token out; lanes that are empty stay until `nextBranches` looks at them. */
export const leaveLane = (draft: Draft, id: string): void => {
  for (let lane = draft.lanes.get(id); lane; lane = draft.lanes.get(lane.parent)) lane.live -= 1;
};

const ancestors = (draft: Draft, id: string): string[] => {
  const path: string[] = [];
  for (let lane = draft.lanes.get(id); lane; lane = draft.lanes.get(lane.parent)) path.push(lane.id);
  return path;
};

/** The innermost lane that both belong to: where a join of two branches goes on. */
export const commonLane = (draft: Draft, left: string | undefined, right: string): string => {
  if (left === undefined || left === right) return right;
  const around = new Set(ancestors(draft, left));
  return ancestors(draft, right).find((id) => around.has(id)) ?? "";
};

/** Removes lanes that are over and gives the groups that may start another branch. */
export const endedLanes = (draft: Draft): string[] => {
  const groups: string[] = [];
  for (const lane of draft.lanes.values()) {
    if (lane.live > 0) continue;
    draft.lanes.delete(lane.id);
    groups.push(lane.group);
  }
  return groups;
};
