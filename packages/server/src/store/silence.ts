// Connections that die without a word: a firewall forgot them, a cable is out. Nothing refuses them, so who waits for an
// answer would wait until the deadline, which is long, because statements may take long.
//
// 1. A connection that waits for an answer and has brought nothing for two seconds is asked about, over a new one.
// 2. The server has nothing to do for it: question or answer got lost, and the connection is broken. The server works
//    on it, or does not know it (behind a pooler): it goes on waiting.
// 3. The server says nothing in two seconds: it is silent. What has waited for so long is broken, and until it
//    answers again nobody is given a connection; they are told so at once.
// 4. For who waits it is a connection that broke: what came of the statement is not known.
// 5. Time is counted in looks: a process that was frozen does not take its own silence for the server's.
import type { Socket } from "node:net";
import pg from "pg";
import type { StoreLog } from "./log.js";

const lookEveryMs = 250;
const enoughLooks = 8;
const patienceMs = 2000;

/** What pg's clients have, though its types do not say so. */
interface Inside {
  /** False while a statement waits for its answer. */
  readyForQuery: boolean;
  /** Of the server's process that serves it. */
  processID: number | null;
  connection: { stream: Socket };
}
const inside = (client: unknown): Inside => client as Inside;

interface Watched {
  read: number;
  /** Looks in a row at which it waited and nothing had come. */
  looks: number;
}

type GiveClient = (error: Error | undefined, client: pg.PoolClient | undefined, done: () => void) => void;

/** Looks after the connections of a pool from now on, for as long as there are any. */
export function watchForSilence(pool: pg.Pool, log?: StoreLog): void {
  const watched = new Map<Inside, Watched>();
  let silent = false;
  let asking = false;
  let timer: NodeJS.Timeout | undefined;

  const waits = (client: Inside, { read }: Watched) =>
    !client.readyForQuery && client.connection.stream.bytesRead === read;
  const suspects = () =>
    [...watched].flatMap(([client, each]) => (each.looks >= enoughLooks && waits(client, each) ? [client] : []));
  const breakOff = (clients: readonly Inside[]) => {
    for (const { connection } of clients) connection.stream.destroy();
  };

  const ask = async () => {
    const lost = await lostOf(pool, suspects());
    // Some may have been answered meanwhile.
    if (lost === undefined) breakOff(suspects());
    else breakOff(suspects().filter(({ processID }) => processID !== null && lost.has(processID)));
    if (silent === (lost === undefined)) return;
    silent = lost === undefined;
    if (silent) log?.warn(`the database has not answered for ${(lookEveryMs * enoughLooks + patienceMs) / 1000} s`);
    else log?.info("the database answers again");
  };

  const look = () => {
    for (const [client, each] of watched) {
      const { bytesRead, destroyed } = client.connection.stream;
      if (destroyed) watched.delete(client);
      each.looks = waits(client, each) ? each.looks + 1 : 0;
      each.read = bytesRead;
    }
    // While it is being asked, its silence may yet turn out: then somebody must go on looking.
    if ((watched.size === 0 && !silent && !asking) || pool.ended) {
      clearInterval(timer);
      timer = undefined;
    } else if (!asking && (silent || suspects().length > 0)) {
      asking = true;
      void ask().finally(() => {
        asking = false;
      });
    }
  };

  pool.on("connect", (client) => {
    watched.set(inside(client), { read: 0, looks: 0 });
    timer ??= setInterval(look, lookEveryMs).unref();
  });
  pool.on("remove", (client) => void watched.delete(inside(client)));

  const connect = pool.connect.bind(pool) as (give?: GiveClient) => Promise<pg.PoolClient> | undefined;
  const guarded = (give?: GiveClient) => {
    if (!silent) return give ? connect(give) : connect();
    const error = new Error("Connection terminated: the database does not answer");
    if (!give) return Promise.reject(error);
    process.nextTick(give, error, undefined, () => undefined);
    return undefined;
  };
  Object.assign(pool, { connect: guarded });
}

/**
 * The processes of these connections that have had nothing to do for a second, as the server says over a connection of
 * its own; undefined when it says nothing.
 */
async function lostOf(pool: pg.Pool, clients: readonly Inside[]): Promise<ReadonlySet<number> | undefined> {
  const client = new pg.Client({ ...pool.options, application_name: "workflow-core-check" });
  client.on("error", () => undefined);
  const processes = clients.flatMap(({ processID }) => processID ?? []);
  const answered = client
    .connect()
    .then(() =>
      client.query<{ pid: number }>(
        `SELECT pid FROM pg_stat_activity WHERE pid = ANY($1::integer[]) AND application_name = $2
          AND state LIKE 'idle%' AND state_change < clock_timestamp() - interval '1 second'`,
        [processes, pool.options.application_name],
      ),
    )
    .then(({ rows }) => new Set(rows.map(({ pid }) => pid)))
    // Whoever says why he cannot tell is not silent.
    .catch((error: unknown) => (error instanceof pg.DatabaseError ? new Set<number>() : undefined));
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    // What has come while the process was frozen is read before it is called late (5).
    timer = setTimeout(() => setImmediate(() => resolve(undefined)), patienceMs);
  });
  const lost = await Promise.race([answered, late]);
  clearTimeout(timer);
  const { stream } = inside(client).connection;
  stream.destroy();
  // Whoever has begun to answer is slow.
  return lost ?? (stream.bytesRead > 0 ? new Set() : undefined);
}
