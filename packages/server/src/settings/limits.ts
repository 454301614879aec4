// The limits of one execution, as the interpreter takes them.

import type { Settings } from "./table.js";

/** An execution keeps the limits that it started with; times are in seconds. */
export interface Limits {
  maxLoopIterations: number;
  maxTotalOperations: number;
  maxLoopDepth: number;
  maxParallelNodes: number;
  timeoutSeconds: number;
  maxRetries: number;
}

/** The limits that the settings give every new execution. */
export function limitsFrom(settings: Settings): Limits {
  return {
    maxLoopIterations: settings.MAX_LOOP_ITERATIONS,
    maxTotalOperations: settings.MAX_TOTAL_OPERATIONS,
    maxLoopDepth: settings.MAX_LOOP_DEPTH,
    maxParallelNodes: settings.MAX_PARALLEL_NODES,
    timeoutSeconds: settings.WORKFLOW_TIMEOUT_SECONDS,
    maxRetries: settings.WORKFLOW_MAX_RETRIES,
  };
}
