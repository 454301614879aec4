// Stops calling a host that keeps failing, so that executions do not queue up behind its timeouts.
//
// 1. Closed until `threshold` calls in a row broke; then open for `coolMilliseconds`.
// 2. After that one trial call goes through at a time: it works and all is well again, or it is open anew.
import type { Clock } from "../clock.js";

export const circuitStates = ["closed", "open", "half-open"] as const;

export interface BreakerState {
  host: string;
  state: (typeof circuitStates)[number];
  /** Calls that broke in a row. */
  failures: number;
}

export interface Breaker {
  /** Seconds for which the host is left alone; undefined when the call may be made: then report what became of it. */
  refused(host: string): number | undefined;
  worked(host: string): void;
  broke(host: string): void;
  /** The call told nothing about the host: it was given up. */
  gaveUp(host: string): void;
  states(): BreakerState[];
}

interface Circuit {
  failures: number;
  /** Monotonic milliseconds; undefined while closed. */
  openedAt: number | undefined;
  trial: boolean;
}

export function createBreaker(clock: Clock, { threshold = 5, coolMilliseconds = 10_000 } = {}): Breaker {
  const circuits = new Map<string, Circuit>();
  const circuitOf = (host: string): Circuit => {
    const circuit = circuits.get(host) ?? { failures: 0, openedAt: undefined, trial: false };
    circuits.set(host, circuit);
    return circuit;
  };
  const coolLeft = ({ openedAt }: Circuit) =>
    openedAt === undefined ? 0 : openedAt + coolMilliseconds - clock.monotonic();
  return {
    refused(host) {
      const circuit = circuitOf(host);
      if (circuit.openedAt === undefined) return undefined;
      const left = coolLeft(circuit);
      if (left > 0 || circuit.trial) return Math.max(1, Math.ceil(left / 1000));
      circuit.trial = true;
      return undefined;
    },
    worked(host) {
      circuits.set(host, { failures: 0, openedAt: undefined, trial: false });
    },
    broke(host) {
      const circuit = circuitOf(host);
      circuit.failures += 1;
      const opens = circuit.openedAt === undefined ? circuit.failures >= threshold : coolLeft(circuit) <= 0;
      if (opens) circuit.openedAt = clock.monotonic();
      circuit.trial = false;
    },
    gaveUp(host) {
      circuitOf(host).trial = false;
    },
    states: () =>
      [...circuits].map(([host, circuit]) => ({
        host,
        state: circuit.openedAt === undefined ? "closed" : coolLeft(circuit) > 0 ? "open" : "half-open",
        failures: circuit.failures,
      })),
  };
}
