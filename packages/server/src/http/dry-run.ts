// A dry run: the real interpreter on a virtual clock. Nothing outside is touched and nothing is stored; delays take no
// time; people's code runs in the real sandbox; every other action answers what a mock says, or what it would answer
// if everything went well.
import { setImmediate as turn } from "node:timers/promises";
import {
  type AbortSignalLike,
  type Answer,
  type Call,
  type CallContext,
  isJsonObject,
  type Json,
  type Limits,
  type NodeFailure,
  type Outside,
  type Owed,
  type Performed,
  type Plan,
  perform,
  pretend,
  type SimulateOptions,
  type State,
  simulate,
  type TraceEntry,
  trace,
} from "@workflow-core/core";
import type { Clock } from "../clock.js";

/** By node: what its action gets as an answer; `{ error }` is a failure. */
export type Mocks = Readonly<Record<string, Json>>;

export interface DryRun {
  plan: Plan;
  limits: Limits;
  clock: Clock;
  sandbox: Outside["sandbox"];
  context: CallContext;
  mocks: Mocks;
  trigger: string | undefined;
  data: Record<string, Json>;
  variables: Record<string, Json>;
  untilNode: string | undefined;
  /** Aborted when nobody waits for the result any more. */
  signal: AbortSignalLike;
}

export interface DryRunResult {
  state: State;
  trace: TraceEntry[];
  /** Real time is over: the rest was not run. */
  outOfTime: boolean;
}

/** How long a dry run may take in real time. */
const patienceMs = 30_000;

/** Runs a plan to its end or to `untilNode`. */
export async function dryRun(run: DryRun): Promise<DryRunResult> {
  const end = run.clock.monotonic() + patienceMs;
  let outOfTime = false;
  const answer: SimulateOptions["answer"] = async (owed, state) => {
    const node = run.plan.nodes[owed.node];
    const mock = node === undefined ? undefined : run.mocks[node.id];
    if (mock !== undefined) return mocked(run, mock, owed, state);
    if (node?.type.behaviour === "action" && node.type.reachesOutside)
      return { ok: true, value: pretend(run.plan, state, owed) };
    return perform(run.plan, state, owed, { ...untouched, sandbox: run.sandbox }, run.signal);
  };
  const interrupt = async () => {
    await turn(); // everything but guest code is done in one go, and others wait
    if (!run.signal.aborted && run.clock.monotonic() <= end) return undefined;
    outOfTime = true;
    const message = `The test took longer than ${patienceMs / 1000} s.`;
    return { code: "TEST_TIMEOUT", message, retryable: false };
  };
  const { state } = await simulate(run.plan, {
    ...{ data: run.data, variables: run.variables, context: run.context, limits: run.limits, answer, interrupt },
    ...{ at: run.clock.now(), seed: run.context.execution_id },
    ...(run.trigger === undefined ? {} : { trigger: run.trigger }),
    ...(run.untilNode === undefined ? {} : { untilNode: run.untilNode }),
  });
  return { state, trace: trace(run.plan, state), outOfTime };
}

/** The action itself makes its output and variables of the mocked answer, as it would of a real one. */
async function mocked(run: DryRun, mock: Json, owed: Owed, state: State): Promise<Answer<Performed>> {
  if (isJsonObject(mock) && "error" in mock && Object.keys(mock).length === 1)
    return { ok: false, failure: mockedFailure(mock.error) };
  const outside: Outside = {
    router: async () => ({ ok: true, value: mock }),
    http: async () => ({ ok: true, value: mockedResponse(mock) }),
    sandbox: async () => ({ ok: true, value: { output: mock, logs: [] } }),
  };
  return perform(run.plan, state, owed, outside, run.signal);
}

/** A mock is the whole answer when it has a status, else the body of a 200. */
function mockedResponse(mock: Json): {
  status_code: number;
  response_body: Json;
  response_headers: Record<string, string>;
} {
  if (!isJsonObject(mock) || typeof mock.status_code !== "number")
    return { status_code: 200, response_body: mock, response_headers: {} };
  const headers = isJsonObject(mock.response_headers) ? Object.entries(mock.response_headers) : [];
  return {
    status_code: mock.status_code,
    response_body: mock.response_body ?? {},
    response_headers: Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), String(value)])),
  };
}

function mockedFailure(error: Json | undefined): NodeFailure {
  const { code, message, retryable } = isJsonObject(error) ? error : {};
  return {
    code: typeof code === "string" ? code : "MOCKED",
    message: typeof message === "string" ? message : typeof error === "string" ? error : "The mock says that it fails.",
    retryable: retryable === true,
  };
}

const failed = (code: string, message: string): Answer<never> => ({
  ok: false,
  failure: { code, message, retryable: false },
});

/** Ports that nothing reaches: actions that would use them were answered before. */
const untouched = {
  router: async (_kind: unknown, _body: unknown, _seconds: unknown, _call: Call) =>
    failed("DRY_RUN", "A dry run calls no Router."),
  http: async (_request: unknown, _call: Call) => failed("DRY_RUN", "A dry run makes no HTTP calls."),
};
