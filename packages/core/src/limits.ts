// The guide's execution limits, and one of our own, as plain numbers. An execution keeps the limits it started with, so that replaying
// its events decides as before even after the settings have changed.
export interface Limits {
  /** MAX_LOOP_ITERATIONS: iterations of one loop node's visit. */
  maxLoopIterations: number;
  /** MAX_TOTAL_OPERATIONS: node visits of one execution. */
  maxTotalOperations: number;
  /** MAX_LOOP_DEPTH: loops inside loops. */
  maxLoopDepth: number;
  /** MAX_PARALLEL_NODES: actions of one execution in flight at once. */
  maxParallelNodes: number;
  /** WORKFLOW_TIMEOUT_SECONDS: from start to end, waits included. */
  timeoutSeconds: number;
  /** WORKFLOW_MAX_RETRIES: attempts after the first, for one node's visit. */
  maxRetries: number;
  /** MAX_EXECUTION_BYTES, which is no setting: see interpreter/keep.ts. Executions from before there was one have none. */
  maxBytes?: number;
  /** MAX_EXPRESSION_STEPS, which is no setting either: what all expressions together may take for one event. */
  maxSteps?: number;
}

/** The most that an execution may keep: what is read, stored and shown as a whole must not hold up a process. */
export const MAX_EXECUTION_BYTES = 16 * 1024 * 1024;

/**
 * What is decided for one event is decided in one go, and others wait meanwhile. A step is 1 µs of work or less (evaluation.ts),
 * so this is a bound of some two tenths of a second.
 */
export const MAX_EXPRESSION_STEPS = 200_000;

/** The guide's defaults. */
export const defaultLimits: Limits = {
  maxLoopIterations: 100,
  maxTotalOperations: 1000,
  maxLoopDepth: 10,
  maxParallelNodes: 10,
  timeoutSeconds: 300,
  maxRetries: 3,
  maxBytes: MAX_EXECUTION_BYTES,
  maxSteps: MAX_EXPRESSION_STEPS,
};
