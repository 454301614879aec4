// Stops calling a host that is down, so that executions do not queue up behind its timeouts.
//
// 1. Closed until `threshold` calls in a row broke; then open for `coolMilliseconds`, and nothing is sent.
// 2. After that it is half-open: one trial call goes through at a time. It works and all is well again, or it is open anew.
// 3. A call breaks when there is no connection, no whole answer in time, or a 502, 503 or 504: whoever stands before the
//    host says that it is not there. Any other answer, a 404 or a 500, is given by a host that works, to one request.
// 4. A call that was given up, or never sent, tells nothing.
// 5. The circuits of communities are kept apart. Whether calls work depends on what they ask, as whom and how long they
//    wait, all of which a community decides: if it could shut a host for others by a wrong path and a timeout of a
//    tenth of a second, it would. The price is that each finds out for itself, by five calls. The Router's circuit is
//    the service's own: the operator names its host, everybody calls it.
import { type Answer, isoTime } from "@workflow-core/core";
import type { Clock } from "../clock.js";
import { type Failed, failed } from "./answers.js";
import { type CircuitName, createKeptCircuits, type KeepOptions } from "./kept-circuits.js";
import { type OutboundLog, silent } from "./log.js";

export const circuitStates = ["closed", "open", "half-open"] as const;

export interface CircuitState extends CircuitName {
  state: (typeof circuitStates)[number];
  /** Calls that broke in a row. */
  failures: number;
  /** When the next call may be made, ms since 1970; undefined unless open. */
  retryAt: number | undefined;
}

export interface Breaker {
  /**
   * Makes the call and learns from its answer, or does not make it because the host is left alone: CIRCUIT_OPEN, which
   * may be tried again. `statusOf` finds the HTTP status in what the host answered.
   */
  through<T>(name: CircuitName, call: () => Promise<Answer<T>>, statusOf: (value: T) => number): Promise<Answer<T>>;
  /** Of hosts that were called lately. */
  states(): CircuitState[];
}

export interface BreakerOptions extends KeepOptions {
  threshold?: number;
  coolMilliseconds?: number;
  log?: OutboundLog;
}

interface Circuit {
  failures: number;
  /** Monotonic milliseconds; undefined while closed. */
  openedAt: number | undefined;
  /** A trial call is under way. */
  trial: boolean;
}

const down: ReadonlySet<number> = new Set([502, 503, 504]);
const untold: ReadonlySet<string> = new Set(["ABORTED", "EGRESS_BLOCKED"]);

export function createBreaker(
  clock: Clock,
  { threshold = 5, coolMilliseconds = 10_000, log = silent, ...keep }: BreakerOptions = {},
): Breaker {
  const circuits = createKeptCircuits<Circuit>(clock, keep);
  const coolLeft = ({ openedAt }: Circuit) =>
    openedAt === undefined ? 0 : Math.max(0, openedAt + coolMilliseconds - clock.monotonic());

  const stateOf = (name: CircuitName, circuit: Circuit): CircuitState => {
    const left = coolLeft(circuit);
    const state = circuit.openedAt === undefined ? "closed" : left > 0 ? "open" : "half-open";
    return {
      ...name,
      state,
      failures: circuit.failures,
      retryAt: left > 0 ? Math.ceil(clock.now() + left) : undefined,
    };
  };

  const worked = (name: CircuitName, known = circuits.get(name)) => {
    if (known?.failures === 0) return;
    if (known?.openedAt !== undefined) log.info(`${spoken(name)} answers again.`);
    circuits.set(name, { failures: 0, openedAt: undefined, trial: false });
  };

  const broke = (name: CircuitName, known = circuits.get(name)) => {
    const circuit = known ?? { failures: 0, openedAt: undefined, trial: false };
    circuit.failures += 1;
    const opens = circuit.openedAt === undefined && circuit.failures >= threshold;
    if (opens || (circuit.openedAt !== undefined && coolLeft(circuit) === 0)) circuit.openedAt = clock.monotonic();
    circuits.set(name, circuit);
    if (opens)
      log.warn(
        `${spoken(name)} broke ${circuit.failures} calls in a row; it is left alone for ${coolMilliseconds / 1000} s.`,
      );
  };

  return {
    async through(name, call, statusOf) {
      const circuit = circuits.get(name);
      const trial = circuit?.openedAt === undefined ? undefined : circuit;
      if (trial && (trial.trial || coolLeft(trial) > 0)) return leftAlone(stateOf(name, trial), clock.now());
      if (trial) trial.trial = true;
      try {
        const answer = await call();
        if (hasBroken(answer, statusOf)) broke(name);
        else if (answer.ok || !untold.has(answer.failure.code)) worked(name);
        return answer;
      } finally {
        if (trial) trial.trial = false;
      }
    },
    states: () => circuits.all().map(([name, circuit]) => stateOf(name, circuit)),
  };
}

const hasBroken = <T>(answer: Answer<T>, statusOf: (value: T) => number): boolean =>
  answer.ok ? down.has(statusOf(answer.value)) : answer.failure.retryable;

const spoken = ({ community, host }: CircuitName): string =>
  community === null ? `The Router (${host})` : `${host}, as community ${community} calls it,`;

/** Workflows know the Router by this name; its address is the operator's. */
const named = ({ community, host }: CircuitName): string => (community === null ? "the Router" : host);

function leftAlone({ retryAt, state, failures, ...name }: CircuitState, now: number): Failed {
  const host = named(name);
  // How long a trial takes nobody knows; in a second there may be news of it.
  const seconds = retryAt === undefined ? 1 : Math.max(1, Math.ceil((retryAt - now) / 1000));
  const why = `Nothing was sent: ${failures} calls in a row to ${host} broke`;
  const next =
    retryAt === undefined
      ? "and one is finding out whether it works again (circuit half-open)"
      : `so it is left alone (circuit open) and tried again in ${seconds} s, at ${isoTime(retryAt)}`;
  return failed("CIRCUIT_OPEN", `${why}, ${next}.`, {
    retryable: true,
    retryAfterSeconds: seconds,
    details: { host, state, failures, retry_at: retryAt === undefined ? null : isoTime(retryAt) },
  });
}
