// The outside world as the server gives it to actions: the Router (or the practice router in its place), HTTP behind
// the egress guard, and the sandbox.
import type { Outside } from "@workflow-core/core";
import { type Clock, systemClock } from "../clock.js";
import type { AllowRule } from "./addresses.js";
import { type CircuitState, createBreaker } from "./breaker.js";
import { createEgress } from "./egress.js";
import { type OutboundLog, silent } from "./log.js";
import { createPractice, type Practice } from "./practice.js";
import { createRouter } from "./router.js";
import type { PoolStats } from "./sandbox/pool.js";
import { createSandbox } from "./sandbox/sandbox.js";

export interface OutsideOptions {
  /** ROUTER_URL; without it the practice router takes the calls. */
  routerUrl: string | undefined;
  /** API_KEY, which the Router takes too. */
  routerApiKey: string | undefined;
  /** EGRESS_ALLOW_CIDRS. */
  egressAllow: readonly AllowRule[];
  /** Sandbox processes that work at the same time. */
  sandboxSize?: number;
  clock?: Clock;
  log?: OutboundLog;
}

interface OutsideStatus {
  /** One for each host that was called lately, by each community that called it; one more of the Router, for all. */
  circuits: CircuitState[];
  sandbox: PoolStats;
}

/** The three ports, with what status pages, the practice page and shutdown need. */
export interface ServerOutside extends Outside {
  /** Only while there is no Router. */
  practice: Practice | undefined;
  status(): OutsideStatus;
  /** Starts what takes time to start; settles when it is ready or cannot be. */
  warm(): Promise<void>;
  /** Closes connections and ends the sandbox's processes; calls under way are answered with failures. */
  close(): Promise<void>;
}

export function createOutside(options: OutsideOptions): ServerOutside {
  const { routerUrl, routerApiKey, egressAllow, sandboxSize, clock = systemClock, log = silent } = options;
  const practice = createPractice({ clock, log });
  const breaker = createBreaker(clock, { log });
  const client =
    routerUrl === undefined ? undefined : createRouter({ url: routerUrl, apiKey: routerApiKey, clock, log, breaker });
  const sandbox = createSandbox({ clock, log, ...(sandboxSize === undefined ? {} : { size: sandboxSize }) });
  const http = createEgress({ allow: egressAllow, clock, breaker });
  return {
    router: client ?? practice.router,
    http,
    sandbox: sandbox.run,
    practice: client === undefined ? practice : undefined,
    status: () => ({ circuits: breaker.states(), sandbox: sandbox.stats() }),
    warm: sandbox.warm,
    async close() {
      http.close();
      await Promise.all([client?.close(), sandbox.close()]);
    },
  };
}
