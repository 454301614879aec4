// What becomes of a visit that needs more than one attempt, and what is told of it.
import { describe, expect, it } from "vitest";
import type { NodeFailure } from "../documents/execution.js";
import type { NodeDocument, WorkflowMetadata } from "../documents/workflow.js";
import { compile } from "../graph/compile.js";
import type { Outside } from "../outside.js";
import { draw } from "../testing/draw.js";
import { nodeStates } from "./history.js";
import { perform } from "./perform.js";
import { replay, simulate } from "./simulate.js";

interface Failing {
  ok: false;
  failure: NodeFailure;
}
type Given = Failing | { ok: true; value: { output: string; logs: string[] } };

const failing = (message: string): Failing => ({
  ok: false,
  failure: { code: "ROUTER_STATUS", message, retryable: true },
});

/** A call that is not made, because its host is left alone. */
const refused = (retryAfterSeconds: number): Failing => ({
  ok: false,
  failure: { code: "CIRCUIT_OPEN", message: "no", retryable: true, retryAfterSeconds, unsent: true },
});

/** The state of a node that is retried, answered in this order. */
async function told(...answers: Given[]) {
  return (await run({ metadata: { retry_failed_nodes: true, max_retries: 2 } }, answers)).node;
}

const neverAborted = { aborted: false, addEventListener: () => undefined, removeEventListener: () => undefined };

/** A Router that writes down which attempt it is told that each call is. */
const writingDown = (attempts: number[]): Outside => ({
  router: async (_kind, _body, _seconds, { attempt }) => {
    attempts.push(attempt);
    return failing("");
  },
  http: () => Promise.reject(new Error("not called")),
  sandbox: () => Promise.reject(new Error("not called")),
});

/**
 * Runs a workflow of one action, answered in this order; gives its end, the seconds from each attempt to the next, and
 * the numbers by which the Router would know them.
 */
async function run(
  { metadata = {}, retry }: { metadata?: WorkflowMetadata; retry?: NodeDocument["retry"] },
  answers: Given[],
) {
  const graph = draw(
    "start -> a",
    { start: "trigger_webhook", a: ["action_module", { module_name: "m", action: "run" }] },
    { metadata },
  );
  if (retry !== undefined) Object.assign(graph.nodes.a ?? {}, { retry });
  const { plan } = compile(graph);
  if (!plan) throw new Error("does not compile");
  const times: number[] = [];
  const numbers: number[] = [];
  const { state, events } = await simulate(plan, {
    answer: async (owed, before) => {
      times.push(before.at);
      await perform(plan, before, owed, writingDown(numbers), neverAborted);
      return answers.shift() ?? failing("too often");
    },
  });
  const waits = times.slice(1).map((time, index) => (time - (times[index] ?? 0)) / 1000);
  return { plan, state, events, node: nodeStates(plan, state).a, waits, numbers };
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

describe("an attempt that was not sent", () => {
  const retry = { metadata: { retry_failed_nodes: true, max_retries: 2 } };
  const done: Given = { ok: true, value: { output: "done", logs: [] } };

  it("uses up none of the attempts, and is made when the circuit allows it", async () => {
    const { node, waits, numbers } = await run(retry, [
      failing("503"),
      refused(10),
      failing("502"),
      refused(7),
      refused(1),
      done,
    ]);
    expect(node).toMatchObject({ status: "completed", retry_count: 2 });
    expect(waits).toEqual([2, 10, 4, 7, 4]);
    expect(numbers).toEqual([1, 2, 2, 3, 3, 3]);
    expect(node?.logs).toEqual([
      "Attempt 1 failed: ROUTER_STATUS: 503",
      "Attempt 2 was not made: CIRCUIT_OPEN: no",
      "Attempt 2 failed: ROUTER_STATUS: 502",
      "Attempt 3 was not made: CIRCUIT_OPEN: no",
      "Attempt 3 was not made: CIRCUIT_OPEN: no",
    ]);
  });

  it("leaves the last attempt to be made", async () => {
    const { node } = await run(retry, [failing("1"), failing("2"), refused(1), refused(1), failing("3")]);
    expect(node).toMatchObject({ status: "failed", error: "3", error_type: "ROUTER_STATUS", retry_count: 2 });
  });

  it("is wished for as often in a row as attempts may be repeated, then the node fails with it", async () => {
    const { node, waits, numbers } = await run(retry, [refused(1), refused(1), refused(1), done]);
    expect(node).toMatchObject({ status: "failed", error_type: "CIRCUIT_OPEN", retry_count: 0 });
    expect(waits).toEqual([2, 4]);
    expect(numbers).toEqual([1, 1, 1]);
  });

  it("is counted by the execution's limit, not by the node's own, and waits a minute at most of itself", async () => {
    const own = { metadata: { max_retries: 8 }, retry: { max_retries: 1, first_seconds: 600 } };
    const { node, waits } = await run(own, [...Array(8).fill(refused(3)), done]);
    expect(node?.status).toBe("completed");
    expect(waits).toEqual([3, 4, 8, 16, 32, 60, 60, 60]);
  });

  it.each<[string, Parameters<typeof run>[0]]>([
    ["the node is not retried", {}],
    ["it may be sent only once", { ...retry, retry: "never" }],
    ["its retries are switched off", { retry: { max_retries: 0 } }],
    ["its retries are for other failures", { retry: { on: ["TIMEOUT"] } }],
  ])("fails at once when %s", async (_why, given) => {
    const { node, waits } = await run(given, [refused(1), done]);
    expect(node).toMatchObject({ status: "failed", error_type: "CIRCUIT_OPEN" });
    expect(waits).toEqual([]);
  });

  it("ends with the execution's time, as every wait does", async () => {
    const { state } = await run({ metadata: { ...retry.metadata, max_execution_time_seconds: 5 } }, [refused(10)]);
    expect(state).toMatchObject({ status: "timed_out", finishedAt: 5_000 });
  });

  it("replays to the same state; what was stored before it was told apart counts as before", async () => {
    const { plan, state, events } = await run(retry, [refused(1), failing("1"), refused(1), done]);
    expect(replay(plan, JSON.parse(JSON.stringify(events)))).toEqual(state);
    const { unsent: _unsent, ...failure } = refused(10).failure;
    const before: Failing = { ok: false, failure };
    const old = await run(retry, [failing("1"), before, before, done]);
    expect(old.node).toMatchObject({ status: "failed", error_type: "CIRCUIT_OPEN", retry_count: 2 });
    expect(old.waits).toEqual([2, 10]);
    expect(old.node?.logs.at(-1)).toBe("Attempt 2 failed: CIRCUIT_OPEN: no");
  });
});
