// What is told of a visit that needed more than one attempt.
import { expect, it } from "vitest";
import type { NodeFailure } from "../documents/execution.js";
import { compile } from "../graph/compile.js";
import { draw } from "../testing/draw.js";
import { nodeStates } from "./history.js";
import { simulate } from "./simulate.js";

const failing = (message: string): { ok: false; failure: NodeFailure } => ({
  ok: false,
  failure: { code: "ROUTER_STATUS", message, retryable: true },
});

/** The state of a node that is retried, answered in this order. */
async function told(
  ...answers: (ReturnType<typeof failing> | { ok: true; value: { output: string; logs: string[] } })[]
) {
  const graph = draw(
    "start -> a",
    { start: "trigger_webhook", a: ["action_module", { module_name: "m", action: "run" }] },
    { metadata: { retry_failed_nodes: true, max_retries: 2 } },
  );
  const { plan } = compile(graph);
  if (!plan) throw new Error("does not compile");
  const { state } = await simulate(plan, { answer: () => answers.shift() ?? failing("too often") });
  return nodeStates(plan, state).a;
}

it("has its failed attempts in the log, and no error when the last one worked", async () => {
  const state = await told(failing("503"), failing("502"), { ok: true, value: { output: "done", logs: ["its own"] } });
  expect(state).toMatchObject({
    status: "completed",
    output_data: "done",
    error: null,
    error_type: null,
    retry_count: 2,
  });
  expect(state?.logs).toEqual([
    "Attempt 1 failed: ROUTER_STATUS: 503",
    "Attempt 2 failed: ROUTER_STATUS: 502",
    "its own",
  ]);
});

it("has the error of the last attempt when none worked", async () => {
  const state = await told(failing("503"), failing("502"), failing("504"));
  expect(state).toMatchObject({ status: "failed", error: "504", error_type: "ROUTER_STATUS", retry_count: 2 });
  expect(state?.logs).toHaveLength(2);
});
