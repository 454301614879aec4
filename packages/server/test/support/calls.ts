// Calls as actions make them, for tests of the ports.
import type { Call, CallContext } from "@workflow-core/core";

export const executionId = "5f0c1a52-6f0e-4d0e-9a39-0d3f1f6a7b11";

/** The call of a node; a community, an abort signal or anything else can be given. */
export function callOf({
  context,
  ...more
}: Partial<Omit<Call, "context">> & { context?: Partial<CallContext> } = {}): Call {
  return {
    context: {
      execution_id: executionId,
      workflow_id: "8a0d2f6e-2b3f-4a37-8f51-2f2f1f7b3c22",
      community_id: 1,
      entity_id: 10,
      user_id: 100,
      session_id: null,
      ...context,
    },
    node_id: "greet",
    attempt: 1,
    idempotencyKey: `${executionId}:greet:1`,
    signal: new AbortController().signal,
    ...more,
  };
}
