// A plan: a compiled workflow, ready to be interpreted. Nodes and arrows are numbered; nothing is looked up by name
// while an execution runs.
import type { ConfigBinder } from "../config/bind.js";
import type { Condition } from "../config/condition.js";
import type { WorkflowGraph } from "../documents/workflow.js";
import type { Join, NodeType } from "../node.js";

export interface Arrow {
  connection: string;
  port: string;
  from: number;
  to: number;
  condition?: Condition;
}

/** How failed attempts of a node are repeated; absent: not at all. */
export interface RetryPolicy {
  /** Attempts after the first; absent: the execution's limit. */
  maxRetries?: number;
  firstSeconds: number;
  factor: number;
  maxSeconds: number;
  /** Failure codes that are repeated; absent: every retryable one. */
  on?: readonly string[];
}

export interface PlanNode {
  index: number;
  id: string;
  label: string;
  type: NodeType;
  enabled: boolean;
  binder: ConfigBinder;
  /** The drawn config, for what is shown. */
  drawn: Record<string, unknown>;
  /** Arrows out of it, except a loop's arrows into its body. */
  out: Arrow[];
  /** Of a loop: arrows into its body. */
  body: Arrow[];
  /** How many arrows lead into it; those back to a loop do not count. */
  incoming: number;
  /** The innermost loop whose body it stands in; -1 outside. */
  loop: number;
  /** How many loops it stands in. */
  depth: number;
  join: Join | undefined;
  retry: RetryPolicy | undefined;
  /** True when `retry` says that an attempt may never be repeated, even after a crash. */
  neverRepeat: boolean;
  /** True when its error port is wired: a failure then goes on from there. */
  guarded: boolean;
}

export interface Plan {
  nodes: PlanNode[];
  byId: ReadonlyMap<string, PlanNode>;
  /** Enabled triggers, in the document's order. */
  triggers: PlanNode[];
  /** Nodes that no arrow leads to. */
  sources: PlanNode[];
  graph: WorkflowGraph;
  /** Names of the community's secrets that it uses. */
  secrets: readonly string[];
}
