// Whether a Redis is worth a call (R2 and R3 of redis.ts), and the budget that a call has (R1).
import type { Redis as Client } from "ioredis";
import type { Clock } from "../clock.js";
import type { Log } from "../log.js";
import { explain, troubles } from "../settings.js";

/** Redis cannot be asked at the moment; the caller goes on without it. */
export class RedisUnavailable extends Error {
  override readonly name = "RedisUnavailable";
}

export interface Health {
  readonly degraded: boolean;
  /** Grows each time that it begins to answer. */
  readonly generation: number;
  /** Why it was last refused or lost; no secret. */
  readonly reason: string;
  onLost(listener: () => void): void;
  worked(): void;
  /** A call failed; the third in a row loses it. */
  failed(error: unknown): void;
  lost(): void;
  end(): void;
}

export interface HealthOptions {
  client: Client;
  log: Pick<Log, "system">;
  clock: Clock;
}

const budgetMs = 100;
const mostFailures = 3;
/** While it is lost it is tried so often. */
export const retryMs = 2000;

/** Watches a connection, and tries it again while it is lost. */
export function watchHealth({ client, log, clock }: HealthOptions): Health {
  const state = { degraded: false, ended: false, generation: 1, failures: 0, reason: "no connection" };
  const listeners: (() => void)[] = [];
  let stopRetry: () => void = () => undefined;

  const lost = (): void => {
    if (state.degraded || state.ended) return;
    state.degraded = true;
    const message = `${explain(troubles.redis, state.reason)} Until it is back this process goes on without it; limits count in the database.`;
    log.system("WARNING", "redis_degraded", { message });
    stopRetry = clock.setTimer(retryMs, retry);
    for (const listener of listeners) listener();
  };
  const regained = (): void => {
    state.failures = 0;
    if (!state.degraded || state.ended) return;
    stopRetry();
    state.degraded = false;
    state.generation += 1;
    log.system("redis_recovered", { message: "Redis answers again." });
  };
  const retry = (): void => {
    stopRetry = clock.setTimer(retryMs, retry);
    if (client.status === "ready") probe();
    // It took the connection and then said nothing any more.
    else if (client.status === "connect") client.disconnect(true);
  };
  /** By a write: a server without room, or one that only reads, answers everything else. */
  const probe = (): void => {
    within(clock, client.set("probe", "1", "PX", retryMs)).then(regained, (error: unknown) => {
      state.reason = reasonOf(error);
      lost();
      if (error instanceof Late) client.disconnect(true); // it would never end by itself
    });
  };

  client.on("error", ({ message }: Error) => {
    state.reason = message;
  });
  client.on("close", lost);
  client.on("ready", probe);

  return Object.assign(state, {
    ...{ lost, onLost: (listener: () => void) => void listeners.push(listener) },
    worked: () => {
      state.failures = 0;
    },
    failed: (error: unknown) => {
      state.failures += 1;
      state.reason = reasonOf(error);
      if (state.failures >= mostFailures) lost();
    },
    end: () => {
      state.ended = true;
      stopRetry();
    },
  });
}

/** Makes calls within their budget, as long as they are worth it. The calls throw RedisUnavailable and nothing else. */
export const asker =
  (client: Client, health: Health, clock: Clock) =>
  async <T>(call: () => Promise<T>): Promise<T> => {
    if (health.degraded || client.status !== "ready") throw new RedisUnavailable(health.reason);
    try {
      const answer = await within(clock, call());
      health.worked();
      return answer;
    } catch (error) {
      health.failed(error);
      throw new RedisUnavailable(health.reason, { cause: error });
    }
  };

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

class Late extends Error {
  constructor() {
    super(`no answer within ${budgetMs} ms`);
  }
}

/** Rejects when the answer is late. One that has arrived while this process was busy is not: it is read first. */
function within<T>(clock: Clock, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = clock.setTimer(budgetMs, () => setImmediate(() => reject(new Late())));
    answer.then(resolve, reject).finally(stop);
  });
}
