// The limits of one execution, as the interpreter takes them.

import { type Limits, MAX_EXECUTION_BYTES, MAX_EXPRESSION_STEPS } from "@workflow-core/core";
import type { Settings } from "./table.js";

/** The limits that the settings give every new execution. */
export function limitsFrom(settings: Settings): Limits {
  return {
    maxLoopIterations: settings.MAX_LOOP_ITERATIONS,
    maxTotalOperations: settings.MAX_TOTAL_OPERATIONS,
    maxLoopDepth: settings.MAX_LOOP_DEPTH,
    maxParallelNodes: settings.MAX_PARALLEL_NODES,
    timeoutSeconds: settings.WORKFLOW_TIMEOUT_SECONDS,
    maxRetries: settings.WORKFLOW_MAX_RETRIES,
    maxBytes: MAX_EXECUTION_BYTES,
    maxSteps: MAX_EXPRESSION_STEPS,
  };
}
