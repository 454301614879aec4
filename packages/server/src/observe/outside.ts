// Counts what goes out: calls to the Router and over HTTP, runs of guest code, and how the ports stand.
import type { Answer, Outside } from "@workflow-core/core";
import type { Clock } from "../clock.js";
import { circuitStates } from "../outbound/circuit.js";
import type { ServerOutside } from "../outbound/outside.js";
import type { Family } from "./family.js";
import type { Metrics } from "./metrics.js";

/** Failures of the ports by code; what is not named here is "other". */
const outcomes: ReadonlyMap<string, string> = new Map([
  ...pair("refused", "ROUTER_STATUS", "ROUTER_REFUSED", "EGRESS_BLOCKED"),
  ...pair("invalid", "ROUTER_ANSWER_INVALID", "HTTP_ANSWER_INVALID", "RESPONSE_TOO_LARGE"),
  ...pair("invalid", "INVALID_URL", "INVALID_METHOD", "INVALID_HEADER"),
  ...pair("timeout", "TIMEOUT", "SCRIPT_TIMEOUT"),
  ...pair("unreachable", "ROUTER_UNREACHABLE", "HTTP_UNREACHABLE"),
  ...pair("circuit_open", "CIRCUIT_OPEN"),
  ...pair("aborted", "ABORTED"),
  ...pair("error", "SCRIPT_ERROR"),
  ...pair("memory", "SCRIPT_MEMORY"),
  ...pair("too_large", "SCRIPT_OUTPUT_TOO_LARGE"),
  ...pair("busy", "SANDBOX_BUSY"),
  ...pair("crashed", "SANDBOX_CRASHED"),
]);

function pair(outcome: string, ...codes: string[]): (readonly [string, string])[] {
  return codes.map((code) => [code, outcome] as const);
}

/** The same outside; each call is timed, and how it stands is set at each scrape. */
export function observeOutside(metrics: Metrics, clock: Clock, outside: ServerOutside): ServerOutside {
  const timed = async <T>(family: Family, name: string, call: Promise<Answer<T>>): Promise<Answer<T>> => {
    const begun = clock.monotonic();
    const answer = await call;
    const outcome = answer.ok ? "ok" : (outcomes.get(answer.failure.code) ?? "other");
    family.of(name, outcome).add((clock.monotonic() - begun) / 1000);
    return answer;
  };
  const ports: Outside = {
    router: (kind, body, seconds, call) =>
      timed(metrics.callSeconds, "router", outside.router(kind, body, seconds, call)),
    http: (request, call) => timed(metrics.callSeconds, "http", outside.http(request, call)),
    sandbox: (code, call) => timed(metrics.sandboxSeconds, code.language, outside.sandbox(code, call)),
  };
  let crashes = 0;
  metrics.onScrape(() => {
    const { circuits, sandbox } = outside.status();
    for (const state of circuitStates) {
      const inState = circuits.filter((circuit) => circuit.state === state);
      const ofRouter = inState.filter(({ port }) => port === "router");
      const everybodys = ofRouter.filter(({ community }) => community === null).length;
      metrics.circuits.of("router", state).set(everybodys);
      metrics.circuits.of("router_community", state).set(ofRouter.length - everybodys);
      metrics.circuits.of("http", state).set(inState.length - ofRouter.length);
    }
    metrics.sandboxProcesses.of("busy").set(sandbox.busy);
    metrics.sandboxProcesses.of("idle").set(sandbox.processes - sandbox.busy);
    metrics.sandboxWaiting.of().set(sandbox.waiting);
    metrics.sandboxCrashes.of().add(sandbox.crashes - crashes);
    crashes = sandbox.crashes;
  });
  return { ...outside, ...ports };
}
