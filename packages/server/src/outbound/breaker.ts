// Stops calling a host that is down, so that executions do not queue up behind its timeouts. How a circuit opens and
// closes: circuit.ts.
//
// 1. A call breaks when there is no connection, no whole answer in time, or a 502, 503 or 504: whoever stands before the
//    host says that it is not there. Any other answer, a 404 or a 500, is given by a host that works, to one request.
// 2. A call that was given up, or never sent, tells nothing.
// 3. The circuits of communities are kept apart. Whether calls work depends on what they ask, as whom and how long they
//    wait, all of which a community decides: if it could shut a host for others by a wrong path and a timeout of a
//    tenth of a second, it would. The price is that each finds out for itself, by five calls.
// 4. The Router, whose host the operator names and everybody calls, has one circuit more, for everybody: a call to it
//    passes both, and both learn from it. For everybody's, a call that ran out of time is its community's doing; no
//    connection, and a 502, 503 or 504, is nobody's.
import { type Answer, isoTime } from "@workflow-core/core";
import type { Clock } from "../clock.js";
import { type Failed, failed } from "./answers.js";
import { Circuit, type CircuitRules, type Standing } from "./circuit.js";
import { type CircuitName, createKeptCircuits, type KeepOptions } from "./kept-circuits.js";
import { type OutboundLog, silent } from "./log.js";

export type CircuitState = CircuitName & Standing;

/** Which host a community calls. */
export type Called = CircuitName & { community: number };

export interface Breaker {
  /**
   * Makes the call and learns from its answer, or does not make it because the host is left alone: CIRCUIT_OPEN, which
   * is no attempt and may be tried again when the circuit allows it. `statusOf` finds the HTTP status in what the host answered.
   */
  through<T>(called: Called, call: () => Promise<Answer<T>>, statusOf: (value: T) => number): Promise<Answer<T>>;
  /** Of hosts that were called lately. */
  states(): CircuitState[];
}

export interface BreakerOptions extends KeepOptions, Partial<CircuitRules> {
  log?: OutboundLog;
}

const down: ReadonlySet<number> = new Set([502, 503, 504]);
const untold: ReadonlySet<string> = new Set(["ABORTED", "EGRESS_BLOCKED"]);

export function createBreaker(
  clock: Clock,
  { threshold = 5, coolMilliseconds = 10_000, log = silent, ...keep }: BreakerOptions = {},
): Breaker {
  const circuits = createKeptCircuits<Circuit>(clock, keep);

  const learn = <T>(name: CircuitName, answer: Answer<T>, isBroken: boolean, community: number) => {
    const known = circuits.get(name);
    const circuit = known ?? new Circuit(clock, { threshold, coolMilliseconds });
    if (known === undefined) circuits.set(name, circuit);
    if (!isBroken) {
      if (circuit.worked()) log.info(`${spoken(name)} answers again.`);
    } else if (circuit.broke(name.community === null && ranOut(answer) ? community : undefined)) {
      const { failures } = circuit.standing;
      log.warn(`${spoken(name)} broke ${failures} calls in a row; it is left alone for ${coolMilliseconds / 1000} s.`);
    }
  };

  return {
    async through(called, call, statusOf) {
      const names = called.port === "router" ? [{ ...called, community: null }, called] : [called];
      const known = names.flatMap((name) => {
        const circuit = circuits.get(name);
        return circuit ? [{ name, circuit, wait: circuit.wait }] : [];
      });
      const longest = Math.max(...known.map(({ wait = 0 }) => wait));
      const refusing = known.find(({ wait }) => wait === longest);
      if (refusing) return leftAlone(refusing.name, refusing.circuit.standing, longest);
      const ends = known.map(({ circuit }) => circuit.begin());
      try {
        const answer = await call();
        const isBroken = hasBroken(answer, statusOf);
        if (answer.ok || isBroken || !untold.has(answer.failure.code))
          for (const name of names) learn(name, answer, isBroken, called.community);
        return answer;
      } finally {
        for (const end of ends) end();
      }
    },
    states: () => circuits.all().map(([name, { standing }]) => ({ ...name, ...standing })),
  };
}

const hasBroken = <T>(answer: Answer<T>, statusOf: (value: T) => number): boolean =>
  answer.ok ? down.has(statusOf(answer.value)) : answer.failure.retryable;

const ranOut = <T>(answer: Answer<T>): boolean => !answer.ok && answer.failure.code === "TIMEOUT";

const spoken = ({ port, community, host }: CircuitName): string => {
  const name = port === "router" ? `The Router (${host})` : host;
  return community === null ? name : `${name}, as community ${community} calls it,`;
};

function leftAlone({ port, community, host }: CircuitName, standing: Standing, seconds: number): Failed {
  const { retryAt, state, failures } = standing;
  // Workflows know the Router by this name; its address is the operator's.
  const named = port === "router" ? "the Router" : host;
  const whose = port === "router" && community !== null ? "of this community " : "";
  const why = `Nothing was sent: ${failures} calls in a row ${whose}to ${named} broke`;
  const next =
    retryAt === undefined
      ? "and one is finding out whether it works again (circuit half-open)"
      : `so it is left alone (circuit open) and tried again in ${seconds} s, at ${isoTime(retryAt)}`;
  return failed("CIRCUIT_OPEN", `${why}, ${next}.`, {
    retryable: true,
    retryAfterSeconds: seconds,
    unsent: true,
    details: { host: named, state, failures, retry_at: retryAt === undefined ? null : isoTime(retryAt) },
  });
}
