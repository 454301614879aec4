// Redis: shares limits and short-lived values between processes. It is never the truth: whoever asks it has an answer
// of their own for when it is not there.
//
// R1. A call is answered within 100 ms or refused with RedisUnavailable; nothing else is ever thrown.
// R2. One that breaks its connection, or fails three times in a row, is left alone: calls are refused at once and cost
//     nothing. It is tried every two seconds until it answers again.
// R3. Losing it is one warning, having it again is one line; neither holds a secret.
import { Redis as Client } from "ioredis";
import { type Clock, systemClock } from "../clock.js";
import type { Log } from "../log.js";
import { asker, RedisUnavailable, retryMs, watchHealth } from "./health.js";
import type { RedisScript } from "./script.js";

export { RedisUnavailable };

/** All calls throw RedisUnavailable and nothing else. */
export interface Redis {
  /** True while it does not answer as it should. */
  readonly degraded: boolean;
  /** Grows each time that it begins to answer: what it knew before may be gone. */
  readonly generation: number;
  /** Called each time that it is lost. */
  onLost(listener: () => void): void;
  get(key: string): Promise<string | undefined>;
  /** Keeps a value for so many seconds: there is no key without an end. */
  set(key: string, value: string, seconds: number): Promise<void>;
  delete(key: string): Promise<void>;
  /** Runs a script; the keys are the ones it touches. */
  run(script: RedisScript, keys: readonly string[], values: readonly (string | number)[]): Promise<unknown>;
  close(): Promise<void>;
}

export interface RedisOptions {
  /** REDIS_URL */
  url: string;
  log: Pick<Log, "system">;
  clock?: Clock;
}

const firstPatienceMs = 1000;
/** Everything of ours in a Redis that others may use too. */
const prefix = "workflow_core:";

/** Opens the connection and waits up to a second for it. Never throws: without a connection everything is refused. */
export async function openRedis({ url, log, clock = systemClock }: RedisOptions): Promise<Redis> {
  const client = new Client(url, {
    ...{ lazyConnect: true, enableOfflineQueue: false, maxRetriesPerRequest: 1, autoResendUnfulfilledCommands: false },
    ...{ connectTimeout: firstPatienceMs, keepAlive: 10_000, disableClientInfo: true, connectionName: "workflow-core" },
    keyPrefix: prefix,
    retryStrategy: (attempt) => Math.min(attempt * 100, retryMs),
    // A primary that has become a replica: another connection may lead to the new one.
    reconnectOnError: ({ message }) => message.startsWith("READONLY"),
  });
  const health = watchHealth({ client, log, clock });
  const ask = asker(client, health, clock);
  await new Promise<void>((resolve) => {
    const stop = clock.setTimer(firstPatienceMs, resolve);
    const tried = () => {
      stop();
      resolve();
    };
    client.connect().then(tried, tried); // a failure is told by "error" and "close"
  });
  if (client.status !== "ready") health.lost();

  return {
    get degraded() {
      return health.degraded;
    },
    get generation() {
      return health.generation;
    },
    onLost: (listener) => health.onLost(listener),
    get: async (key) => (await ask(() => client.get(key))) ?? undefined,
    set: async (key, value, seconds) => {
      await ask(() => client.set(key, value, "PX", Math.max(1, Math.ceil(seconds * 1000))));
    },
    delete: async (key) => {
      await ask(() => client.del(key));
    },
    run: ({ text, sha1 }, keys, values) =>
      ask(() =>
        client.evalsha(sha1, keys.length, ...keys, ...values).catch((error: unknown) => {
          if (!(error instanceof Error && error.message.startsWith("NOSCRIPT"))) throw error;
          return client.eval(text, keys.length, ...keys, ...values);
        }),
      ),
    close: async () => {
      health.end();
      client.disconnect();
    },
  };
}
