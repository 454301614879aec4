// Listening to the database's notifications on a connection of its own, which is opened again whenever it breaks.
//
// 1. A connection that died without a word looks like one on which nothing happens: it is asked every few seconds.
// 2. A notification may be lost (the connection was down, a pooler stood between): what hangs on it looks for itself
//    from time to time as well, and whenever `onConnected` says that there was a gap.
import pg from "pg";
import type { Clock } from "../clock.js";
import type { Pool } from "./database.js";
import type { StoreLog } from "./log.js";

export interface ListenOptions {
  /** Whose address and settings the connection takes; none of its own connections is used. */
  pool: Pool;
  channel: string;
  clock: Clock;
  onMessage(payload: string): void;
  /** Called each time the connection listens anew. */
  onConnected(): void;
  log: StoreLog;
}

export interface Listening {
  /** Whether notifications arrive at the moment. */
  readonly connected: boolean;
  stop(): Promise<void>;
}

const firstPauseMs = 100;
const longestPauseMs = 5000;
const askEveryMs = 5000;
const answerPatienceMs = 3000;

const told = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Begins to listen; it never throws and never gives up before it is stopped. */
export const listen = ({ pool, channel, clock, onMessage, onConnected, log }: ListenOptions): Listening => {
  let client: pg.Client | undefined;
  let connected = false;
  let stopped = false;
  let pause = firstPauseMs;
  /** Takes back what is to be done next: to connect again, or to ask. */
  let cancelNext: (() => void) | undefined;

  const again = (mine: pg.Client, reason: string) => {
    if (client !== mine) return;
    client = undefined;
    connected = false;
    cancelNext?.();
    mine.end().catch(() => undefined);
    if (stopped) return;
    log.warn(`the connection that listens to ${channel} broke: ${reason}`);
    cancelNext = clock.setTimer(pause, open);
    pause = Math.min(longestPauseMs, pause * 2);
  };

  const askLater = (mine: pg.Client) => {
    const question = { text: "SELECT 1", query_timeout: answerPatienceMs };
    cancelNext = clock.setTimer(askEveryMs, () => {
      mine.query(question).then(
        () => client === mine && askLater(mine),
        (error: unknown) => again(mine, told(error)),
      );
    });
  };

  const open = () => {
    if (stopped) return;
    const mine = new pg.Client({ ...pool.options, application_name: "workflow-core-listen" });
    client = mine;
    mine.on("error", (error) => again(mine, error.message));
    mine.on("end", () => again(mine, "it was closed"));
    mine.on("notification", ({ payload = "" }) => onMessage(payload));
    mine
      .connect()
      .then(() => mine.query(`LISTEN ${pg.escapeIdentifier(channel)}`))
      .then(() => {
        if (client !== mine) return;
        connected = true;
        pause = firstPauseMs;
        onConnected();
        askLater(mine);
      })
      .catch((error: unknown) => again(mine, told(error)));
  };

  open();
  return {
    get connected() {
      return connected;
    },
    stop: async () => {
      stopped = true;
      cancelNext?.();
      const last = client;
      client = undefined;
      connected = false;
      await last?.end().catch(() => undefined);
    },
  };
};
