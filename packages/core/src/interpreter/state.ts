// The state of an execution: where it stands, what it knows, what it has done. One plain value; `transition` gives a
// new one and leaves the old one as it was.
//
// T1. A token marks one place where the execution stands; when there are no tokens, it is over.
// T2. A node is visited at most once per scope (the execution, or one iteration of a loop). So node and iteration path
//     name a visit for good, whatever happens around it: `greet:0`, inside a loop `greet:0.3`.
// T3. Every arrow into a node is settled once per scope, taken or skipped. When all are and one was taken, the node
//     runs; when none was, its own arrows are skipped in turn. Nothing hangs and nothing runs twice.
// T4. Answers are named by token and attempt: one that is late, doubled or foreign changes nothing.
// T5. State depends on plan and events alone: time, chance and limits come in with events. Replay gives the same state.
// T6. Between two events no decision is open: every token waits for the outside, for time, or for its body.
// T7. A final state is never left.
import type { ExecutionStatus, NodeFailure } from "../documents/execution.js";
import type { Json } from "../json.js";
import type { Started } from "./events.js";

export type Waiting =
  /** About to be visited (only within a transition). */
  | { for: "visit" }
  /** An action: its attempt is to be performed, or is being performed; `announced` when that may happen only once. */
  | { for: "answer"; config: Record<string, unknown>; announced?: true }
  /** An action between two attempts. */
  | { for: "retry"; config: Record<string, unknown>; due: number }
  /** A delay. */
  | { for: "time"; output: Json; due: number }
  /** A loop whose body is running. */
  | { for: "body"; config: Record<string, unknown>; iteration: number }
  /** A merge that has a time limit, until enough has arrived. */
  | { for: "arrivals"; due: number };

export interface Token {
  id: string;
  node: number;
  scope: string;
  lane: string;
  /** 1 for the first attempt of an action. */
  attempt: number;
  /** How many of its attempts were not sent (NodeFailure.unsent), and how many of the last ones. */
  unsent: number;
  unsentInRow: number;
  waiting: Waiting;
  /** Its entry in the history, once visited. */
  visit: number;
}

/** The execution itself (id "0"), or one running iteration of a loop. */
export interface Scope {
  id: string;
  /** The iteration path: 0, 0.3, 0.3.1 */
  path: string;
  parent: string | undefined;
  /** The loop's token, in the parent scope. */
  loop: string | undefined;
  depth: number;
  /** Variables of the iteration; the execution's own stand in the root scope. */
  variables: Record<string, Json>;
  /** Tokens and held branches in it; at zero the iteration is over. */
  live: number;
}

/** What has arrived at a node with several arrows. */
export interface JoinState {
  settled: number;
  taken: number;
  fired: boolean;
  timedOut: boolean;
  lane: string | undefined;
}

/** One branch of a flow_parallel with a limit; at zero tokens the next held branch starts. */
export interface Lane {
  id: string;
  parent: string;
  /** The visit of the flow_parallel that it belongs to. */
  group: string;
  live: number;
}

/** Branches of a flow_parallel that wait for a lane: numbers of its arrows. */
export interface Held {
  group: string;
  node: number;
  scope: string;
  lane: string;
  arrows: number[];
  started: number;
}

/** One visit of a node, for people. */
export interface Visit {
  node: number;
  token: string;
  status: "running" | "waiting" | "completed" | "failed" | "cancelled";
  startedAt: number;
  completedAt: number | undefined;
  input: Json;
  output: Json;
  /** What it set. */
  variables: Record<string, Json> | undefined;
  logs: string[];
  failure: NodeFailure | undefined;
  retries: number;
}

export interface State {
  status: ExecutionStatus;
  started: Omit<Started, "type">;
  deadline: number;
  /** Time of the last event. */
  at: number;
  finishedAt: number | undefined;
  tokens: ReadonlyMap<string, Token>;
  scopes: ReadonlyMap<string, Scope>;
  joins: ReadonlyMap<string, JoinState>;
  lanes: ReadonlyMap<string, Lane>;
  held: ReadonlyMap<string, Held>;
  history: readonly Visit[];
  /** Nodes that were passed over, by index. */
  skipped: ReadonlySet<number>;
  /** The last data of each node, as `nodes.<id>` shows them. */
  outputs: Record<string, Json>;
  /** Node visits so far. */
  operations: number;
  /** What the visits keep (keep.ts), in bytes of JSON. */
  bytes: number;
  finalOutput: Record<string, Json> | undefined;
  failure: (NodeFailure & { node_id: string | null }) | undefined;
}

export const rootScope = "0";
