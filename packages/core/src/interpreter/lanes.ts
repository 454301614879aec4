// Lanes: how flow_parallel keeps to `max_parallel`. Each branch is a lane; a lane is over when no token is left in it;
// then the next branch that was held starts.
import type { Lane } from "./state.js";

interface Lanes {
  lanes: Map<string, Lane>;
}

/** Counts a token into its lane and all lanes around it. */
export const enterLane = (within: Lanes, id: string): void => {
  for (let lane = within.lanes.get(id); lane; lane = within.lanes.get(lane.parent)) lane.live += 1;
};

/** Counts a token out; lanes that are empty stay until `nextBranches` looks at them. */
export const leaveLane = (within: Lanes, id: string): void => {
  for (let lane = within.lanes.get(id); lane; lane = within.lanes.get(lane.parent)) lane.live -= 1;
};

const ancestors = (within: Lanes, id: string): string[] => {
  const path: string[] = [];
  for (let lane = within.lanes.get(id); lane; lane = within.lanes.get(lane.parent)) path.push(lane.id);
  return path;
};

/** The innermost lane that both belong to: where a join of two branches goes on. */
export const commonLane = (within: Lanes, left: string | undefined, right: string): string => {
  if (left === undefined || left === right) return right;
  const around = new Set(ancestors(within, left));
  return ancestors(within, right).find((id) => around.has(id)) ?? "";
};

/** Removes lanes that are over and gives the groups that may start another branch. */
export const endedLanes = (within: Lanes): string[] => {
  const groups: string[] = [];
  for (const lane of within.lanes.values()) {
    if (lane.live > 0) continue;
    within.lanes.delete(lane.id);
    groups.push(lane.group);
  }
  return groups;
};
