// Settling arrows: what happens between the end of one node and the start of the next (T3).
import type { Arrow, PlanNode } from "../graph/plan.js";
import { everyPort } from "../node.js";
import { type Draft, leaveScope, scopeOf, spawn, visitName } from "./draft.js";
import { environment } from "./environment.js";
import { commonLane, endedLanes } from "./lanes.js";
import type { Held, JoinState, Scope } from "./state.js";

/** Where arrows are settled: in one scope, coming from one lane. */
interface Place {
  scope: Scope;
  lane: string;
}

const isTaken = (draft: Draft, arrow: Arrow, port: string | undefined, scope: Scope): boolean => {
  if (port === undefined || (port !== everyPort && arrow.port !== port)) return false;
  return arrow.condition === undefined || arrow.condition.test(environment(draft, scope, arrow.connection));
};

/**
 * A node is done: its arrows from `port` are taken, the others skipped; no port skips all. Conditions of connections
 * are asked first, so one that cannot be answered throws before anything has moved.
 */
export const leave = (draft: Draft, node: PlanNode, port: string | undefined, place: Place): void => {
  const taken = node.out.map((arrow) => isTaken(draft, arrow, port, place.scope));
  const limit =
    port === everyPort && node.type.behaviour === "decision" ? node.type.maxBranches?.(node.drawn) : undefined;
  if (limit !== undefined && limit < taken.filter(Boolean).length) return branch(draft, node, taken, limit, place);
  for (const [index, arrow] of node.out.entries()) settle(draft, arrow, taken[index] === true, place);
};

/** The arrows into a loop's body are taken, in the iteration's own scope. */
export const enterBody = (draft: Draft, node: PlanNode, place: Place): void => {
  const port = "loop_body";
  const taken = node.body.map((arrow) => isTaken(draft, arrow, port, place.scope));
  for (const [index, arrow] of node.body.entries()) settle(draft, arrow, taken[index] === true, place);
};

/** Starts the first `limit` branches, each in a lane of its own, and holds the others. */
const branch = (
  draft: Draft,
  node: PlanNode,
  taken: readonly boolean[],
  limit: number,
  { scope, lane }: Place,
): void => {
  const group = visitName(node, scope);
  const arrows = node.out.map((_, index) => index).filter((index) => taken[index]);
  node.out.forEach((arrow, index) => {
    if (!taken[index]) settle(draft, arrow, false, { scope, lane });
  });
  const held: Held = { group, node: node.index, scope: scope.id, lane, arrows: [...arrows], started: 0 };
  draft.held.set(group, held);
  scope.live += arrows.length;
  for (let started = 0; started < limit; started += 1) startBranch(draft, held);
};

const startBranch = (draft: Draft, held: Held): void => {
  const [index, ...rest] = held.arrows;
  if (index === undefined) return;
  held.arrows = rest;
  const scope = scopeOf(draft, held.scope);
  const id = `${held.group}/${held.started++}`;
  draft.lanes.set(id, { id, parent: held.lane, group: held.group, live: 0 });
  const node = draft.plan.nodes[held.node] as PlanNode;
  settle(draft, node.out[index] as Arrow, true, { scope, lane: id });
  if (held.arrows.length === 0) draft.held.delete(held.group);
  leaveScope(draft, scope);
};

/** Gives every branch that is over to the next one that is held. True when one was started. */
export const nextBranches = (draft: Draft): boolean => {
  let started = false;
  for (const group of endedLanes(draft)) {
    const held = draft.held.get(group);
    if (!held) continue;
    startBranch(draft, held);
    started = true;
  }
  return started;
};

/** Settles one arrow, and all that is skipped because of it, without recursion. */
const settle = (draft: Draft, arrow: Arrow, taken: boolean, place: Place): void => {
  const open: { arrow: Arrow; taken: boolean }[] = [{ arrow, taken }];
  for (let next = open.pop(); next; next = open.pop()) {
    const node = draft.plan.nodes[next.arrow.to] as PlanNode;
    if (arrive(draft, node, next.taken, place) !== "skipped") continue;
    draft.skipped.add(node.index);
    for (const onward of node.out) open.push({ arrow: onward, taken: false });
  }
};

/** Nodes that no arrow leads to and that do not start: their arrows are skipped at once. */
export const skipSource = (draft: Draft, node: PlanNode, scope: Scope): void => {
  draft.skipped.add(node.index);
  for (const arrow of node.out) settle(draft, arrow, false, { scope, lane: "" });
};

/** One arrow has come to its node: does the node run now, is it skipped, or does it wait for more? */
const arrive = (draft: Draft, node: PlanNode, taken: boolean, place: Place): "runs" | "skipped" | "waits" => {
  if (node.incoming === 1 && !node.join) {
    if (!taken) return "skipped";
    spawn(draft, node, place.scope, place.lane);
    return "runs";
  }
  const key = visitName(node, place.scope);
  const join: JoinState = draft.joins.get(key) ?? {
    settled: 0,
    taken: 0,
    fired: false,
    timedOut: false,
    lane: undefined,
  };
  draft.joins.set(key, join);
  join.settled += 1;
  if (taken) {
    join.taken += 1;
    join.lane = commonLane(draft, join.lane, place.lane);
  }
  return weigh(draft, node, key, join, place.scope);
};

const weigh = (
  draft: Draft,
  node: PlanNode,
  key: string,
  join: JoinState,
  scope: Scope,
): "runs" | "skipped" | "waits" => {
  const complete = join.settled === node.incoming;
  const need = node.join?.need ?? "all";
  const enough = complete || (need !== "all" && join.taken >= need);
  if (join.fired || (complete && join.taken === 0)) {
    if (complete && !draft.tokens.has(key)) draft.joins.delete(key);
    return join.fired ? "waits" : "skipped";
  }
  if (enough) {
    join.fired = true;
    wakeOrSpawn(draft, node, key, join, scope);
    return "runs";
  }
  if (join.taken === 1 && node.join?.timeoutSeconds !== undefined && !draft.tokens.has(key))
    spawn(draft, node, scope, join.lane ?? "", { for: "arrivals", due: draft.at + node.join.timeoutSeconds * 1000 });
  return "waits";
};

const wakeOrSpawn = (draft: Draft, node: PlanNode, key: string, join: JoinState, scope: Scope): void => {
  const waiting = draft.tokens.get(key);
  if (!waiting) return void spawn(draft, node, scope, join.lane ?? "");
  waiting.waiting = { for: "visit" };
  draft.ready.push(key);
};
