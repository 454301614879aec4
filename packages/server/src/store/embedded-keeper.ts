// Keeps the embedded server there: one that is gone although nobody stopped it is started again, under its address.
//
// 1. The pause before a start doubles while servers die young or do not start; it is tried for as long as it takes.
// 2. `stop` ends it for good, whatever is being done.
import { setTimeout as pass } from "node:timers/promises";
import type { RunningServer } from "./embedded-server.js";
import type { StoreLog } from "./log.js";

/** In milliseconds, as is the age from which a server's death counts as the first one. */
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 5000;
const GROWN = 10_000;

/** What there is of a server that is kept; `pid` is that of the last one that ran. */
export type KeptServer = Pick<RunningServer, "pid" | "stop">;

/** Keeps a server that runs; `start` starts it again and may reject, which is told and tried again. */
export function keepServer(first: RunningServer, start: () => Promise<RunningServer>, log: StoreLog): KeptServer {
  const ending = new AbortController();
  let server = first;
  let pause = FIRST_PAUSE;
  let reviving: Promise<void> | undefined;

  const keep = async (): Promise<void> => {
    const begun = performance.now();
    const reason = await server.died;
    log.warn(`${reason.message} It is started again; what was stored is safe.`);
    if (performance.now() - begun > GROWN) pause = FIRST_PAUSE;
    reviving = revive();
  };
  const revive = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      await pass(pause, undefined, { signal: ending.signal }).catch(() => undefined);
      if (ending.signal.aborted) return;
      pause = Math.min(LONGEST_PAUSE, pause * 2);
      try {
        server = await start();
        log.info("the embedded PostgreSQL runs again");
        void keep();
        return;
      } catch (error) {
        log.warn(error instanceof Error ? error.message : String(error));
      }
    }
  };

  void keep();
  return {
    get pid() {
      return server.pid;
    },
    stop: async () => {
      ending.abort();
      await reviving;
      await server.stop();
    },
  };
}
